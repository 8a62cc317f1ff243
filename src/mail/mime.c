/* This file takes a message of the Internet apart. */
#include "mail/mime.h"

#include "base/checked.h"
#include "mail/values.h"

#include <string.h>

/* What is open while lines are read: a part of several, or a message. */
struct open_part {
	uint32_t part;
	struct str boundary; /* empty of a message */
	bool has_any;        /* a part has begun */
	bool is_closed;      /* what follows belongs to nothing */
	size_t behind;       /* where that begins */
};

struct parsing {
	struct mime_message *m;
	struct open_part open[MIME_DEPTH_MAX];
	size_t n_open;
	size_t at; /* of the next line */
	bool failed;
};

const char *mime_defect_words(enum mime_defect_kind kind)
{
	static const char *const words[] = {
#define X(name, text) text,
		MIME_DEFECTS(X)
#undef X
	};

	return words[kind];
}

void mime_note(struct mime_message *m, enum mime_defect_kind kind, const void *where)
{
	const uint8_t *at = where;
	bool is_inside = at && at >= m->bytes.at && at <= m->bytes.at + m->bytes.len;

	if (m->defects && m->n_defects < MIME_DEFECTS_MAX)
		m->defects[m->n_defects] =
			(struct mime_defect){ kind, is_inside ? (uint64_t)(at - m->bytes.at) : 0 };
	m->n_defects++;
}

static void note_at(struct parsing *p, enum mime_defect_kind kind, size_t at)
{
	mime_note(p->m, kind, p->m->bytes.at ? p->m->bytes.at + at : NULL);
}

/* The line at `at`, with its end. */
static struct str line_at(const struct parsing *p, size_t at)
{
	struct str rest = str_skip(str_from_view(p->m->bytes), at);
	size_t end = str_find_char(rest, '\n');

	return str_head(rest, end == SIZE_MAX ? rest.len : end + 1);
}

static struct str without_end(struct str line)
{
	if (line.len && line.at[line.len - 1] == '\n')
		line.len--;
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A name and a colon; blanks may stand between, as they once could. */
static bool is_field(struct str line)
{
	size_t colon = str_find_char(line, ':'), len = 0;

	if (colon == SIZE_MAX || colon == 0)
		return false;
	while (len < colon && line.at[len] > 32 && line.at[len] < 127)
		len++;
	while (len < colon && is_blank(line.at[len]))
		len++;
	return len == colon && !is_blank(line.at[0]);
}

/* Which open part a line ends or goes on; SIZE_MAX for none. The innermost wins. */
static size_t boundary_of(const struct parsing *p, struct str line, bool *is_last)
{
	struct str rest = str_skip(without_end(line), 2);

	if (!str_starts(line, STR("--")))
		return SIZE_MAX;
	for (size_t i = p->n_open; i-- > 0;) {
		struct str tail;

		if (p->open[i].boundary.len == 0 || !str_starts(rest, p->open[i].boundary))
			continue;
		tail = str_skip(rest, p->open[i].boundary.len);
		*is_last = str_starts(tail, STR("--"));
		if (*is_last)
			tail = str_skip(tail, 2);
		if (str_trim(tail).len == 0)
			return i;
	}
	return SIZE_MAX;
}

/* Reads lines of a header from p->at on; leaves that behind the blank line. */
static struct str take_header(struct parsing *p)
{
	size_t from = p->at, end;
	bool is_first = true, is_last;

	for (;;) {
		struct str line = line_at(p, p->at);

		end = p->at;
		if (line.len == 0 || boundary_of(p, line, &is_last) != SIZE_MAX)
			break;
		if (without_end(line).len == 0) {
			p->at += line.len;
			break;
		}
		if (p->at - from > MIME_HEADER_MAX) {
			note_at(p, MIME_HEADER_LONG, p->at);
			break;
		}
		if (is_first && (str_starts(line, STR("From ")) || str_starts(line, STR(">From ")))) {
			note_at(p, MIME_FROM_LINE, p->at);
		} else if (!is_field(line) && (is_first || !is_blank(line.at[0]))) {
			note_at(p, is_first ? MIME_NO_HEADER : MIME_HEADER_LINE, p->at);
			break;
		}
		is_first = false;
		p->at += line.len;
	}
	return str_head(str_skip(str_from_view(p->m->bytes), from), end - from);
}

bool mime_field(const struct mime_part *part, const char *name, struct str *out)
{
	struct str rest = part->header;
	struct mail_field field;

	while (fields_next(&rest, &field)) {
		if (!str_is_nocase(field.name, name))
			continue;
		*out = field.value;
		return true;
	}
	*out = STR("");
	return false;
}

static void note_faults(struct mime_message *m, unsigned faults, struct str where)
{
	if (faults & WORDS_FAULT_BYTES)
		mime_note(m, MIME_HEADER_BYTES, where.at);
	if (faults & WORDS_FAULT_CHARSET)
		mime_note(m, MIME_CHARSET, where.at);
	if (faults & WORDS_FAULT_WORD)
		mime_note(m, MIME_WORD, where.at);
}

static void read_encoding(struct parsing *p, struct mime_part *part)
{
	static const struct {
		const char *word;
		enum decode_kind kind;
	} known[] = {
		{ "7bit", DECODE_NONE },           { "8bit", DECODE_NONE },
		{ "binary", DECODE_NONE },         { "", DECODE_NONE },
		{ "base64", DECODE_BASE64 },       { "quoted-printable", DECODE_QUOTED },
		{ "x-uuencode", DECODE_UUENCODE }, { "uuencode", DECODE_UUENCODE },
		{ "x-uue", DECODE_UUENCODE },
	};
	struct str raw;
	const char *word;

	if (!mime_field(part, "Content-Transfer-Encoding", &raw))
		return;
	word = values_word(p->m->arena, raw);
	for (size_t i = 0; word && i < COUNT_OF(known); i++)
		if (strcmp(word, known[i].word) == 0) {
			part->encoding = known[i].kind;
			return;
		}
	mime_note(p->m, MIME_ENCODING, raw.at);
}

static void read_place(struct parsing *p, struct mime_part *part)
{
	struct arena *arena = p->m->arena;
	unsigned faults = 0;
	struct str raw;
	const char *word;

	if (mime_field(part, "Content-Disposition", &raw)) {
		word = values_word(arena, raw);
		part->place = word && strcmp(word, "inline") == 0 ? MIME_INLINE : MIME_ATTACHMENT;
		part->name = values_parameter(arena, raw, "filename", &faults);
	}
	if (!part->name)
		part->name = values_parameter(arena, part->type_raw, "name", &faults);
	note_faults(p->m, faults, raw.len ? raw : part->type_raw);
	if (mime_field(part, "Content-ID", &raw) && values_id(raw).len)
		part->id = words_text(arena, values_id(raw), VALUES_TEXT_MAX, &faults);
}

static bool is_type(const char *type)
{
	struct str s = str_of(type), front = str_cut(&s, '/');

	return front.len && s.at && s.len && str_find_char(s, '/') == SIZE_MAX;
}

/* What the header says of the part; a part of a digest is a message (RFC 2046, 5.1.5). */
static void describe(struct parsing *p, struct mime_part *part)
{
	struct arena *arena = p->m->arena;
	const struct mime_part *holder = part->parent == MIME_TOP ? NULL : &p->m->parts[part->parent];
	bool is_digest = holder && strcmp(holder->type, "multipart/digest") == 0;
	unsigned faults = 0;

	part->type = is_digest ? "message/rfc822" : "text/plain";
	part->charset = "";
	if (mime_field(part, "Content-Type", &part->type_raw)) {
		const char *type = values_word(arena, part->type_raw);

		if (type && is_type(type)) {
			part->type = type;
		} else {
			/* "text" alone was usual once. */
			mime_note(p->m, MIME_TYPE, part->type_raw.at);
			part->type = type && strncmp(type, "text", 4) == 0 ? "text/plain"
									   : "application/octet-stream";
		}
		part->charset = values_parameter(arena, part->type_raw, "charset", &faults);
		if (!part->charset)
			part->charset = "";
	}
	read_encoding(p, part);
	read_place(p, part);
}

static struct mime_part *add_part(struct parsing *p, uint32_t parent)
{
	struct mime_message *m = p->m;
	struct mime_part *parts = arena_grown(m->arena, m->parts, m->n, &m->room, sizeof *parts), *part;

	if (!parts) {
		p->failed = true;
		return NULL;
	}
	m->parts = parts;
	part = &m->parts[m->n++];
	*part = (struct mime_part){ .parent = parent };
	part->depth = parent == MIME_TOP ? 0 : m->parts[parent].depth + 1;
	return part;
}

static void push(struct parsing *p, uint32_t part, struct str boundary)
{
	p->open[p->n_open++] = (struct open_part){ .part = part, .boundary = boundary };
}

/* Begins a part at p->at: its header; and where it is a message, that one's part, and so on. */
static void begin_part(struct parsing *p, uint32_t parent)
{
	for (;;) {
		struct mime_part *part = add_part(p, parent);
		uint32_t number = (uint32_t)(p->m->n - 1);
		unsigned faults = 0;
		bool is_several, is_message;

		if (!part)
			return;
		part->header = take_header(p);
		part->body = view_of(p->m->bytes.at ? p->m->bytes.at + p->at : NULL, 0);
		describe(p, part);
		is_several = strncmp(part->type, "multipart/", 10) == 0;
		is_message = strcmp(part->type, "message/rfc822") == 0 && part->encoding == DECODE_NONE;
		if (!is_several && !is_message)
			return;
		if (p->n_open == MIME_DEPTH_MAX || p->m->n == MIME_PARTS_MAX) {
			note_at(p, p->n_open == MIME_DEPTH_MAX ? MIME_DEEP : MIME_MANY, p->at);
			part->type = "application/octet-stream";
			return;
		}
		if (is_several) {
			const char *boundary =
				values_parameter(p->m->arena, part->type_raw, "boundary", &faults);

			if (boundary && *boundary) {
				part->kind = MIME_SEVERAL;
				push(p, number, str_trim(str_of(boundary)));
			} else {
				note_at(p, MIME_NO_BOUNDARY, p->at);
				part->type = "text/plain";
			}
			return;
		}
		part->kind = MIME_MESSAGE;
		push(p, number, STR(""));
		parent = number;
	}
}

/* The bytes of a part end in front of the line's end that the boundary owns. */
static void end_body(struct parsing *p, struct mime_part *part, size_t line_at_)
{
	struct view all = p->m->bytes;
	size_t from = part->body.at ? (size_t)(part->body.at - all.at) : 0, end = line_at_;

	if (all.at && end > from && end < all.len && all.at[end - 1] == '\n')
		end--;
	if (end > from && end < line_at_ && all.at[end - 1] == '\r')
		end--;
	part->body.len = end > from ? end - from : 0;
}

/* Everything inside open part `i` ends at a boundary line of it, or at the end of all. */
static void close_inside(struct parsing *p, size_t i, size_t at)
{
	struct mime_message *m = p->m;
	struct mime_part *last = m->n ? &m->parts[m->n - 1] : NULL;

	if (last && last->kind == MIME_LEAF && (p->n_open == 0 || !p->open[p->n_open - 1].is_closed))
		end_body(p, last, at);
	while (m->parts && p->n_open > i) {
		struct open_part *o = &p->open[--p->n_open];
		struct mime_part *part = &m->parts[o->part];

		end_body(p, part, at);
		if (o->boundary.len == 0)
			continue;
		if (!o->has_any) {
			note_at(p, MIME_NO_PARTS, (size_t)(part->body.at ? part->body.at - m->bytes.at : 0));
			part->kind = MIME_LEAF;
			part->type = "text/plain";
		} else if (!o->is_closed) {
			note_at(p, MIME_UNCLOSED, at);
		} else if (str_trim(str_head(str_skip(str_from_view(m->bytes), o->behind), at - o->behind))
				   .len) {
			note_at(p, MIME_BEHIND, o->behind);
		}
	}
}

static void on_boundary(struct parsing *p, size_t i, bool is_last, size_t at)
{
	struct open_part *o;

	if (p->open[i].is_closed && i + 1 == p->n_open) {
		/* It was closed before: what goes on is more of it. */
		p->open[i].is_closed = is_last;
	}
	close_inside(p, i + 1, at);
	o = &p->open[i];
	if (is_last) {
		o->is_closed = true;
		o->behind = p->at;
		o->has_any = true;
		return;
	}
	o->is_closed = false;
	if (p->m->n == MIME_PARTS_MAX) {
		note_at(p, MIME_MANY, at);
		return;
	}
	o->has_any = true;
	begin_part(p, o->part);
}

/* Where the next line begins that may be a boundary. */
static size_t next_dashes(const struct parsing *p)
{
	struct str all = str_from_view(p->m->bytes);
	size_t at = p->at;

	while (at < all.len) {
		struct str rest = str_skip(all, at);
		size_t end;

		if (str_starts(rest, STR("--")))
			return at;
		end = str_find_char(rest, '\n');
		if (end == SIZE_MAX)
			return all.len;
		at += end + 1;
	}
	return all.len;
}

enum status mime_parse(struct arena *arena, struct view bytes, struct mime_message *out)
{
	struct parsing *p = arena_alloc(arena, sizeof *p);

	*out = (struct mime_message){ .arena = arena, .bytes = bytes };
	out->defects = arena_array(arena, MIME_DEFECTS_MAX, sizeof *out->defects);
	if (!p || !out->defects)
		return ST_NOMEM;
	*p = (struct parsing){ .m = out };
	begin_part(p, MIME_TOP);
	while (p->n_open && p->at < bytes.len && !p->failed) {
		size_t at = next_dashes(p), i;
		struct str line = line_at(p, at);
		bool is_last = false;

		p->at = at + line.len;
		i = boundary_of(p, line, &is_last);
		if (i != SIZE_MAX)
			on_boundary(p, i, is_last, at);
	}
	close_inside(p, 0, bytes.len);
	if (bytes.len && memchr(bytes.at, 0, bytes.len))
		mime_note(out, MIME_NUL, memchr(bytes.at, 0, bytes.len));
	return p->failed || arena_failed(arena) ? ST_NOMEM : ST_OK;
}

void mime_decode(struct mime_message *message, const struct mime_part *part, struct mail_sink *sink)
{
	struct decode *d = arena_alloc(message->arena, sizeof *d);

	if (!d) {
		sink->failed = true;
		return;
	}
	decode_start(d, part->encoding, sink);
	decode_add(d, part->body);
	decode_end(d);
	if (d->faults & DECODE_FAULT_BYTES)
		mime_note(message, part->encoding == DECODE_QUOTED ? MIME_QUOTED : MIME_BASE64,
			  part->body.at);
	if (d->faults & DECODE_FAULT_CUT)
		mime_note(message, MIME_CUT, part->body.at);
}
