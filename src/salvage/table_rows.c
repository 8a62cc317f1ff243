/* This file reads the rows of a table, whole or not. */
#include "salvage/table_rows.h"

#include "base/cursor.h"

/* A table of 100 000 rows has some 40 MiB. */
enum { TABLE_BYTES_MAX = 96 << 20 };

static void open_rows(const struct node_reader *reader, uint64_t subnode, struct table_rows *t)
{
	struct subnode_list list;
	const struct subnode *sub;
	uint32_t per_block = table_rows_per_block(&t->table);

	if (t->table.rows == 0 || t->table.row_len == 0 || per_block == 0)
		return;
	if (hnid_is_hid(t->table.rows)) {
		t->whole = heap_item(&t->heap, (struct hid){ t->table.rows }, &t->item) && t->whole;
		t->n = t->item.len / t->table.row_len;
		return;
	}
	if (subnode_list_read(reader, (struct bid){ subnode }, &list) != ST_OK ||
	    !(sub = subnode_find(&list, (struct nid){ t->table.rows })) ||
	    node_data_read(reader, (struct bid){ sub->data }, TABLE_BYTES_MAX, &t->blocks) != ST_OK) {
		t->whole = false;
		return;
	}
	t->whole = t->whole && t->blocks.whole;
	if (t->blocks.n)
		t->n = (t->blocks.n - 1) * per_block +
		       t->blocks.blocks[t->blocks.n - 1].len / t->table.row_len;
}

bool table_rows_open(const struct node_reader *reader, uint64_t data, uint64_t subnode,
		     struct table_rows *out)
{
	struct node_data blocks;

	*out = (struct table_rows){ .whole = true };
	if (!data || node_data_read(reader, (struct bid){ data }, TABLE_BYTES_MAX, &blocks) != ST_OK ||
	    !heap_open(reader->facts->variant, blocks.blocks, blocks.n, &out->heap) ||
	    out->heap.client != HEAP_TABLE || !table_open(&out->heap, &out->table))
		return false;
	out->whole = blocks.whole;
	open_rows(reader, subnode, out);
	return true;
}

/* Empty when it is lost. */
static struct view table_row(const struct table_rows *rows, size_t i)
{
	size_t len = rows->table.row_len, per_block = table_rows_per_block(&rows->table), block;
	struct cursor c = cursor_of(rows->item);

	if (i >= rows->n)
		return view_of(NULL, 0);
	if (rows->blocks.n) {
		block = i / per_block;
		c = cursor_of(rows->blocks.blocks[block]);
		i %= per_block;
	}
	cursor_seek(&c, i * len);
	return cursor_take(&c, len);
}

uint32_t table_row_nid(const struct table_rows *rows, size_t i)
{
	struct cursor c = cursor_of(table_row(rows, i));

	return cursor_u32le(&c);
}

bool table_row_value(const struct table_rows *rows, size_t i, uint32_t tag, struct view *out)
{
	struct property p = { .id = (uint16_t)(tag >> 16), .type = (uint16_t)tag };
	int len = property_type_len(p.type);
	struct cursor c;

	if (!table_cell(&rows->table, table_row(rows, i), table_find(&rows->table, tag), out))
		return false;
	if (!(p.type & PTYP_MULTIPLE) && len > 0 && len <= 8)
		return true;
	c = cursor_of(*out);
	p.value = cursor_u32le(&c);
	return hnid_is_hid(p.value) && heap_item(&rows->heap, (struct hid){ p.value }, out);
}
