/* This file carries values, rows and tables over, one object at a time. */
#include "convert/carry.h"

#include "base/cursor.h"
#include "check/row_digest.h"
#include "convert/text.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/tags.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT_BYTES_MAX = 48 << 20,
	NAME_SIZE = 64,
	TAG_MESSAGE_CODE_PAGE = 0x3FFD,
	ROW_ID = 0x67F2,
	ROW_VERSION = 0x67F3,
	TAG_HTML = 0x1013
};

const struct code_page *carry_page_of(const struct carrier *carrier, const struct values_in *values)
{
	const struct value_in *own = values_in_find(values, TAG_MESSAGE_CODE_PAGE);
	const struct code_page *page = NULL;

	if (own && own->place == VALUE_INLINE)
		page = code_page_of(own->number);
	return page ? page : carrier->page;
}

/* What people call the properties that are long. */
static const struct {
	uint16_t id;
	const char *name;
} long_ones[] = {
	{ 0x007D, "the internet headers" }, { 0x1000, "the plain text" },
	{ 0x1009, "the formatted text" },   { TAG_HTML, "the HTML text" },
	{ TAG_DISPLAY_TO, "the line To" },  { TAG_DISPLAY_CC, "the line Cc" },
	{ TAG_SUBJECT, "the subject" },     { TAG_ATTACH_DATA, "the content" },
};

static const char *long_name(uint16_t id)
{
	for (size_t i = 0; i < sizeof long_ones / sizeof long_ones[0]; i++)
		if (long_ones[i].id == id)
			return long_ones[i].name;
	return NULL;
}

static void note(struct carry *c, enum damage_kind kind, const struct value_in *value)
{
	const struct tag_row *row = tag_row(value->id);
	const char *known = long_name(value->id);
	char name[NAME_SIZE];

	if (!c->damage)
		return;
	if (known || row)
		snprintf(name, sizeof name, "%s", known ? known : row->name);
	else
		snprintf(name, sizeof name, "property 0x%04X", value->id);
	damage_note(c->damage, kind, name);
}

void carry_note_lost(struct carry *carry, const struct values_in *values)
{
	for (size_t i = 0; i < values->n_lost; i++)
		note(carry, DAMAGE_VALUE_LOST, &(struct value_in){ .id = values->lost[i] });
}

/* Whether EntryIDs of this store may stand in a value, alone or in rules, criteria and the like. What is
 * attached is its sender's. */
static bool may_name_store(const struct carrier *carrier, const struct value_in *value)
{
	return carrier->changes_key && value->id != TAG_ATTACH_DATA &&
	       (value->type == PTYP_BINARY || value->type == (PTYP_BINARY | PTYP_MULTIPLE));
}

/* Where the next EntryID of the old store begins, from `at` on; the length where there is none. */
static size_t find_entry(const struct carrier *carrier, struct view bytes, size_t at)
{
	static const uint8_t flags[4];

	for (; at + ENTRY_ID_LEN <= bytes.len; at++)
		if (bytes.at[at + sizeof flags] == carrier->old_key[0] &&
		    memcmp(bytes.at + at, flags, sizeof flags) == 0 &&
		    memcmp(bytes.at + at + sizeof flags, carrier->old_key, STORE_UID_LEN) == 0)
			return at;
	return bytes.len;
}

static enum status add_renamed(struct carry *c, const struct value_in *value, struct view bytes)
{
	const struct carrier *carrier = c->carrier;
	size_t at = find_entry(carrier, bytes, 0);
	struct entry_id e;
	uint8_t *copy;

	if (at == bytes.len) {
		props_add_view(c->props, (uint32_t)value->id << 16 | value->type, bytes);
		return ST_OK;
	}
	copy = arena_copy(c->props->arena, bytes.at, bytes.len);
	if (!copy)
		return ST_NOMEM;
	for (; at < bytes.len; at = find_entry(carrier, bytes, at + ENTRY_ID_LEN))
		if (entry_id_decode(view_of(bytes.at + at, ENTRY_ID_LEN), &e))
			entry_id_encode(carrier->key_of(carrier->key_context, e.nid.v), e.nid, copy + at);
	props_add_view(c->props, (uint32_t)value->id << 16 | value->type, view_of(copy, bytes.len));
	return ST_OK;
}

/* Text that is no UTF-16 becomes some: what is wrong in it as U+FFFD. */
static enum status add_mended_text(struct carry *c, const struct value_in *value, struct view bytes)
{
	struct text_widened mended;

	if (!text_mend(c->props->arena, bytes, &mended))
		return ST_NOMEM;
	c->carrier->n_characters_lost += mended.lost;
	props_add_view(c->props, (uint32_t)value->id << 16 | value->type, mended.value);
	return ST_OK;
}

static enum status add_bytes(struct carry *c, const struct value_in *value, struct view bytes)
{
	struct text_widened wide;

	/* HTML keeps the bytes of its own character set, which in Unicode stores is no text. */
	if (value->id == TAG_HTML && value->type == PTYP_STRING_8) {
		props_add_view(c->props, (uint32_t)TAG_HTML << 16 | PTYP_BINARY, bytes);
		return ST_OK;
	}
	if (value->type == PTYP_STRING && property_value_faults(value->type, bytes))
		return add_mended_text(c, value, bytes);
	if (!text_is_narrow(value->type)) {
		if (may_name_store(c->carrier, value))
			return add_renamed(c, value, bytes);
		props_add_view(c->props, (uint32_t)value->id << 16 | value->type, bytes);
		return ST_OK;
	}
	if (!text_widen(c->props->arena, c->page, value->type, bytes, &wide))
		return ST_NOMEM;
	c->carrier->n_characters_lost += wide.lost;
	props_add_view(c->props, (uint32_t)value->id << 16 | text_wide_type(value->type), wide.value);
	return ST_OK;
}

static void pour(void *context, struct view piece)
{
	data_out_add(context, piece);
}

/* *done_out is false for a value that is too long to be one piece, or damaged. */
static enum status add_subnode_renamed(struct carry *c, const struct value_in *value, bool *done_out)
{
	struct view bytes;
	enum status st = bytes_in_join(c->carrier->source, value->data, TEXT_BYTES_MAX, &bytes, done_out);

	return st == ST_OK && *done_out ? add_renamed(c, value, bytes) : st;
}

/* Text of a subnode is turned as one piece; other values go from block to block. */
static enum status add_subnode(struct carry *c, const struct value_in *value)
{
	const struct source *source = c->carrier->source;
	struct subnode_row row = { .nid = value->subnode_nid };
	struct data_out data;
	struct bytes_in bytes = { .context = &data, .take = pour };
	struct view text;
	bool whole;
	enum status st;

	if (text_is_narrow(value->type)) {
		st = bytes_in_join(source, value->data, TEXT_BYTES_MAX, &text, &whole);
		if (!whole)
			note(c, DAMAGE_VALUE_DOUBTFUL, value);
		if (st == ST_OK && value->type & PTYP_MULTIPLE && property_value_faults(value->type, text))
			return ST_OK;
		return st == ST_OK ? add_bytes(c, value, text) : st;
	}
	if (may_name_store(c->carrier, value)) {
		st = add_subnode_renamed(c, value, &whole);
		if (st != ST_OK || whole)
			return st;
	}
	data_out_start(&data, c->carrier->out);
	st = bytes_in_read(source, value->data, &bytes);
	row.data = data_out_end(&data);
	if (bytes.doubtful)
		note(c, bytes.len ? DAMAGE_VALUE_DOUBTFUL : DAMAGE_VALUE_LOST, value);
	if (st != ST_OK || (bytes.len == 0 && bytes.doubtful))
		return st;
	subnodes_out_add(c->list, &row);
	props_add_subnode(c->props, (uint32_t)value->id << 16 | value->type, row.nid, bytes.len);
	return ST_OK;
}

static enum status carry_value(struct carry *carry, const struct value_in *value)
{
	uint32_t tag = (uint32_t)value->id << 16 | value->type;

	switch (value->place) {
	case VALUE_INLINE:
		props_add_int(carry->props, tag,
			      value->type == PTYP_BOOLEAN ? (value->number & 0xFF) != 0 : value->number);
		return ST_OK;
	case VALUE_BYTES:
		return add_bytes(carry, value, value->bytes);
	case VALUE_SUBNODE:
		return carry->list ? add_subnode(carry, value) : ST_OK;
	}
	return ST_OK;
}

enum status carry_values(struct carry *carry, const struct values_in *values)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < values->n; i++)
		if (values->rows[i].type != PTYP_OBJECT)
			st = carry_value(carry, &values->rows[i]);
	return st;
}

enum status carry_cells(struct carry *carry, const struct table_in *table, struct view row, bool own_only)
{
	struct subnodes_out *list = carry->list;
	enum status st = ST_OK;

	carry->list = NULL;
	for (size_t i = 0; st == ST_OK && i < table->table.n_columns; i++) {
		const struct table_column *column = &table->table.columns[i];
		uint16_t id = (uint16_t)(column->tag >> 16);
		struct value_in value;

		if (id == ROW_ID || id == ROW_VERSION || (own_only && row_digest_is_mirrored(column->tag)) ||
		    (table->shares_names && id == TAG_SENDER))
			continue;
		if (table_in_cell(table, row, column, &value))
			st = carry_value(carry, &value);
	}
	carry->list = list;
	return st;
}

const struct columns *carry_columns(struct arena *arena, const struct columns *base,
				    const struct table_in *table)
{
	uint32_t tags[TABLE_COLUMNS_MAX];
	size_t n = 0;

	for (size_t i = 0; table->is_open && i < table->table.n_columns; i++) {
		uint32_t tag = table->table.columns[i].tag;
		uint16_t type = (uint16_t)tag;

		if (property_type_len(type) < 0)
			continue;
		tags[n++] = text_is_narrow(type) ? (tag & 0xFFFF0000) | text_wide_type(type) : tag;
	}
	return columns_extend(arena, base, tags, n);
}

enum status carry_node_props(struct carrier *carrier, const struct node_fact *node, struct subnodes_out *list,
			     struct props **props_out, bool *whole_out)
{
	struct object_in object;
	struct values_in values = { 0 };
	struct damage damage = { 0 };
	struct carry carry = { .carrier = carrier, .object = &object, .list = list, .damage = &damage };
	enum status st = object_in_open(carrier->source, node->data, node->subnode, &object);

	*props_out = NULL;
	*whole_out = false;
	if (st == ST_OK)
		st = values_in_read(carrier->source, &object, &values);
	if (st != ST_OK || values.n == 0)
		return st;
	carry.page = carry_page_of(carrier, &values);
	carry.props = props_new(carrier->source->reader.arena, ndb_out_variant(carrier->out));
	if (!carry.props)
		return ST_NOMEM;
	st = carry_values(&carry, &values);
	*props_out = carry.props;
	*whole_out = object.is_sound && damage_is_none(&damage);
	return st;
}

enum status carry_table(struct carry *carry, const struct table_in *table, struct carry_rows *rows,
			struct table_place *out)
{
	struct carrier *carrier = carry->carrier;
	struct arena *arena = carrier->source->reader.arena;
	const struct columns *columns = carry_columns(arena, rows->base, table);
	struct table_out to;
	enum status st = columns ? ST_OK : ST_NOMEM;

	*out = (struct table_place){ 0 };
	if (st != ST_OK)
		return st;
	table_out_start(&to, carrier->out, arena, columns);
	for (size_t i = 0; st == ST_OK && i < table->n_rows; i++) {
		uint32_t id = table->rows[i].id;

		if (rows->wants && !rows->wants(rows->context, id))
			continue;
		arena_clear(carrier->rows);
		carry->props = props_new(carrier->rows, ndb_out_variant(carrier->out));
		st = carry->props ? carry_cells(carry, table, table_in_row(table, i), false) : ST_NOMEM;
		if (st == ST_OK && rows->each)
			rows->each(rows->context, carry->props);
		if (st == ST_OK)
			table_out_row(&to, id, carry->props);
		rows->n_rows++;
	}
	*out = table_out_end(&to);
	return st;
}
