/* This file reads items of a store that stand as JSON, a line each. */
#include "intake/item_in.h"

#include "base/buf.h"
#include "mail/mime.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <string.h>

enum { PEOPLE_FIRST = 16, PEOPLE_MAX = 20000, TAGS_MAX = 200, FRONT = 120 };

/* One line on its way. */
struct line {
	struct intake *in;
	struct json_in j;
	bool is_lost; /* something of it could not be taken over */
	unsigned depth;
};

/* The next line without its end; *rest moves on. */
static struct str next_line(struct str *rest)
{
	size_t end = str_find_char(*rest, '\n');
	struct str line = str_head(*rest, end == SIZE_MAX ? rest->len : end);

	*rest = str_skip(*rest, end == SIZE_MAX ? rest->len : end + 1);
	return str_trim(line);
}

static uint32_t number_of(struct str s)
{
	uint32_t value = 0;

	if (!str_starts_nocase(s, STR("0x")) || s.len > 10)
		return 0;
	for (size_t i = 2; i < s.len; i++) {
		char c = str_lower_char(s.at[i]);

		if (!str_is_digit(c) && (c < 'a' || c > 'f'))
			return 0;
		value = value << 4 | (uint32_t)(str_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return value;
}

/* What of a piece are whole lines. */
static struct str whole_lines(const struct intake_piece *piece)
{
	struct str all = str_from_view(piece->bytes);

	while (!piece->is_last && all.len && all.at[all.len - 1] != '\n')
		all.len--;
	return all;
}

/* The number stands in front, as an export writes it. */
size_t intake_lines_keep(struct intake *in, const struct intake_piece *piece)
{
	struct str all = whole_lines(piece), rest = all;

	while (rest.len) {
		struct str front = str_head(next_line(&rest), FRONT);
		size_t at = str_find(front, STR("\"node\":\""));

		if (at == SIZE_MAX || str_find(front, STR("\"kind\":\"folder\"")) != SIZE_MAX)
			continue;
		front = str_skip(front, at + 8);
		at = str_find_char(front, '"');
		if (at != SIZE_MAX)
			intake_keep(in, number_of(str_head(front, at)));
	}
	return all.len;
}

static void read_properties(struct line *l, struct props *props, struct subnodes_out *list)
{
	json_in_open(&l->j, '[');
	while (json_in_element(&l->j))
		if (!property_in(l->in, &l->j, props, list))
			l->is_lost = true;
}

/* The columns that a table of recipients has from the start, and what rows have besides. */
static bool add_columns(struct line *l, struct message_out *out, struct props *const *rows, size_t n)
{
	uint32_t tags[TAGS_MAX];
	size_t n_tags = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < rows[i]->n; k++) {
			uint32_t tag = rows[i]->rows[k].tag;
			bool is_known = false;

			for (size_t m = 0; m < n_tags && !is_known; m++)
				is_known = tags[m] == tag;
			if (!is_known && n_tags < TAGS_MAX)
				tags[n_tags++] = tag;
		}
	out->columns = columns_extend(l->in->item, &templates[TEMPLATE_RECIPIENTS], tags, n_tags);
	return out->columns != NULL;
}

static bool read_recipients(struct line *l, struct message_out *out)
{
	struct props **rows = arena_array(l->in->item, PEOPLE_FIRST, sizeof *rows);
	size_t n = 0, room = PEOPLE_FIRST;

	out->has_recipients = true;
	json_in_open(&l->j, '[');
	while (rows && json_in_element(&l->j)) {
		if (n == room) {
			struct props **more = arena_array(l->in->item, room * 2, sizeof *more);

			if (!more || n >= PEOPLE_MAX)
				return false;
			memcpy(more, rows, n * sizeof *more);
			rows = more;
			room *= 2;
		}
		rows[n] = props_new(l->in->item, out->props->v);
		if (!rows[n])
			return false;
		read_properties(l, rows[n++], NULL);
	}
	if (!rows || !add_columns(l, out, rows, n))
		return false;
	for (size_t i = 0; i < n; i++)
		message_out_recipient(out, rows[i]);
	return true;
}

static bool read_members(struct line *l, struct message_out *out, struct str *kind, uint32_t *nid);

/* A message inside: an object of the same members. */
static bool read_embedded(struct line *l, struct attachment_out *a)
{
	struct message_out inner;
	struct message_place place;
	struct str kind;
	uint32_t nid;

	if (json_in_peek(&l->j) != '{' || ++l->depth > INTAKE_DEPTH_MAX) {
		l->is_lost = true;
		json_in_skip(&l->j);
		return true;
	}
	if (message_out_start(&inner, l->in->store, l->in->item) != ST_OK)
		return false;
	inner.as_given = true;
	if (!read_members(l, &inner, &kind, &nid))
		return false;
	place = message_out_end(&inner, false);
	attachment_out_embed(a, &place);
	l->depth--;
	return true;
}

static bool read_attachment(struct line *l, struct message_out *out)
{
	struct attachment_out a;
	struct str key;

	if (attachment_out_start(&a, out) != ST_OK)
		return false;
	json_in_open(&l->j, '{');
	while (json_in_member(&l->j, &key)) {
		if (str_is(key, "properties")) {
			read_properties(l, a.props, &a.subnodes);
		} else if (str_is(key, "message")) {
			if (!read_embedded(l, &a))
				return false;
		} else {
			l->is_lost = l->is_lost || str_is(key, "lost");
			json_in_skip(&l->j);
		}
	}
	attachment_out_end(&a);
	return true;
}

static bool read_attachments(struct line *l, struct message_out *out)
{
	bool good = true;

	json_in_open(&l->j, '[');
	while (good && json_in_element(&l->j))
		good = read_attachment(l, out);
	return good;
}

/* False when memory ended. */
static bool read_members(struct line *l, struct message_out *out, struct str *kind, uint32_t *nid)
{
	struct str key;

	*kind = STR("message");
	*nid = 0;
	json_in_open(&l->j, '{');
	while (json_in_member(&l->j, &key)) {
		if (str_is(key, "kind")) {
			*kind = json_in_raw(&l->j);
		} else if (str_is(key, "node")) {
			*nid = number_of(json_in_raw(&l->j));
		} else if (str_is(key, "properties")) {
			read_properties(l, out->props, &out->subnodes);
		} else if (str_is(key, "recipients")) {
			if (!read_recipients(l, out))
				return false;
		} else if (str_is(key, "attachments")) {
			if (!read_attachments(l, out))
				return false;
		} else {
			l->is_lost = l->is_lost || str_is(key, "lost");
			json_in_skip(&l->j);
		}
	}
	return true;
}

static void read_item(struct intake *in, const struct intake_source *source, struct str text)
{
	struct line l = { .in = in, .j = json_in_of(text) };
	struct message_out out;
	struct message_place place;
	struct str kind;
	uint32_t nid, type;

	if (message_out_start(&out, in->store, in->item) != ST_OK) {
		intake_fail(in, ST_NOMEM);
		return;
	}
	out.as_given = true;
	if (!read_members(&l, &out, &kind, &nid)) {
		intake_fail(in, ST_NOMEM);
		return;
	}
	if (!json_in_done(&l.j))
		l.is_lost = true;
	/* What is no whole item gets what every message has. */
	out.as_given = props_find(out.props, TAG_MESSAGE_SIZE) != NULL;
	type = str_is(kind, "associated") ? NID_TYPE_ASSOC_MESSAGE : NID_TYPE_NORMAL_MESSAGE;
	nid = nid_type((struct nid){ nid }) == type ? intake_number(in, nid) : intake_number(in, 0);
	if (nid == 0 && type == NID_TYPE_ASSOC_MESSAGE)
		nid = ndb_out_nid(store_out_ndb(in->store), NID_TYPE_ASSOC_MESSAGE);
	place = message_out_end(&out, type == NID_TYPE_ASSOC_MESSAGE);
	if (l.is_lost)
		intake_report_lost(in, source,
				   json_in_done(&l.j) ? "a value" : "the rest of a line that is no JSON");
	intake_add(in, source, nid, &place, out.props);
}

/* What the store object calls a folder. */
static void set_role(struct intake *in, uint32_t folder, struct str word)
{
	static const struct {
		const char *word;
		enum store_role role;
	} roles[] = {
		{ "deleted", STORE_DELETED }, { "finder", STORE_FINDER },
		{ "outbox", STORE_OUTBOX },   { "sent", STORE_SENT },
		{ "views", STORE_VIEWS },     { "common-views", STORE_COMMON_VIEWS },
	};

	if (str_is(word, "top"))
		intake_set_top(in, folder);
	if (str_is(word, "outbox"))
		in->outbox = folder;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (str_is(word, roles[i].word))
			store_out_set_role(in->store, roles[i].role, in->places[folder].nid);
}

/* One step of a folder's way. */
static uint32_t read_step(struct intake *in, struct json_in *j, uint32_t parent)
{
	const char *name = "", *class = NULL;
	uint32_t nid = 0, folder;
	struct str key, role = STR("");

	json_in_open(j, '{');
	while (json_in_member(j, &key)) {
		if (str_is(key, "node"))
			nid = number_of(json_in_raw(j));
		else if (str_is(key, "name"))
			name = arena_text(in->item, json_in_text(j, in->item));
		else if (str_is(key, "class"))
			class = arena_text(in->item, json_in_text(j, in->item));
		else if (str_is(key, "role"))
			role = json_in_raw(j);
		else
			json_in_skip(j);
	}
	if (j->failed || !name)
		return parent;
	folder = intake_folder_numbered(in, parent, name, nid);
	if (class)
		folders_set_class(in, folder, class);
	if (in->setting.has_own_top && folder)
		set_role(in, folder, role);
	return folder;
}

static bool read_folder(struct intake *in, struct str text, uint32_t *out)
{
	struct json_in j = json_in_of(text);
	uint32_t folder = in->setting.has_own_top ? intake_root(in) : intake_top(in);
	struct str key;

	json_in_open(&j, '{');
	while (json_in_member(&j, &key)) {
		if (!str_is(key, "path")) {
			json_in_skip(&j);
			continue;
		}
		json_in_open(&j, '[');
		while (json_in_element(&j))
			folder = read_step(in, &j, folder);
	}
	*out = folder;
	return json_in_done(&j);
}

size_t intake_lines(struct intake *in, struct intake_source *source, const struct intake_piece *piece)
{
	struct str all = whole_lines(piece), rest = all;
	size_t taken = 0;

	while (rest.len && in->status == ST_OK) {
		struct intake_source one = *source;
		struct str line;

		line = next_line(&rest);
		one.at += taken;
		taken = all.len - rest.len;
		if (line.len && str_find(str_head(line, FRONT), STR("\"kind\":\"folder\"")) != SIZE_MAX) {
			if (!read_folder(in, line, &source->folder))
				intake_report_lost(in, &one, "the folder: the line is no JSON");
		} else if (line.len) {
			read_item(in, &one, line);
		}
		if (piece->tick && !piece->tick(piece->context, taken))
			intake_fail(in, ST_CANCEL);
	}
	return taken;
}
