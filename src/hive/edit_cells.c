/* This file gives out and takes back cells of a hive that is being changed. */
#include "hive/edit_cells.h"

#include "hive/cell.h"
#include "hive/put.h"

#include <string.h>

struct bin {
	uint32_t at, len;
};

static uint32_t u32_of(const struct hive *hive, uint32_t at)
{
	struct cursor c = cursor_of(hive->bins);

	cursor_seek(&c, at);
	return cursor_u32le(&c);
}

/* The size of the cell here, free or not; 0 for a size that is none. */
static uint32_t cell_size(const struct hive *hive, uint32_t at, bool *is_free_out)
{
	uint32_t size = u32_of(hive, at);

	*is_free_out = size <= INT32_MAX;
	if (!*is_free_out)
		size = 0 - size;
	return size < CELL_UNIT || size % CELL_UNIT || size > INT32_MAX ? 0 : size;
}

/* The bin at this place; false at the end and for what is none. */
static bool bin_at(const struct hive *hive, uint32_t at, struct bin *out)
{
	struct cursor c = cursor_of(hive->bins);

	cursor_seek(&c, at);
	if (!str_is(str_from_view(cursor_take(&c, 4)), "hbin") || cursor_u32le(&c) != at)
		return false;
	*out = (struct bin){ at, cursor_u32le(&c) };
	return cursor_ok(&c) && out->len >= HIVE_BIN_UNIT && out->len % HIVE_BIN_UNIT == 0 &&
	       out->len <= hive->bins.len - at;
}

static bool cells_fill(const struct hive *hive, const struct bin *bin)
{
	uint32_t end = bin->at + bin->len, size;
	bool is_free;

	for (uint32_t at = bin->at + CELL_BIN_HEADER_LEN; at < end; at += size) {
		size = cell_size(hive, at, &is_free);
		if (size == 0 || size > end - at)
			return false;
	}
	return true;
}

const char *edit_cells_check(const struct hive *hive)
{
	struct bin bin;

	for (uint32_t at = 0; at < hive->bins.len; at += bin.len) {
		if (!bin_at(hive, at, &bin))
			return "its bins are not in order";
		if (!cells_fill(hive, &bin))
			return "its cells are not in order";
	}
	return NULL;
}

static uint8_t *bins_of(struct hive_edit *edit)
{
	return edit->bytes.at + HIVE_HEADER_LEN;
}

static void set_size(struct hive_edit *edit, uint32_t at, uint32_t size, bool is_free)
{
	put_u32(bins_of(edit) + at, is_free ? size : 0 - size);
}

/* Adds a bin that has room for a cell of this size. What stood behind the bins is overwritten. */
static enum status add_bin(struct hive_edit *edit, uint32_t size, uint32_t *at_out)
{
	static const uint8_t zeros[HIVE_BIN_UNIT];
	uint32_t at = edit->hive.bins_len, len = (size + CELL_BIN_HEADER_LEN + HIVE_BIN_UNIT - 1) & ~0xFFFU;
	uint8_t *bin;

	if (len > INT32_MAX - at)
		return ST_LIMIT;
	while (edit->bytes.len < (size_t)HIVE_HEADER_LEN + at + len && !buf_failed(&edit->bytes))
		buf_add(&edit->bytes, view_of(zeros, sizeof zeros));
	if (buf_failed(&edit->bytes))
		return edit->bytes.len + sizeof zeros > edit->bytes.cap ? ST_LIMIT : ST_NOMEM;
	bin = bins_of(edit) + at;
	memset(bin, 0, len);
	memcpy(bin, "hbin", 4);
	put_u32(bin + 4, at);
	put_u32(bin + 8, len);
	edit->hive.bins_len = at + len;
	edit->hive.bins = view_of(bins_of(edit), edit->hive.bins_len);
	put_u32(edit->bytes.at + CELL_BINS_LEN_AT, edit->hive.bins_len);
	*at_out = at + CELL_BIN_HEADER_LEN;
	set_size(edit, *at_out, len - CELL_BIN_HEADER_LEN, true);
	return ST_OK;
}

/* The first free cell of at least this size; 0 when there is none. */
static uint32_t find_free(const struct hive *hive, uint32_t size)
{
	struct bin bin;
	bool is_free;

	for (uint32_t at = 0; at < hive->bins.len && bin_at(hive, at, &bin); at += bin.len) {
		uint32_t end = at + bin.len, cell, one;

		for (cell = at + CELL_BIN_HEADER_LEN; cell < end; cell += one) {
			one = cell_size(hive, cell, &is_free);
			if (one == 0)
				return 0;
			if (is_free && one >= size)
				return cell;
		}
	}
	return 0;
}

enum status edit_cells_new(struct hive_edit *edit, size_t len, uint32_t *at_out)
{
	uint32_t size = (uint32_t)((len + 4 + CELL_UNIT - 1) / CELL_UNIT * CELL_UNIT), whole;
	enum status st;
	bool is_free;

	*at_out = find_free(&edit->hive, size);
	if (*at_out == 0) {
		st = add_bin(edit, size, at_out);
		if (st != ST_OK)
			return st;
	}
	whole = cell_size(&edit->hive, *at_out, &is_free);
	if (whole > size)
		set_size(edit, *at_out + size, whole - size, true);
	set_size(edit, *at_out, size, false);
	memset(bins_of(edit) + *at_out + 4, 0, size - 4);
	return ST_OK;
}

/* The bin that holds this place. */
static bool bin_of(const struct hive *hive, uint32_t at, struct bin *out)
{
	for (uint32_t bin = 0; bin <= at && bin_at(hive, bin, out); bin += out->len)
		if (at - bin < out->len)
			return true;
	return false;
}

enum status edit_cells_free(struct hive_edit *edit, uint32_t at)
{
	uint32_t size = 0, before = 0, before_size = 0, next;
	bool is_free = false, before_is_free = false;
	struct bin bin;

	if (!bin_of(&edit->hive, at, &bin))
		return ST_USAGE;
	for (uint32_t cell = bin.at + CELL_BIN_HEADER_LEN; cell <= at; cell += size) {
		before = size ? cell - size : 0;
		before_size = size;
		before_is_free = is_free;
		size = cell_size(&edit->hive, cell, &is_free);
		if (size == 0)
			return ST_USAGE;
		if (cell == at)
			break;
		if (cell + size > at)
			return ST_USAGE;
	}
	if (is_free || size == 0)
		return ST_USAGE;
	next = at + size;
	if (before && before_is_free) {
		at = before;
		size += before_size;
	}
	if (next < bin.at + bin.len) {
		uint32_t more = cell_size(&edit->hive, next, &is_free);

		size += is_free ? more : 0;
	}
	set_size(edit, at, size, true);
	return ST_OK;
}

uint8_t *edit_cells_at(struct hive_edit *edit, uint32_t at, size_t len)
{
	struct view cell = hive_cell(&edit->hive, at);

	return cell.len >= len && cell.len ? bins_of(edit) + at + 4 : NULL;
}
