/* This file reads what stands behind an element's id. */
#include "rules/element.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/unicode.h"

#include <string.h>

/* A text's length is one byte, or three where the first is LONG_TEXT. */
enum { LONG_TEXT = 0xFF, TEXT_MAX = UINT16_MAX, WORDS_CAP = 256 * 1024, GUID_LEN = 16 };

/* Property tags of people; the type is left out, because both widths of text occur. */
enum { PERSON_NAME = 0x3001, PERSON_ADDRESS = 0x3003, PERSON_SMTP = 0x39FE };
enum { TYPE_NARROW = 0x1E, TYPE_WIDE = 0x1F, PERSON_ROW_LEN = 16 };

struct reader {
	struct arena *arena;
	const struct element_style *style;
	struct cursor *c;
	struct rule_element *out;
	struct buf words;
};

char *element_text(struct arena *arena, bool is_wide, struct cursor *c)
{
	size_t len = cursor_u8(c);
	struct view bytes;

	if (len == LONG_TEXT)
		len = cursor_u16le(c);
	bytes = cursor_take(c, is_wide ? len * 2 : len);
	return is_wide ? unicode_from_utf16(arena, bytes, TEXT_MAX)
		       : unicode_from_bytes(arena, bytes, TEXT_MAX);
}

static void read_head(struct reader *r)
{
	cursor_skip(r->c, 2 * 4);
}

/* Adds "text" in quotation marks to what stands there already. */
static void add_quoted(struct reader *r, const char *between, const char *text)
{
	if (r->words.len)
		buf_add_text(&r->words, between);
	buf_add_byte(&r->words, '"');
	buf_add_text(&r->words, text ? text : "");
	buf_add_byte(&r->words, '"');
}

static void read_quoted(struct reader *r, const char *between)
{
	add_quoted(r, between, element_text(r->arena, r->style->is_wide, r->c));
}

/* Texts at offsets of a block end at a NUL. */
static const char *text_at(struct reader *r, struct view block, uint16_t type, uint32_t at)
{
	struct cursor c = cursor_of(block);

	cursor_seek(&c, at);
	return type == TYPE_WIDE ? unicode_from_utf16(r->arena, cursor_take(&c, cursor_left(&c)), TEXT_MAX)
				 : unicode_from_bytes(r->arena, cursor_take(&c, cursor_left(&c)), TEXT_MAX);
}

static void add_person(struct reader *r, const char *name, const char *address)
{
	const char *first = name && name[0] ? name : address;

	if (r->words.len)
		buf_add_text(&r->words, " or ");
	buf_add_text(&r->words, first ? first : "somebody without a name");
	if (address && address[0] && first != address && strcmp(address, first) != 0)
		buf_printf(&r->words, " <%s>", address);
}

static void read_person(struct reader *r)
{
	const char *name = NULL, *address = NULL, *smtp = NULL;
	uint32_t n;
	struct view block;
	struct cursor c;

	cursor_skip(r->c, 4);
	n = cursor_u32le(r->c);
	block = cursor_take(r->c, cursor_u32le(r->c));
	if (n > block.len / PERSON_ROW_LEN) {
		cursor_fail(r->c);
		return;
	}
	c = cursor_of(block);
	for (uint32_t i = 0; i < n && cursor_left(&c); i++) {
		uint16_t type = cursor_u16le(&c), id = cursor_u16le(&c);
		uint32_t at;

		cursor_skip(&c, 4);
		at = cursor_u32le(&c);
		cursor_skip(&c, 4);
		if (type != TYPE_NARROW && type != TYPE_WIDE)
			continue;
		if (id == PERSON_NAME)
			name = text_at(r, block, type, at);
		else if (id == PERSON_ADDRESS)
			address = text_at(r, block, type, at);
		else if (id == PERSON_SMTP)
			smtp = text_at(r, block, type, at);
	}
	add_person(r, name, smtp && smtp[0] ? smtp : address);
}

/* `least` is the fewest bytes that one of them takes: what a count may promise. */
static uint32_t read_count(struct reader *r, size_t least)
{
	uint32_t n = cursor_u32le(r->c);

	if (n > cursor_left(r->c) / least)
		cursor_fail(r->c);
	return cursor_ok(r->c) ? n : 0;
}

static void read_people(struct reader *r)
{
	uint32_t n;

	read_head(r);
	n = read_count(r, 3 * 4);
	for (uint32_t i = 0; i < n && cursor_ok(r->c); i++)
		read_person(r);
	cursor_skip(r->c, 2 * 4);
}

static void read_words(struct reader *r)
{
	uint32_t n = read_count(r, 4 + 1);

	for (uint32_t i = 0; i < n && cursor_ok(r->c); i++) {
		cursor_skip(r->c, 4);
		read_quoted(r, " or ");
	}
}

static void read_number(struct reader *r)
{
	read_head(r);
	r->out->number = cursor_u32le(r->c);
	buf_printf(&r->words, "%u", (unsigned)r->out->number);
}

static void read_word_of(struct reader *r, const char *const *words, size_t n)
{
	read_head(r);
	r->out->number = cursor_u32le(r->c);
	if (r->out->number < n)
		buf_add_text(&r->words, words[r->out->number]);
	else
		buf_printf(&r->words, "number %u", (unsigned)r->out->number);
}

static void read_level(struct reader *r)
{
	static const char *const words[] = { "low", "normal", "high" };

	read_word_of(r, words, COUNT_OF(words));
}

static void read_secrecy(struct reader *r)
{
	static const char *const words[] = { "normal", "personal", "private", "confidential" };

	read_word_of(r, words, COUNT_OF(words));
}

static void read_text(struct reader *r)
{
	read_head(r);
	read_quoted(r, "");
}

static void read_list(struct reader *r)
{
	const char *text;
	struct str rest, part;

	read_head(r);
	text = element_text(r->arena, r->style->is_wide, r->c);
	rest = str_of(text);
	do {
		part = str_trim(str_cut(&rest, ';'));
		add_quoted(r, " and ", arena_text(r->arena, part));
	} while (rest.at);
}

static void read_narrow(struct reader *r)
{
	read_head(r);
	add_quoted(r, "", element_text(r->arena, false, r->c));
}

static void read_flagged(struct reader *r)
{
	read_head(r);
	cursor_skip(r->c, 4);
	read_quoted(r, "");
	cursor_skip(r->c, 4);
}

static void read_flag(struct reader *r)
{
	read_head(r);
	r->out->number = cursor_u32le(r->c);
	read_quoted(r, "");
	buf_printf(&r->words, " in %u days", (unsigned)r->out->number);
	cursor_skip(r->c, 4);
}

static void read_range(struct reader *r)
{
	uint32_t low, high;

	read_head(r);
	low = cursor_u32le(r->c);
	high = cursor_u32le(r->c);
	buf_printf(&r->words, "%u to %u", (unsigned)low, (unsigned)high);
}

static void read_date(struct reader *r, const char *word)
{
	uint32_t is_used = cursor_u32le(r->c);
	char text[CALENDAR_SIZE];
	wall_time time;
	uint64_t bits;

	cursor_skip(r->c, 4);
	bits = cursor_u64le(r->c);
	if (!is_used || !calendar_of_ole(bits, &time))
		return;
	calendar_print(time, text);
	buf_printf(&r->words, "%s%s %s", r->words.len ? " and " : "", word, text);
}

static void read_span(struct reader *r)
{
	read_head(r);
	read_date(r, "after");
	read_date(r, "before");
	if (r->words.len == 0)
		buf_add_text(&r->words, "at any time");
}

static void read_forms(struct reader *r)
{
	uint32_t n = read_count(r, 4 + 1 + 1);

	for (uint32_t i = 0; i < n && cursor_ok(r->c); i++) {
		const char *class;

		cursor_skip(r->c, 4);
		read_quoted(r, " or ");
		class = element_text(r->arena, false, r->c);
		buf_printf(&r->words, " (%s)", class ? class : "");
	}
}

enum { PROPERTY_TEXT = 0x1F, PROPERTY_TEXT_8 = 0x1E, PROPERTY_TIME = 0x40, PROPERTY_TRUTH = 0x0B };

static void add_comparison(struct reader *r, uint16_t type, const uint32_t *matches, const char *text)
{
	static const char *const texts[] = { "contains", "is", "does not contain" };
	static const char *const numbers[] = { "is",          "is not",       "is at most",
					       "is at least", "is more than", "is less than" };

	if (type == PROPERTY_TRUTH)
		buf_add_text(&r->words, matches[3] ? " is no" : " is yes");
	else if (type == 2 || type == 3 || type == 4 || type == 5)
		buf_printf(&r->words, " %s %u",
			   matches[1] < COUNT_OF(numbers) ? numbers[matches[1]] : "compares with",
			   (unsigned)matches[2]);
	else if (type != PROPERTY_TIME)
		buf_printf(&r->words, " %s \"%s\"",
			   matches[0] < COUNT_OF(texts) ? texts[matches[0]] : "compares with", text);
}

static void read_property(struct reader *r)
{
	uint32_t matches[4]; /* how texts, how numbers, the number, how truths */
	const char *text;
	uint16_t type;
	uint32_t how;
	uint64_t bits;
	wall_time time;

	read_quoted(r, " and ");
	type = cursor_u16le(r->c);
	cursor_skip(r->c, 2);
	matches[0] = cursor_u32le(r->c);
	text = element_text(r->arena, r->style->is_wide, r->c);
	matches[1] = cursor_u32le(r->c);
	cursor_skip(r->c, 4);
	matches[2] = cursor_u32le(r->c);
	matches[3] = cursor_u32le(r->c);
	cursor_skip(r->c, 4);
	how = cursor_u32le(r->c);
	cursor_skip(r->c, 4);
	bits = cursor_u64le(r->c);
	cursor_skip(r->c, 4);
	add_comparison(r, type, matches, text ? text : "");
	if (type == PROPERTY_TIME && calendar_of_ole(bits, &time)) {
		char date[CALENDAR_SIZE];

		calendar_print(time, date);
		buf_printf(&r->words, " is %s %s", how ? "after" : "before", date);
	}
}

static void read_properties(struct reader *r)
{
	uint32_t n;

	read_head(r);
	read_quoted(r, "");
	n = cursor_u16le(r->c);
	for (uint32_t i = 0; i < n && cursor_ok(r->c); i++)
		read_property(r);
	n = read_count(r, 1);
	for (uint32_t i = 0; i < n && cursor_ok(r->c); i++)
		(void)element_text(r->arena, false, r->c);
}

static void read_account(struct reader *r)
{
	read_text(r);
	(void)element_text(r->arena, false, r->c);
}

static void read_computer(struct reader *r)
{
	read_head(r);
	r->out->computer = cursor_take(r->c, GUID_LEN);
}

static struct view read_counted(struct reader *r)
{
	return cursor_take(r->c, cursor_u32le(r->c));
}

static void read_book(struct reader *r)
{
	read_head(r);
	(void)read_counted(r);
	read_quoted(r, "");
}

static void read_folder(struct reader *r)
{
	read_head(r);
	r->out->folder_id = read_counted(r);
	r->out->store_id = read_counted(r);
	read_quoted(r, "");
	if (r->style->has_store_kind)
		cursor_skip(r->c, 4);
}

static void read_custom(struct reader *r)
{
	read_head(r);
	(void)element_text(r->arena, r->style->is_wide, r->c);
	read_quoted(r, "");
	(void)element_text(r->arena, r->style->is_wide, r->c);
	(void)element_text(r->arena, r->style->is_wide, r->c);
}

static void read_script(struct reader *r)
{
	read_text(r);
	(void)element_text(r->arena, r->style->is_wide, r->c);
}

static void read_follow_up(struct reader *r)
{
	static const char *const words[] = { "", "today",   "tomorrow", "this week", "next week", "",
					     "", "no date", "",         "",          "done" };
	const char *when;

	read_head(r);
	r->out->number = cursor_u32le(r->c);
	when = r->out->number < COUNT_OF(words) ? words[r->out->number] : "";
	read_quoted(r, "");
	if (when[0])
		buf_printf(&r->words, ", %s", when);
}

static void read_retention(struct reader *r)
{
	read_head(r);
	cursor_skip(r->c, GUID_LEN);
	read_quoted(r, "");
}

static void read_nothing(struct reader *r)
{
	/* With a number other than 0 there would be more, which no version writes. */
	if (cursor_u32le(r->c) != 0)
		cursor_fail(r->c);
}

static void (*const readers[])(struct reader *r) = {
	[LAYOUT_NOTHING] = read_nothing,
	[LAYOUT_PEOPLE] = read_people,
	[LAYOUT_WORDS] = read_words,
	[LAYOUT_NUMBER] = read_number,
	[LAYOUT_LEVEL] = read_level,
	[LAYOUT_SECRECY] = read_secrecy,
	[LAYOUT_TEXT] = read_text,
	[LAYOUT_LIST] = read_list,
	[LAYOUT_NARROW] = read_narrow,
	[LAYOUT_FLAGGED] = read_flagged,
	[LAYOUT_FLAG] = read_flag,
	[LAYOUT_RANGE] = read_range,
	[LAYOUT_SPAN] = read_span,
	[LAYOUT_FORMS] = read_forms,
	[LAYOUT_PROPERTIES] = read_properties,
	[LAYOUT_ACCOUNT] = read_account,
	[LAYOUT_COMPUTER] = read_computer,
	[LAYOUT_BOOK] = read_book,
	[LAYOUT_FOLDER] = read_folder,
	[LAYOUT_CUSTOM] = read_custom,
	[LAYOUT_SCRIPT] = read_script,
	[LAYOUT_FOLLOW_UP] = read_follow_up,
	[LAYOUT_RETENTION] = read_retention,
};

/* Most elements have nothing to say but that they are there; of an id that is
 * not known the range tells the part. */
static enum status read_unknown(struct reader *r)
{
	uint32_t id = r->out->id;

	r->out->part = id < 300 ? RULE_CONDITION : id < 400 ? RULE_ACTION : RULE_EXCEPTION;
	r->out->phrase = "something that is not known here (%s)";
	r->out->words = arena_printf(r->arena, "0x%X", (unsigned)id);
	if (id < 100 || id >= 600)
		cursor_fail(r->c);
	else
		read_nothing(r);
	return r->out->words ? ST_OK : ST_NOMEM;
}

enum status element_read(struct arena *arena, const struct element_style *style, struct cursor *c,
			 struct rule_element *out)
{
	struct reader r = { .arena = arena, .style = style, .c = c, .out = out };
	const struct element_row *row;

	*out = (struct rule_element){ .id = cursor_u32le(c) };
	row = element_row(out->id);
	if (!row)
		return read_unknown(&r);
	out->part = row->part;
	out->phrase = row->phrase;
	buf_init(&r.words, WORDS_CAP);
	readers[row->layout](&r);
	if (r.words.len)
		out->words = arena_text(arena, buf_str(&r.words));
	buf_fini(&r.words);
	return arena_failed(arena) ? ST_NOMEM : ST_OK;
}
