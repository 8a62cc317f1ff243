/* This file reads a table's rows one after the other. */
#include "check/row_read.h"

#include "base/cursor.h"

enum { HEAP_BYTES_MAX = 64 << 20 };

struct reading {
	const struct row_read *rows;
	const struct table *table;
	bool goes_on;
};

/* Rows that a block holds; what is behind them is not used. */
static bool take_block(void *context, struct view data)
{
	struct reading *r = context;
	struct cursor c = cursor_of(data);

	while (r->goes_on && cursor_left(&c) >= r->table->row_len)
		r->goes_on = r->rows->row(r->rows->context, r->table, cursor_take(&c, r->table->row_len));
	return r->goes_on;
}

struct first_block {
	const struct node_reader *reader;
	struct view bytes;
};

static bool take_first(void *context, struct view data)
{
	struct first_block *first = context;

	first->bytes = view_of(arena_copy(first->reader->arena, data.at, data.len), data.len);
	return false;
}

/* The description lies in the first block of any table that a program wrote in one go. */
static bool open_first(const struct node_reader *reader, uint64_t data, struct first_block *first,
		       struct heap *heap, struct table *table)
{
	struct node_walk walk = { first, take_first };

	return node_data_walk(reader, (struct bid){ data }, &walk) && first->bytes.at &&
	       heap_open(reader->facts->variant, &first->bytes, 1, heap) && heap->client == HEAP_TABLE &&
	       table_open(heap, table) && (table->rows == 0 || !hnid_is_hid(table->rows));
}

static bool open_whole(const struct node_reader *reader, uint64_t data, struct heap *heap,
		       struct table *table)
{
	struct node_data blocks;

	return node_data_read(reader, (struct bid){ data }, HEAP_BYTES_MAX, &blocks) == ST_OK && blocks.n &&
	       heap_open(reader->facts->variant, blocks.blocks, blocks.n, heap) &&
	       heap->client == HEAP_TABLE && table_open(heap, table);
}

static bool read_matrix(const struct node_reader *reader, uint64_t subnode, struct reading *reading)
{
	const struct table *table = reading->table;
	struct node_walk walk = { reading, take_block };
	struct subnode_list list;
	const struct subnode *sub;
	struct view item;

	if (table->rows == 0 || table->row_len == 0)
		return table->rows == 0;
	if (hnid_is_hid(table->rows)) {
		if (!heap_item(table->heap, (struct hid){ table->rows }, &item))
			return false;
		(void)take_block(reading, item);
		return true;
	}
	if (subnode_list_read(reader, (struct bid){ subnode }, &list) != ST_OK)
		return false;
	sub = subnode_find(&list, (struct nid){ table->rows });
	return sub && node_data_walk(reader, (struct bid){ sub->data }, &walk);
}

bool row_read_table(const struct node_reader *reader, uint64_t data, uint64_t subnode,
		    const struct row_read *rows)
{
	struct first_block first = { .reader = reader };
	struct heap heap;
	struct table table;
	struct reading reading = { rows, &table, true };

	if (data == 0)
		return false;
	if ((rows->cells || !open_first(reader, data, &first, &heap, &table)) &&
	    !open_whole(reader, data, &heap, &table))
		return false;
	return read_matrix(reader, subnode, &reading);
}

bool row_read_cell(const struct table *table, struct view row, uint32_t tag, struct view *out)
{
	const struct table_column *column = table_find(table, tag);
	struct cursor c;
	uint32_t hnid;

	if (!column || !table_cell(table, row, column, out))
		return false;
	if (property_type_len((uint16_t)tag) != 0 && property_type_len((uint16_t)tag) <= 8)
		return true;
	c = cursor_of(*out);
	hnid = cursor_u32le(&c);
	return hnid && hnid_is_hid(hnid) && heap_item(table->heap, (struct hid){ hnid }, out);
}

uint32_t row_read_integer(const struct table *table, struct view row, uint32_t tag)
{
	const struct table_column *column = table_find(table, tag);
	struct view cell;
	struct cursor c;

	if (!column || !table_cell(table, row, column, &cell))
		return 0;
	c = cursor_of(cell);
	return cell.len == 1 ? cursor_u8(&c) : cell.len == 2 ? cursor_u16le(&c) : cursor_u32le(&c);
}
