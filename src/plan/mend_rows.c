/* This file proposes steps for what folders count, and for what their rows repeat of messages and folders.
 *
 * Invariants P111, P112, P116, P117: numbers and flags that follow from what is
 * there. Only what fits where it stands is changed; rows that must be added or
 * texts that must grow need a repair into a new store.
 */
#include "plan/data_edit.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "check/mailbox_facts.h"
#include "pst/msg/tags.h"

#include <string.h>

enum { ITEM_ARENA = 64 << 20, FLAG_ATTACHMENTS = 0x10, FLAG_ASSOCIATED = 0x40 };

/* Copies what an object's record holds into the row that stands for it. */
static void copy_to_row(struct table_edit *t, uint32_t row_id, uint16_t id, uint32_t value)
{
	uint8_t bytes[8];
	struct view row;

	field_put(bytes, sizeof bytes, value);
	if (!table_edit_row(t, row_id, &row))
		return;
	for (size_t i = 0; i < t->table.n_columns; i++) {
		const struct table_column *column = &t->table.columns[i];
		struct view cell;

		if (column->tag >> 16 == id && column->len <= 4 && table_cell(&t->table, row, column, &cell))
			table_edit_set(t, row, column, view_of(bytes, sizeof bytes));
	}
}

/* One number of a property context, and of the row that repeats it. */
struct number {
	uint16_t id;
	uint32_t value;
};

static void put_number(struct data_edit *e, const struct number *n)
{
	uint8_t bytes[4];
	struct view where;

	field_put(bytes, sizeof bytes, n->value);
	if (data_edit_integer(e, n->id, &where) && memcmp(where.at, bytes, sizeof bytes) != 0)
		data_edit_put(e, where, view_of(bytes, sizeof bytes));
}

static void put_numbers(struct mender *m, uint32_t nid, uint32_t table, const struct number *numbers,
			size_t n)
{
	const struct node_fact *node = facts_node(m->facts, (struct nid){ nid });
	struct data_edit e;
	struct table_edit t;

	if (!node || !data_edit_open(&e, m, node->data))
		return;
	for (size_t i = 0; i < n; i++)
		put_number(&e, &numbers[i]);
	data_edit_close(&e);
	if (!table_edit_open(&t, m, facts_node(m->facts, (struct nid){ table })))
		return;
	for (size_t i = 0; i < n; i++)
		copy_to_row(&t, nid, numbers[i].id, numbers[i].value);
	table_edit_close(&t);
}

/* P112, from the rows that are there. */
static void mend_folder_counts(struct mender *m, const struct folder_fact *f)
{
	struct number numbers[3];
	size_t n = 0;

	if (f->has & 1 && f->readable & 1U << FOLDER_CONTENTS)
		numbers[n++] = (struct number){ TAG_CONTENT_COUNT, f->n_rows[FOLDER_CONTENTS] };
	if (f->has & 2 && f->readable & 1U << FOLDER_CONTENTS)
		numbers[n++] = (struct number){ TAG_CONTENT_UNREAD, f->n_unread };
	if (f->has & 4 && f->readable & 1U << FOLDER_HIERARCHY)
		numbers[n++] = (struct number){ TAG_SUBFOLDERS, f->n_rows[FOLDER_HIERARCHY] > 0 };
	mender_begin(m, PLAN_LOSSLESS, "sets a folder's counters to what is in it");
	mender_answer_node(m, CODE_STORE_FOLDER_COUNTS_WRONG, f->nid);
	put_numbers(m, f->nid, (f->parent & ~0x1FU) | NID_TYPE_HIERARCHY_TABLE, numbers, n);
}

static uint32_t table_of(const struct node_fact *node)
{
	enum nid_type type = nid_type((struct nid){ node->nid });
	uint32_t table = type == NID_TYPE_NORMAL_MESSAGE  ? NID_TYPE_CONTENTS_TABLE
			 : type == NID_TYPE_ASSOC_MESSAGE ? NID_TYPE_ASSOC_CONTENTS_TABLE
							  : NID_TYPE_HIERARCHY_TABLE;

	return (node->parent & ~0x1FU) | table;
}

/* P116: the flags say whether there are attachments, and what kind of message it is. */
static void mend_flags(struct mender *m, const struct node_fact *node)
{
	struct node_reader reader = { .facts = m->facts, .arena = arena_new(ITEM_ARENA) };
	bool associated = nid_type((struct nid){ node->nid }) == NID_TYPE_ASSOC_MESSAGE;
	struct number flags = { TAG_MESSAGE_FLAGS, 0 };
	bool known = false, attached = false;
	struct subnode_list list;
	struct item item;

	reader.room = reader.arena ? arena_alloc(reader.arena, NODE_READER_ROOM) : NULL;
	if (reader.room && item_open(&reader, node, &item) &&
	    item_integer(&item, TAG_MESSAGE_FLAGS, &flags.value) &&
	    subnode_list_read(&reader, (struct bid){ node->subnode }, &list) == ST_OK && list.whole) {
		for (size_t i = 0; i < list.n; i++)
			attached =
				attached || nid_type((struct nid){ list.rows[i].nid }) == NID_TYPE_ATTACHMENT;
		known = true;
	}
	arena_drop(&reader.arena);
	if (!known)
		return;
	flags.value &= ~(uint32_t)(FLAG_ATTACHMENTS | FLAG_ASSOCIATED);
	flags.value |= (attached ? FLAG_ATTACHMENTS : 0U) | (associated ? FLAG_ASSOCIATED : 0U);
	mender_begin(m, PLAN_LOSSLESS, "sets a message's flags to the parts that it has");
	mender_answer_node(m, CODE_STORE_MESSAGE_FLAGS_WRONG, node->nid);
	put_numbers(m, node->nid, table_of(node), &flags, 1);
}

/* The bytes of a cell that lies in its row, or of an item of the table's heap. */
static bool cell_bytes(struct table_edit *t, const struct table_column *column, struct view cell,
		       struct view *out)
{
	int len = property_type_len((uint16_t)(column->tag & 0xFFFF));
	struct cursor c = cursor_of(cell);
	uint32_t hnid = cursor_u32le(&c);

	*out = cell;
	if (len > 0 && len <= 8 && !(column->tag & PTYP_MULTIPLE))
		return true;
	return hnid_is_hid(hnid) && heap_item(&t->heap, (struct hid){ hnid }, out);
}

/* One cell takes its object's value where that fits; false when it does not. */
static bool mend_cell(struct table_edit *t, struct view row, const struct table_column *column,
		      const struct item *item)
{
	bool fixed = property_type_len((uint16_t)(column->tag & 0xFFFF)) > 0 && column->len <= 8 &&
		     property_type_len((uint16_t)(column->tag & 0xFFFF)) <= 8 &&
		     !(column->tag & PTYP_MULTIPLE);
	struct view value = view_of(NULL, 0), cell, have;
	uint8_t bytes[8] = { 0 };
	struct property p;
	bool has = item_property(item, (uint16_t)(column->tag >> 16), &p, &value);
	bool is_set = table_cell(&t->table, row, column, &cell);

	if (has && p.type != (column->tag & 0xFFFF))
		return false;
	if (!has || value.len == 0) {
		if (is_set)
			table_edit_clear(t, row, column);
		return true;
	}
	if (fixed) {
		memcpy(bytes, value.at, value.len < sizeof bytes ? value.len : sizeof bytes);
		table_edit_set(t, row, column, view_of(bytes, sizeof bytes));
		return true;
	}
	if (!is_set || !cell_bytes(t, column, cell, &have) || have.len != value.len)
		return false;
	if (memcmp(have.at, value.at, value.len) != 0)
		data_edit_put(&t->heap_edit, have, value);
	return true;
}

static bool is_listed(const struct column_list *columns, uint32_t tag)
{
	for (size_t i = 0; i < columns->n; i++)
		if (columns->tags[i] == tag)
			return true;
	return false;
}

static bool mend_cells(struct table_edit *t, const struct column_list *columns, struct view row,
		       const struct item *item)
{
	bool all = true;

	for (size_t i = 0; i < t->table.n_columns; i++)
		if (is_listed(columns, t->table.columns[i].tag))
			all = mend_cell(t, row, &t->table.columns[i], item) && all;
	return all;
}

/* P111, P117: the object is the truth. */
static void mend_row(struct mender *m, const struct node_fact *node)
{
	uint32_t table = table_of(node);
	struct folder_fact *folder = facts_folder(m->facts, node->parent);
	const struct column_list *columns =
		folder ? &folder->columns[nid_type((struct nid){ table }) - NID_TYPE_HIERARCHY_TABLE] : NULL;
	struct check_facts facts = *m->facts;
	struct node_reader reader = { .facts = &facts, .arena = arena_new(ITEM_ARENA) };
	struct table_edit t;
	struct item item;
	struct view row;

	facts.image = overlay_image(m->draft);
	reader.room = reader.arena ? arena_alloc(reader.arena, NODE_READER_ROOM) : NULL;
	if (columns && reader.room && item_open(&reader, node, &item) &&
	    table_edit_open(&t, m, facts_node(m->facts, (struct nid){ table }))) {
		mender_begin(m, PLAN_LOSSLESS, "copies an object's values into its folder's row");
		if (table_edit_row(&t, node->nid, &row) && mend_cells(&t, columns, row, &item)) {
			mender_answer_node(m, CODE_STORE_TABLE_ROW_STALE, node->nid);
			mender_answer_node(m, CODE_STORE_MESSAGE_UNREAD_WRONG, node->nid);
		}
		table_edit_close(&t);
	}
	arena_drop(&reader.arena);
}

static void for_nodes(struct mender *m, enum code code,
		      void (*mend)(struct mender *, const struct node_fact *))
{
	for (size_t i = 0; m->status == ST_OK && i < finding_count(m->findings); i++) {
		const struct finding *f = finding_at(m->findings, i);
		const struct node_fact *node;
		uint32_t nid;

		if (f->code != code || f->severity < SEVERITY_WARNING || !mender_node_of(f, &nid))
			continue;
		node = facts_node(m->facts, (struct nid){ nid });
		if (node)
			mend(m, node);
	}
}

static void mend_folder(struct mender *m, const struct node_fact *node)
{
	const struct folder_fact *f = facts_folder(m->facts, node->nid);

	if (f)
		mend_folder_counts(m, f);
}

static bool can_see_objects(const struct mender *m)
{
	return m->facts->have & FACT_OBJECTS && m->facts->have & FACT_REFERENCES;
}

void mend_rows(struct mender *m)
{
	if (!can_see_objects(m))
		return;
	for_nodes(m, CODE_STORE_MESSAGE_FLAGS_WRONG, mend_flags);
	for_nodes(m, CODE_STORE_TABLE_ROW_STALE, mend_row);
	for_nodes(m, CODE_STORE_MESSAGE_UNREAD_WRONG, mend_row);
}

/* After the rows: what they say is counted. */
void mend_counts(struct mender *m)
{
	if (can_see_objects(m))
		for_nodes(m, CODE_STORE_FOLDER_COUNTS_WRONG, mend_folder);
}
