/* This file reads rules that a server runs, and says them. */
#include "rules/server.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/str.h"
#include "base/unicode.h"

#include <string.h>

enum restriction {
	BY_AND,
	BY_OR,
	BY_NOT,
	BY_CONTENT,
	BY_VALUE,
	BY_TWO_VALUES,
	BY_BITS,
	BY_SIZE,
	BY_EXISTENCE,
	BY_PART,
	BY_COMMENT,
	BY_COUNT,
};

enum {
	TYPE_SHORT = 0x02,
	TYPE_LONG = 0x03,
	TYPE_FLOAT = 0x04,
	TYPE_DOUBLE = 0x05,
	TYPE_CURRENCY = 0x06,
	TYPE_APP_TIME = 0x07,
	TYPE_ERROR = 0x0A,
	TYPE_BOOLEAN = 0x0B,
	TYPE_LONGLONG = 0x14,
	TYPE_STRING_8 = 0x1E,
	TYPE_STRING = 0x1F,
	TYPE_TIME = 0x40,
	TYPE_GUID = 0x48,
	TYPE_BINARY = 0x102,
	TYPE_MANY = 0x1000,
};

enum {
	DEPTH_MAX = 64,
	NODES_MAX = 4000,
	VALUES_MAX = 1000,
	WORDS_CAP = 16 << 10,
	TAG_ADDRESS = 0x3003,
	TAG_SMTP = 0x39FE,
	TAG_NAME = 0x3001,
};

static const struct {
	uint16_t id;
	const char *words;
} properties[] = {
	{ 0x0017, "the importance" },
	{ 0x001A, "the message class" },
	{ 0x0036, "the sensitivity" },
	{ 0x0037, "the subject" },
	{ 0x003F, "who receives it" },
	{ 0x0042, "who it is sent for" },
	{ 0x0057, "my name in To" },
	{ 0x0058, "my name in Cc" },
	{ 0x0059, "my name among the recipients" },
	{ 0x0065, "the sender's address" },
	{ 0x0070, "the conversation" },
	{ 0x007D, "the header" },
	{ 0x0C1A, "the sender's name" },
	{ 0x0C1D, "the sender" },
	{ 0x0C1F, "the sender's address" },
	{ 0x0E02, "Bcc" },
	{ 0x0E03, "Cc" },
	{ 0x0E04, "To" },
	{ 0x0E05, "the name of the folder" },
	{ 0x0E06, "the time of delivery" },
	{ 0x0E07, "the message's flags" },
	{ 0x0E08, "the size" },
	{ 0x0E12, "a recipient" },
	{ 0x0E13, "an attachment" },
	{ 0x0E1B, "whether it has attachments" },
	{ 0x0E1D, "the subject without its prefix" },
	{ 0x1000, "the text" },
	{ 0x1035, "the Message-ID" },
	{ 0x1090, "the follow-up flag" },
	{ 0x3001, "the name" },
	{ 0x3003, "the address" },
	{ 0x300B, "the search key" },
	{ 0x3704, "the file's name" },
	{ 0x3707, "the file's name" },
	{ 0x39FE, "the address" },
	{ 0x4076, "the junk mail level" },
	{ 0x5D01, "the sender's address" },
	{ 0x6001, "the number of the rule that it came by" },
};

static void put_property(struct buf *out, uint32_t tag)
{
	for (size_t i = 0; i < COUNT_OF(properties); i++)
		if (properties[i].id == tag >> 16) {
			buf_add_text(out, properties[i].words);
			return;
		}
	buf_printf(out, "the property 0x%04X", (unsigned)(tag >> 16));
}

/* What is read, with counts that are four bytes wide or two. */
struct input {
	struct arena *arena;
	struct cursor c;
	bool is_wide;
	const char *fault;
};

static bool fail(struct input *in, const char *fault)
{
	if (!in->fault)
		in->fault = fault;
	return false;
}

static bool is_cut(struct input *in)
{
	return cursor_ok(&in->c) ? in->fault != NULL : !fail(in, "it ends in the middle");
}

static uint32_t take_count(struct input *in)
{
	return in->is_wide ? cursor_u32le(&in->c) : cursor_u16le(&in->c);
}

static void put_quoted(struct buf *out, const char *text)
{
	buf_add_byte(out, '"');
	buf_add_str(out, str_head(str_of(text), SERVER_TEXT_MAX));
	buf_add_byte(out, '"');
}

/* Text up to its NUL. */
static const char *take_text(struct input *in, bool is_wide_text)
{
	struct cursor c = in->c;
	size_t len = 0, step = is_wide_text ? 2 : 1;
	const char *text;

	for (; cursor_left(&c) >= step; len += step)
		if ((is_wide_text ? cursor_u16le(&c) : cursor_u8(&c)) == 0)
			break;
	text = is_wide_text ? unicode_from_utf16(in->arena, cursor_take(&in->c, len), SERVER_TEXT_MAX)
			    : unicode_from_bytes(in->arena, cursor_take(&in->c, len), SERVER_TEXT_MAX);
	cursor_skip(&in->c, step);
	return text ? text : "";
}

/* "SMTP:ANN@EXAMPLE.ORG" of a search key, else how long it is. */
static void put_bytes(struct buf *out, struct view bytes)
{
	size_t len = bytes.len;

	while (len && bytes.at[len - 1] == 0)
		len--;
	for (size_t i = 0; i < len; i++)
		if (bytes.at[i] < 32 || bytes.at[i] > 126)
			len = 0;
	if (len == 0) {
		buf_printf(out, "%zu bytes", bytes.len);
		return;
	}
	buf_add_byte(out, '"');
	buf_add(out, view_of(bytes.at, len < SERVER_TEXT_MAX ? len : SERVER_TEXT_MAX));
	buf_add_byte(out, '"');
}

/* One value, which must be of a type that such values can have. */
static bool put_value(struct input *in, uint32_t tag, struct buf *out)
{
	char time[CALENDAR_SIZE];

	switch (tag & 0xFFFF) {
	case TYPE_SHORT:
		buf_printf(out, "%d", (int)(int16_t)cursor_u16le(&in->c));
		break;
	case TYPE_LONG:
		buf_printf(out, "%ld", (long)(int32_t)cursor_u32le(&in->c));
		break;
	case TYPE_FLOAT:
	case TYPE_ERROR:
		cursor_skip(&in->c, 4);
		buf_add_text(out, "a number");
		break;
	case TYPE_DOUBLE:
	case TYPE_CURRENCY:
	case TYPE_APP_TIME:
		cursor_skip(&in->c, 8);
		buf_add_text(out, "a number");
		break;
	case TYPE_LONGLONG:
		buf_printf(out, "%lld", (long long)cursor_u64le(&in->c));
		break;
	case TYPE_BOOLEAN:
		buf_add_text(out, cursor_u8(&in->c) ? "yes" : "no");
		break;
	case TYPE_STRING_8:
	case TYPE_STRING:
		put_quoted(out, take_text(in, (tag & 0xFFFF) == TYPE_STRING));
		break;
	case TYPE_TIME:
		calendar_print(calendar_of_filetime(cursor_u64le(&in->c)), time);
		buf_add_text(out, time);
		break;
	case TYPE_GUID:
		cursor_skip(&in->c, 16);
		buf_add_text(out, "a number of 128 bits");
		break;
	case TYPE_BINARY:
		put_bytes(out, cursor_take(&in->c, take_count(in)));
		break;
	default:
		return fail(in, "a value has a type that rules do not have");
	}
	return !is_cut(in);
}

/* A value with its tag; of several values each. */
static bool put_tagged(struct input *in, uint32_t *tag_out, struct buf *out)
{
	uint32_t tag = cursor_u32le(&in->c), n;

	*tag_out = tag;
	if (!(tag & TYPE_MANY))
		return put_value(in, tag, out);
	n = take_count(in);
	if (n > VALUES_MAX)
		return fail(in, "a list of values is too long");
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_add_text(out, ", ");
		if (!put_value(in, tag & ~(uint32_t)TYPE_MANY, out))
			return false;
	}
	return !is_cut(in);
}

static const char *relation(struct input *in, uint8_t number)
{
	static const char *const words[] = { "is below", "is at most", "is above", "is at least",
					     "is",       "is not",     "matches",  "is a member of" };

	/* 0x64, as some servers write it. */
	if (number == 0x64)
		return words[7];
	if (number >= COUNT_OF(words))
		(void)fail(in, "a comparison is none that there is");
	return number < COUNT_OF(words) ? words[number] : "";
}

/* "offer" is in the subject. */
static bool put_content(struct input *in, struct buf *out)
{
	static const char *const levels[] = { "is", "contains", "begins with" };
	uint16_t level = cursor_u16le(&in->c);
	uint32_t tag, own;

	cursor_skip(&in->c, 2);
	tag = cursor_u32le(&in->c);
	if (is_cut(in))
		return false;
	if (level >= COUNT_OF(levels))
		return fail(in, "a search for text is of a kind that there is not");
	put_property(out, tag);
	buf_printf(out, " %s ", levels[level]);
	return put_tagged(in, &own, out);
}

static bool put_compared(struct input *in, struct buf *out)
{
	const char *words = relation(in, cursor_u8(&in->c));
	uint32_t tag = cursor_u32le(&in->c), own;

	put_property(out, tag);
	buf_printf(out, " %s ", words);
	return !is_cut(in) && put_tagged(in, &own, out);
}

static bool put_two(struct input *in, struct buf *out)
{
	const char *words = relation(in, cursor_u8(&in->c));

	put_property(out, cursor_u32le(&in->c));
	buf_printf(out, " %s ", words);
	put_property(out, cursor_u32le(&in->c));
	return !is_cut(in);
}

static bool put_bits(struct input *in, struct buf *out)
{
	uint8_t is_set = cursor_u8(&in->c);
	uint32_t tag = cursor_u32le(&in->c), mask = cursor_u32le(&in->c);

	if (is_set > 1)
		return fail(in, "a comparison is none that there is");
	put_property(out, tag);
	buf_printf(out, " has %s of the bits 0x%X", is_set ? "any" : "none", (unsigned)mask);
	return !is_cut(in);
}

static bool put_size(struct input *in, struct buf *out)
{
	const char *words = relation(in, cursor_u8(&in->c));

	buf_add_text(out, "the length of ");
	put_property(out, cursor_u32le(&in->c));
	buf_printf(out, " %s %u bytes", words, (unsigned)cursor_u32le(&in->c));
	return !is_cut(in);
}

static bool put_existence(struct input *in, struct buf *out)
{
	uint32_t tag = cursor_u32le(&in->c);

	put_property(out, tag);
	buf_add_text(out, " is there");
	return !is_cut(in);
}

/* A restriction that holds others: how many are still to come, and what stands between and behind them. */
struct frame {
	uint32_t left;
	bool is_first, has_end;
	const char *between;
};

struct walker {
	struct input *in;
	struct buf *out;
	struct frame frames[DEPTH_MAX];
	size_t depth;
};

static bool push(struct walker *w, uint32_t n, const char *between, bool has_end)
{
	if (w->depth == DEPTH_MAX)
		return fail(w->in, "conditions are nested too deep");
	w->frames[w->depth++] = (struct frame){ n, true, has_end, between };
	if (has_end)
		buf_add_byte(w->out, '(');
	return true;
}

/* It is all that stands in parentheses that are there already. */
static bool is_enclosed(const struct walker *w)
{
	return w->frames[w->depth - 1].has_end && !*w->frames[w->depth - 1].between;
}

static bool put_several(struct walker *w, bool is_and)
{
	uint32_t n = take_count(w->in);

	if (is_cut(w->in) || n > NODES_MAX)
		return fail(w->in, "a list of conditions is longer than the rule");
	if (n == 0) {
		buf_add_text(w->out, is_and ? "anything" : "nothing");
		return true;
	}
	return push(w, n, is_and ? " and " : " or ", n > 1 && w->depth && !is_enclosed(w));
}

static bool put_comment(struct walker *w)
{
	uint8_t n = cursor_u8(&w->in->c);
	struct buf ignored;
	uint32_t tag;

	buf_init(&ignored, WORDS_CAP);
	for (uint8_t i = 0; i < n && !is_cut(w->in); i++) {
		(void)put_tagged(w->in, &tag, &ignored);
		buf_clear(&ignored);
	}
	buf_fini(&ignored);
	if (cursor_u8(&w->in->c))
		return !is_cut(w->in) && push(w, 1, "", false);
	buf_add_text(w->out, "anything");
	return !is_cut(w->in);
}

static bool put_part(struct walker *w)
{
	uint32_t tag = cursor_u32le(&w->in->c);

	put_property(w->out, tag);
	buf_add_text(w->out, " has: ");
	return !is_cut(w->in) && push(w, 1, "", false);
}

static bool put_counted(struct walker *w)
{
	buf_printf(w->out, "at most %u with ", (unsigned)cursor_u32le(&w->in->c));
	return !is_cut(w->in) && push(w, 1, "", false);
}

static bool put_one(struct walker *w)
{
	struct input *in = w->in;

	switch (cursor_u8(&in->c)) {
	case BY_AND:
		return put_several(w, true);
	case BY_OR:
		return put_several(w, false);
	case BY_NOT:
		buf_add_text(w->out, "not ");
		return push(w, 1, "", true);
	case BY_CONTENT:
		return put_content(in, w->out);
	case BY_VALUE:
		return put_compared(in, w->out);
	case BY_TWO_VALUES:
		return put_two(in, w->out);
	case BY_BITS:
		return put_bits(in, w->out);
	case BY_SIZE:
		return put_size(in, w->out);
	case BY_EXISTENCE:
		return put_existence(in, w->out);
	case BY_PART:
		return put_part(w);
	case BY_COMMENT:
		return put_comment(w);
	case BY_COUNT:
		return put_counted(w);
	default:
		return fail(in, "a condition is of a kind that there is not");
	}
}

/* Those that have all of theirs are closed. */
static void close_frames(struct walker *w)
{
	while (w->depth && w->frames[w->depth - 1].left == 0) {
		if (w->frames[w->depth - 1].has_end)
			buf_add_byte(w->out, ')');
		w->depth--;
	}
}

static bool put_restriction(struct input *in, struct buf *out)
{
	struct walker w = { .in = in, .out = out };
	size_t n = 0;

	do {
		struct frame *top = w.depth ? &w.frames[w.depth - 1] : NULL;

		if (n++ == NODES_MAX)
			return fail(in, "there are too many conditions");
		if (top && !top->is_first)
			buf_add_text(out, top->between);
		if (top) {
			top->is_first = false;
			top->left--;
		}
		if (!put_one(&w) || is_cut(in))
			return false;
		close_frames(&w);
	} while (w.depth);
	return true;
}

/* The names of named properties stand in front. */
static bool skip_names(struct input *in)
{
	uint16_t n = cursor_u16le(&in->c);

	if (n == 0)
		return !is_cut(in);
	cursor_skip(&in->c, 2 * (size_t)n);
	cursor_skip(&in->c, cursor_u32le(&in->c));
	return !is_cut(in);
}

/* The ways in which they are written: with names or without, with long counts or short ones. */
static const struct {
	bool has_names, is_wide;
} ways[] = { { true, true }, { true, false }, { false, false }, { false, true } };

const char *server_put_condition(struct arena *arena, struct view bytes, struct buf *out)
{
	const char *fault = NULL;
	size_t before = out->len;

	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		struct input in = { .arena = arena, .c = cursor_of(bytes), .is_wide = ways[i].is_wide };

		out->len = before;
		if (ways[i].has_names)
			(void)skip_names(&in);
		if (!in.fault && put_restriction(&in, out) && cursor_done(&in.c))
			return NULL;
		(void)fail(&in, "something stands behind the condition");
		fault = fault ? fault : in.fault;
	}
	return fault;
}

/* An EntryID's length is as wide as counts are. */
static struct view take_id(struct input *in)
{
	return cursor_take(&in->c, take_count(in));
}

static bool read_move(struct input *in, struct server_action *a, struct buf *words)
{
	if (!in->is_wide)
		cursor_skip(&in->c, 1);
	(void)take_id(in);
	a->folder_id = take_id(in);
	buf_add_text(words, a->type == SERVER_MOVE ? "move it to a folder" : "copy it to a folder");
	return !is_cut(in);
}

static bool read_reply(struct input *in, const struct server_action *a, struct buf *words)
{
	if (in->is_wide)
		(void)take_id(in);
	else
		cursor_skip(&in->c, 16);
	cursor_skip(&in->c, 16);
	buf_add_text(words, a->type == SERVER_REPLY ? "answer it with a letter that is kept"
						    : "answer that nobody is there");
	return !is_cut(in);
}

static bool read_bounce(struct input *in, struct buf *words)
{
	uint32_t code = cursor_u32le(&in->c);

	if (code != 0x0D && code != 0x1F && code != 0x26)
		return fail(in, "it sends back for a reason that there is not");
	buf_printf(words, "send it back, because it is %s",
		   code == 0x0D   ? "too large"
		   : code == 0x1F ? "of a form that nobody can show"
				  : "not allowed");
	return !is_cut(in);
}

/* Of a recipient's properties its name and its address. */
static bool put_recipient(struct input *in, struct buf *words)
{
	uint32_t n, tag;
	struct buf value;
	bool has_name = false, has_address = false;

	if (cursor_u8(&in->c) != 1)
		return fail(in, "a recipient is none");
	n = take_count(in);
	if (n > VALUES_MAX)
		return fail(in, "a recipient has too many properties");
	buf_init(&value, WORDS_CAP);
	for (uint32_t i = 0; i < n && !is_cut(in); i++) {
		buf_clear(&value);
		if (!put_tagged(in, &tag, &value))
			break;
		if (tag >> 16 == TAG_NAME && !has_name) {
			buf_add_str(words, buf_str(&value));
			has_name = true;
		} else if ((tag >> 16 == TAG_SMTP || tag >> 16 == TAG_ADDRESS) && !has_address) {
			buf_printf(words, "%s<%.*s>", has_name ? " " : "",
				   (int)(value.len > 2 ? value.len - 2 : 0), (const char *)value.at + 1);
			has_address = true;
		}
	}
	buf_fini(&value);
	if (!has_name && !has_address)
		buf_add_text(words, "somebody");
	return !is_cut(in);
}

static bool read_forward(struct input *in, const struct server_action *a, uint32_t flavor, struct buf *words)
{
	uint32_t n = take_count(in);

	if (is_cut(in) || n == 0 || n > VALUES_MAX)
		return fail(in, "it is sent on to nobody");
	buf_add_text(words, a->type == SERVER_DELEGATE ? "give it as a delegate's to "
			    : flavor & 4               ? "forward it as an attachment to "
			    : flavor & 3               ? "redirect it to "
						       : "forward it to ");
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_add_text(words, ", ");
		if (!put_recipient(in, words))
			return false;
	}
	return true;
}

static bool read_tag(struct input *in, struct buf *words)
{
	struct buf value;
	uint32_t tag;
	bool good;

	buf_init(&value, WORDS_CAP);
	good = put_tagged(in, &tag, &value);
	buf_add_text(words, "set ");
	put_property(words, tag);
	buf_add_text(words, " to ");
	buf_add_str(words, buf_str(&value));
	buf_fini(&value);
	return good;
}

static bool read_data(struct input *in, struct server_action *a, uint32_t flavor, struct buf *words)
{
	switch (a->type) {
	case SERVER_MOVE:
	case SERVER_COPY:
		return read_move(in, a, words);
	case SERVER_REPLY:
	case SERVER_AWAY_REPLY:
		return read_reply(in, a, words);
	case SERVER_DEFER:
		cursor_skip(&in->c, cursor_left(&in->c));
		buf_add_text(words, "leave it to Outlook");
		return true;
	case SERVER_BOUNCE:
		return read_bounce(in, words);
	case SERVER_FORWARD:
	case SERVER_DELEGATE:
		return read_forward(in, a, flavor, words);
	case SERVER_TAG:
		return read_tag(in, words);
	case SERVER_DELETE:
		buf_add_text(words, "delete it");
		return true;
	case SERVER_READ:
		buf_add_text(words, "mark it as read");
		return true;
	default:
		return fail(in, "an action is of a kind that there is not");
	}
}

/* One block: its length, what it does, and all of its bytes for that. */
static bool read_action(struct input *in, struct server_action *a)
{
	uint32_t len = take_count(in), flavor;
	struct input own = { .arena = in->arena, .is_wide = in->is_wide };
	struct buf words;

	own.c = cursor_of(cursor_take(&in->c, len));
	if (is_cut(in))
		return false;
	*a = (struct server_action){ .type = (enum server_action_type)cursor_u8(&own.c) };
	flavor = cursor_u32le(&own.c);
	cursor_skip(&own.c, 4);
	buf_init(&words, WORDS_CAP);
	if (!is_cut(&own) && read_data(&own, a, flavor, &words) && !cursor_done(&own.c))
		(void)fail(&own, "an action is longer than what it does");
	a->words = arena_text(in->arena, buf_str(&words));
	buf_fini(&words);
	return !own.fault || fail(in, own.fault);
}

static bool read_all(struct input *in, bool has_version, struct server_action *rows, size_t *n_out)
{
	uint32_t n;

	*n_out = 0;
	if (has_version)
		cursor_skip(&in->c, 4);
	n = take_count(in);
	if (is_cut(in) || n > SERVER_ACTIONS_MAX)
		return fail(in, "there are more actions than it is long");
	if (n == 0)
		return fail(in, "there is no action");
	for (uint32_t i = 0; i < n; i++) {
		if (!read_action(in, &rows[i]))
			return false;
		++*n_out;
	}
	return cursor_done(&in->c) || fail(in, "something stands behind the actions");
}

const char *server_read_actions(struct arena *arena, struct view bytes, struct server_action **out,
				size_t *n_out)
{
	const char *fault = "memory ended";

	*n_out = 0;
	*out = arena_array(arena, SERVER_ACTIONS_MAX, sizeof **out);
	for (size_t i = 0; *out && i < COUNT_OF(ways); i++) {
		struct input in = { .arena = arena, .c = cursor_of(bytes), .is_wide = ways[i].is_wide };

		if (ways[i].has_names)
			(void)skip_names(&in);
		if (!in.fault && read_all(&in, ways[i].has_names, *out, n_out))
			return NULL;
		if (i == 0)
			fault = in.fault;
	}
	*n_out = 0;
	return fault;
}
