/* This file proposes steps for tables' row indexes: which row has which number.
 *
 * Invariants P91, P92 ([MS-PST] 2.3.4.3.1). The rows themselves say their
 * numbers; an index with as many records as there are rows is written anew from
 * them. Whether that was right the check says, which compares rows with what
 * they stand for.
 */
#include "plan/data_edit.h"

#include "base/cursor.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_LEN = 4 };

/* A row by its number. */
struct row_place {
	uint32_t id, row;
};

struct index_mend {
	struct view *keys, *rows; /* of the records, in the order of the tree */
	size_t n, room;
};

static bool take_record(void *context, struct view key, struct view data)
{
	struct index_mend *x = context;

	if (x->n < x->room) {
		x->keys[x->n] = key;
		x->rows[x->n] = data;
	}
	x->n++;
	return true;
}

static int compare_places(const void *a, const void *b)
{
	const struct row_place *x = a, *y = b;

	return x->id != y->id ? (x->id > y->id) - (x->id < y->id) : (x->row > y->row) - (x->row < y->row);
}

static size_t count_rows(const struct table_edit *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_blocks; i++)
		n += t->matrix[i].len / t->table.row_len;
	return n;
}

/* Numbers of all rows, ascending; false where one is 0 or stands twice. */
static bool read_rows(const struct table_edit *t, struct row_place *places, size_t n)
{
	size_t row = 0;

	for (size_t i = 0; i < t->n_blocks; i++) {
		struct cursor c = cursor_of(t->matrix[i]);

		while (cursor_left(&c) >= t->table.row_len && row < n) {
			struct cursor first = cursor_of(cursor_take(&c, t->table.row_len));

			places[row] = (struct row_place){ cursor_u32le(&first), (uint32_t)row };
			row++;
		}
	}
	qsort(places, n, sizeof *places, compare_places);
	for (size_t i = 0; i < n; i++)
		if (places[i].id == 0 || (i > 0 && places[i].id == places[i - 1].id))
			return false;
	return row == n;
}

static void put_number(struct table_edit *t, struct view where, uint32_t value)
{
	uint8_t bytes[4];

	field_put(bytes, sizeof bytes, value);
	if (where.len <= sizeof bytes && memcmp(where.at, bytes, where.len) != 0)
		data_edit_put(&t->heap_edit, where, view_of(bytes, where.len));
}

static void write_index(struct table_edit *t, const struct index_mend *x, const struct row_place *places)
{
	for (size_t i = 0; i < x->n; i++) {
		put_number(t, x->keys[i], places[i].id);
		put_number(t, x->rows[i], places[i].row);
	}
}

static void mend_table(struct mender *m, struct table_edit *t, uint32_t nid)
{
	size_t n = count_rows(t);
	struct arena *arena = t->heap_edit.reader.arena;
	struct index_mend x = { .room = n };
	struct bth_walk walk = { .record = take_record, .context = &x };
	struct row_place *places = arena_array(arena, n + 1, sizeof *places);
	struct bth bth;

	x.keys = arena_array(arena, n + 1, sizeof *x.keys);
	x.rows = arena_array(arena, n + 1, sizeof *x.rows);
	if (!places || !x.keys || !x.rows || !bth_open(&t->heap, t->table.row_index, &bth) ||
	    bth.key_len != KEY_LEN || (bth.data_len == 2 && n > UINT16_MAX))
		return;
	walk.bth = &bth;
	bth_walk(&walk);
	if (x.n != n || walk.faults & (BTH_FAULT_ITEM | BTH_FAULT_LEN | BTH_FAULT_LIMIT) ||
	    !read_rows(t, places, n))
		return;
	mender_begin(m, PLAN_LOSSLESS, "writes a table's row index anew from its rows");
	mender_answer_node(m, CODE_STORE_TABLE_ROW_INDEX_WRONG, nid);
	mender_answer_node(m, CODE_STORE_TABLE_ROW_ID_WRONG, nid);
	write_index(t, &x, places);
}

static void mend_node(struct mender *m, uint32_t nid)
{
	struct table_edit t;

	if (!table_edit_open(&t, m, facts_node(m->facts, (struct nid){ nid })))
		return;
	mend_table(m, &t, nid);
	table_edit_close(&t);
}

/* Whether an earlier finding is about the same table, which was mended then. */
static bool is_known(const struct mender *m, size_t i, uint32_t nid)
{
	for (size_t k = 0; k < i; k++) {
		const struct finding *f = finding_at(m->findings, k);
		uint32_t other;

		if ((f->code == CODE_STORE_TABLE_ROW_INDEX_WRONG ||
		     f->code == CODE_STORE_TABLE_ROW_ID_WRONG) &&
		    mender_node_of(f, &other) && other == nid)
			return true;
	}
	return false;
}

void mend_indexes(struct mender *m)
{
	if (!(m->facts->have & FACT_OBJECTS) || !(m->facts->have & FACT_REFERENCES))
		return;
	for (size_t i = 0; m->status == ST_OK && i < finding_count(m->findings); i++) {
		const struct finding *f = finding_at(m->findings, i);
		uint32_t nid;

		if ((f->code == CODE_STORE_TABLE_ROW_INDEX_WRONG ||
		     f->code == CODE_STORE_TABLE_ROW_ID_WRONG) &&
		    mender_node_of(f, &nid) && !is_known(m, i, nid))
			mend_node(m, nid);
	}
}
