/* This file takes a message apart as far as comparing two needs: header lines, leaves of the tree of parts,
 * content. */
#include "trip/part.h"

#include "base/buf.h"
#include "wire/base64.h"

#include <string.h>

enum { CONTENT_MAX = 64 << 20, PARAMETER_MAX = 128 };

/* A line without its end. */
static struct str next_line(struct str *rest)
{
	struct str line = str_cut(rest, '\n');

	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static struct str head_of(struct str text, struct str *body_out)
{
	struct str rest = text;

	while (rest.at && rest.len) {
		const char *at = rest.at;

		if (next_line(&rest).len == 0) {
			*body_out = rest.at ? rest : STR("");
			return str_head(text, (size_t)(at - text.at));
		}
	}
	*body_out = STR("");
	return text;
}

static bool is_name(struct str line, struct str name)
{
	return line.len > name.len && str_starts_nocase(line, name) && line.at[name.len] == ':';
}

struct str part_header(struct arena *arena, struct str *rest, const char *name)
{
	struct str text = STR("");

	while (rest->at && rest->len) {
		struct str line = next_line(rest);

		if (!is_name(line, str_of(name)))
			continue;
		text = str_trim(str_skip(line, strlen(name) + 1));
		while (rest->at && rest->len && (rest->at[0] == ' ' || rest->at[0] == '\t') &&
		       text.len < HEADER_MAX) {
			line = str_trim(next_line(rest));
			text = str_of(arena_printf(arena, "%.*s %.*s", (int)text.len, text.at, (int)line.len,
						   line.at));
		}
		return str_head(text, HEADER_MAX);
	}
	return text;
}

/* The value of `boundary=` or `charset=` in a Content-Type, quoted or not; "" when there is none. */
static struct str parameter(struct str type, const char *name)
{
	struct str rest = type;

	(void)str_cut(&rest, ';');
	while (rest.at && rest.len) {
		struct str one = str_trim(str_cut(&rest, ';')), value = one,
			   key = str_trim(str_cut(&value, '='));

		if (!str_is_nocase(key, name) || !value.at)
			continue;
		value = str_trim(value);
		if (value.len > 1 && value.at[0] == '"')
			value = str_head(str_skip(value, 1), value.len - 2);
		return str_head(value, PARAMETER_MAX);
	}
	return STR("");
}

/* The first line of a header, as it stands. */
static struct str raw_header(struct str head, const char *name)
{
	while (head.at && head.len) {
		struct str line = next_line(&head);

		if (is_name(line, str_of(name)))
			return line;
	}
	return STR("");
}

struct walk {
	struct parts *out;
	struct str boundaries[PART_DEPTH_MAX];
	size_t depth;
};

/* -1 none, else the depth whose boundary the line is; *last_out for the closing one. */
static int boundary_of(const struct walk *walk, struct str line, bool *last_out)
{
	struct str rest;

	if (!str_starts(line, STR("--")))
		return -1;
	rest = str_skip(line, 2);
	for (size_t i = walk->depth; i-- > 0;) {
		struct str end;

		if (!str_starts(rest, walk->boundaries[i]))
			continue;
		end = str_trim(str_skip(rest, walk->boundaries[i].len));
		*last_out = str_starts(end, STR("--"));
		if (end.len == 0 || *last_out)
			return (int)i;
	}
	return -1;
}

static struct str unfolded_header(struct str head, const char *name, char room[HEADER_MAX])
{
	struct str first;
	size_t len = 0;

	while (head.at && head.len) {
		struct str line = next_line(&head);

		if (!is_name(line, str_of(name)))
			continue;
		first = str_skip(line, strlen(name) + 1);
		for (;;) {
			first = str_head(str_trim(first), HEADER_MAX - 1 - len);
			if (first.len)
				memcpy(room + len, first.at, first.len);
			len += first.len;
			if (!head.at || !head.len || (head.at[0] != ' ' && head.at[0] != '\t') ||
			    len + 1 >= HEADER_MAX)
				break;
			room[len++] = ' ';
			first = next_line(&head);
		}
		break;
	}
	return (struct str){ .at = len ? room : "", .len = len };
}

/* A part begins with these header lines: another level, or a leaf. */
static void begin_part(struct walk *walk, struct str head)
{
	struct parts *out = walk->out;
	char room[HEADER_MAX];
	struct str type = unfolded_header(head, "Content-Type", room), boundary = parameter(type, "boundary");

	if (str_starts_nocase(type, STR("multipart/")) && boundary.len > 0) {
		/* The boundary must outlive the room: it is found again in the head itself. */
		for (size_t i = 0; i + boundary.len <= head.len && walk->depth < PART_DEPTH_MAX; i++)
			if (memcmp(head.at + i, boundary.at, boundary.len) == 0) {
				walk->boundaries[walk->depth++] = str_head(str_skip(head, i), boundary.len);
				return;
			}
		out->cut = true;
		return;
	}
	if (out->n == PARTS_MAX) {
		out->cut = true;
		return;
	}
	out->list[out->n++] = (struct part){ .type = raw_header(head, "Content-Type"),
					     .encoding = raw_header(head, "Content-Transfer-Encoding") };
}

static struct str value_of(struct str header)
{
	struct str rest = header;

	(void)str_cut(&rest, ':');
	return rest.at ? str_trim(rest) : STR("");
}

/* Walks the lines of the body once. A leaf's body runs up to the line end before the next boundary. */
static void walk_body(struct walk *walk, struct str body)
{
	struct parts *out = walk->out;
	struct str rest = body;
	bool in_leaf = out->n > 0, last = false;
	const char *begin = body.at, *line_at;

	while (rest.at && rest.len) {
		struct str line;
		size_t len;
		int level;

		line_at = rest.at;
		line = next_line(&rest);
		level = boundary_of(walk, line, &last);
		if (level < 0)
			continue;
		len = (size_t)(line_at - begin);
		if (in_leaf && out->n > 0)
			out->list[out->n - 1].body = view_of(begin, len);
		in_leaf = false;
		walk->depth = (size_t)level + !last;
		if (!last && rest.at) {
			struct str part_body, head = head_of(rest, &part_body);
			size_t before = out->n;

			begin_part(walk, head);
			in_leaf = out->n > before && part_body.len > 0;
			rest = part_body;
			begin = rest.at;
		}
	}
	if (in_leaf && out->n > 0 && body.len)
		out->list[out->n - 1].body = view_of(begin, (size_t)(body.at + body.len - begin));
}

void parts_read(struct view message, struct parts *out)
{
	struct walk walk = { .out = out };

	*out = (struct parts){ 0 };
	out->head = head_of(str_from_view(message), &out->body);
	begin_part(&walk, out->head);
	walk_body(&walk, out->body);
	for (size_t i = 0; i < out->n; i++) {
		struct str type = value_of(out->list[i].type);

		out->list[i].type = str_trim(str_cut(&type, ';'));
		out->list[i].encoding = value_of(out->list[i].encoding);
	}
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 2045 section 6.7. What is not well formed stays as it is. */
static void add_quoted(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '=') {
			buf_add_byte(out, (uint8_t)text.at[i]);
		} else if (i + 2 < text.len && text.at[i + 1] == '\r' && text.at[i + 2] == '\n') {
			i += 2;
		} else if (i + 1 < text.len && text.at[i + 1] == '\n') {
			i++;
		} else if (i + 2 < text.len && hex(text.at[i + 1]) >= 0 && hex(text.at[i + 2]) >= 0) {
			buf_add_byte(out, (uint8_t)(hex(text.at[i + 1]) * 16 + hex(text.at[i + 2])));
			i += 2;
		} else {
			buf_add_byte(out, '=');
		}
	}
}

static struct view unpacked_base64(struct arena *arena, struct str text)
{
	struct view bytes = view_of(NULL, 0);
	struct buf packed;

	buf_init(&packed, CONTENT_MAX);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] > ' ')
			buf_add_byte(&packed, (uint8_t)text.at[i]);
	if (!base64_read(arena, buf_str(&packed), &bytes))
		bytes = view_of(text.at, text.len);
	buf_fini(&packed);
	return bytes;
}

static struct view with_plain_ends(struct arena *arena, struct view bytes)
{
	uint8_t *at = arena_alloc(arena, bytes.len + 1);
	size_t len = 0;

	if (!at)
		return view_of(NULL, 0);
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.at[i] != '\r')
			at[len++] = bytes.at[i];
	while (len > 0 && (at[len - 1] == '\n' || at[len - 1] == ' '))
		len--;
	return view_of(at, len);
}

struct view part_content(struct arena *arena, const struct part *part)
{
	struct str text = str_from_view(part->body);
	struct view bytes = part->body;
	struct buf out;

	if (str_is_nocase(part->encoding, "base64")) {
		bytes = unpacked_base64(arena, text);
	} else if (str_is_nocase(part->encoding, "quoted-printable")) {
		buf_init(&out, CONTENT_MAX);
		add_quoted(&out, text);
		bytes = view_of(arena_copy(arena, out.at, out.len), out.len);
		if (!bytes.at)
			bytes = view_of(NULL, 0);
		buf_fini(&out);
	}
	if (part->type.len == 0 || str_starts_nocase(part->type, STR("text/")))
		bytes = with_plain_ends(arena, bytes);
	return bytes;
}
