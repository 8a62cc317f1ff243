/* This file knows which folder's table has a row for what. */
#include "salvage/row_index.h"

#include "salvage/table_rows.h"

#include <stdlib.h>
#include <string.h>

enum {
	TABLES_SHARED = 8, /* times that a store is read for its tables at most */
	TABLES_MIN = 8 << 20,
};

static int compare_rows(const void *a, const void *b)
{
	const struct row_entry *x = a, *y = b;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	if (x->folder != y->folder)
		return x->folder < y->folder ? -1 : 1;
	return x->table < y->table ? -1 : x->table > y->table;
}

static int compare_tables(const void *a, const void *b)
{
	const struct row_table *x = a, *y = b;

	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	return x->bid > y->bid ? -1 : x->bid < y->bid;
}

static enum status make_room(struct arena *arena, struct row_index *index, size_t more)
{
	size_t room = index->n + more > index->room * 2 ? index->n + more : index->room * 2;
	struct row_entry *rows;

	if (index->n + more <= index->room)
		return ST_OK;
	rows = arena_array(arena, room, sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	if (index->n)
		memcpy(rows, index->rows, index->n * sizeof *rows);
	index->rows = rows;
	index->room = room;
	return ST_OK;
}

static enum status add_table(struct arena *arena, struct row_index *index, const struct row_table *table)
{
	struct row_table *tables =
		arena_grown(arena, index->tables, index->n_tables, &index->room_tables, sizeof *tables);

	if (!tables)
		return ST_NOMEM;
	index->tables = tables;
	index->tables[index->n_tables++] = *table;
	return ST_OK;
}

bool work_open_table(struct salvage_work *work, uint64_t data, uint64_t subnode, struct table_rows *out)
{
	uint64_t len;

	if (work->table_bytes / TABLES_SHARED > work->image->size + TABLES_MIN ||
	    !node_data_len(&work->out->facts, (struct bid){ data }, &len))
		return false;
	work->table_bytes += len;
	if (!table_rows_open(&work->reader, data, subnode, out))
		return false;
	work->table_bytes += (uint64_t)out->n * out->table.row_len;
	return true;
}

enum status row_index_add(struct salvage_work *work, struct row_index *index, const struct node_fact *table,
			  enum row_currency currency)
{
	struct table_rows rows;
	enum status st = ST_OK;

	if (work_open_table(work, table->data, table->subnode, &rows)) {
		struct row_table row = { table->nid, rows.whole ? (uint8_t)currency : ROWS_OUTDATED,
					 table->data };

		st = add_table(work->scratch, index, &row);
		if (st == ST_OK)
			st = make_room(work->scratch, index, rows.n);
		for (size_t i = 0; st == ST_OK && i < rows.n; i++) {
			uint32_t nid = table_row_nid(&rows, i);

			if (nid)
				index->rows[index->n++] = (struct row_entry){
					nid,
					(table->nid & ~0x1FU) | NID_TYPE_NORMAL_FOLDER,
					(uint8_t)nid_type((struct nid){ table->nid }),
				};
		}
	}
	arena_clear(work->reader.arena);
	return st;
}

void row_index_ready(struct row_index *index)
{
	if (index->n)
		qsort(index->rows, index->n, sizeof *index->rows, compare_rows);
	if (index->n_tables)
		qsort(index->tables, index->n_tables, sizeof *index->tables, compare_tables);
}

const struct row_entry *row_index_find(const struct row_index *index, uint32_t nid)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->rows[middle].nid < nid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < index->n && index->rows[low].nid == nid ? &index->rows[low] : NULL;
}

bool row_index_lists(const struct row_index *index, uint32_t nid, uint32_t folder)
{
	const struct row_entry *row = row_index_find(index, nid);

	for (; row && row < index->rows + index->n && row->nid == nid; row++)
		if (row->folder == folder)
			return true;
	return false;
}

static enum nid_type table_for(uint32_t nid)
{
	switch ((unsigned)nid_type((struct nid){ nid })) {
	case NID_TYPE_NORMAL_MESSAGE:
		return NID_TYPE_CONTENTS_TABLE;
	case NID_TYPE_ASSOC_MESSAGE:
		return NID_TYPE_ASSOC_CONTENTS_TABLE;
	default:
		return NID_TYPE_HIERARCHY_TABLE;
	}
}

bool row_index_would_list(const struct row_index *index, const struct node_fact *node)
{
	uint32_t nid = (node->parent & ~0x1FU) | (uint32_t)table_for(node->nid);
	size_t low = 0, high = index->n_tables;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->tables[middle].nid < nid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->n_tables || index->tables[low].nid != nid)
		return false;
	return index->tables[low].currency == ROWS_CURRENT ||
	       (index->tables[low].currency == ROWS_LIKELY && index->tables[low].bid > node->data);
}
