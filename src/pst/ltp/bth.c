/* This file walks a BTree-on-heap without recursion. */
#include "pst/ltp/bth.h"

#include "base/cursor.h"

#include <string.h>

static bool key_len_is_known(uint8_t len)
{
	return len == 2 || len == 4 || len == 8 || len == 16;
}

bool bth_open(const struct heap *heap, struct hid header, struct bth *out)
{
	struct view item;
	struct cursor c;
	uint8_t type;

	*out = (struct bth){ .heap = heap };
	if (!heap_item(heap, header, &item))
		return false;
	c = cursor_of(item);
	type = cursor_u8(&c);
	out->key_len = cursor_u8(&c);
	out->data_len = cursor_u8(&c);
	out->levels = cursor_u8(&c);
	out->root.v = cursor_u32le(&c);
	return cursor_done(&c) && type == BTH_TYPE && key_len_is_known(out->key_len) && out->data_len >= 1 &&
	       out->data_len <= 32 && out->levels < BTH_LEVELS_MAX;
}

static uint64_t integer_of(struct view key)
{
	struct cursor c = cursor_of(key);

	switch (key.len) {
	case 2:
		return cursor_u16le(&c);
	case 4:
		return cursor_u32le(&c);
	default:
		return cursor_u64le(&c);
	}
}

int bth_compare(struct view a, struct view b)
{
	uint64_t x, y;

	if (a.len != b.len || (a.len != 2 && a.len != 4 && a.len != 8)) {
		size_t shorter = a.len < b.len ? a.len : b.len;
		int order = shorter ? memcmp(a.at, b.at, shorter) : 0;

		return order ? order : (a.len > b.len) - (a.len < b.len);
	}
	x = integer_of(a);
	y = integer_of(b);
	return (x > y) - (x < y);
}

/* One item on the way down: what of it is still to be read. */
struct frame {
	struct cursor c;
};

struct walker {
	struct bth_walk *walk;
	struct frame frames[BTH_LEVELS_MAX];
	size_t depth;
	struct view last; /* the key before */
	uint64_t budget;  /* items that may still be opened */
};

static bool enter(struct walker *w, struct hid hid, size_t record_len)
{
	struct view item;

	if (w->budget-- == 0) {
		w->walk->faults |= BTH_FAULT_LIMIT;
		w->budget = 0;
		return false;
	}
	if (!heap_item(w->walk->bth->heap, hid, &item)) {
		w->walk->faults |= BTH_FAULT_ITEM;
		return false;
	}
	if (item.len % record_len)
		w->walk->faults |= BTH_FAULT_LEN;
	w->frames[w->depth++].c = cursor_of(view_of(item.at, item.len - item.len % record_len));
	return true;
}

static void judge_order(struct walker *w, struct view key)
{
	if (w->walk->n > 0 && bth_compare(key, w->last) <= 0)
		w->walk->faults |= BTH_FAULT_ORDER;
}

static bool is_zero(struct view bytes)
{
	struct cursor c = cursor_of(bytes);

	while (cursor_left(&c))
		if (cursor_u8(&c))
			return false;
	return true;
}

static bool take_record(struct walker *w, struct cursor *c)
{
	const struct bth *bth = w->walk->bth;
	struct view key = cursor_take(c, bth->key_len), data = cursor_take(c, bth->data_len);

	if (w->walk->skips_empty && is_zero(key) && is_zero(data)) {
		w->walk->n_empty++;
		return true;
	}
	judge_order(w, key);
	w->last = key;
	w->walk->n++;
	return w->walk->record(w->walk->context, key, data);
}

static void take_child(struct walker *w, struct cursor *c)
{
	const struct bth *bth = w->walk->bth;
	struct view key = cursor_take(c, bth->key_len);
	struct hid child = { cursor_u32le(c) };
	bool child_is_leaf = w->depth == bth->levels;
	size_t record_len = bth->key_len + (child_is_leaf ? (size_t)bth->data_len : 4);

	judge_order(w, key);
	if (!enter(w, child, record_len))
		return;
	if (cursor_left(&w->frames[w->depth - 1].c) >= bth->key_len &&
	    bth_compare(view_of(w->frames[w->depth - 1].c.view.at, bth->key_len), key) < 0)
		w->walk->faults |= BTH_FAULT_KEY;
}

/* No heap has more items than two-byte offsets fit in its blocks. */
static uint64_t items_at_most(const struct heap *heap)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < heap->n_blocks; i++)
		bytes += heap->blocks[i].len;
	return bytes / 2 + 1;
}

void bth_walk(struct bth_walk *walk)
{
	const struct bth *bth = walk->bth;
	struct walker w = { .walk = walk, .budget = items_at_most(bth->heap) };
	size_t record_len = bth->key_len + (bth->levels ? 4 : (size_t)bth->data_len);

	walk->faults = 0;
	walk->n_empty = 0;
	walk->n = 0;
	if (bth->root.v == 0 || !enter(&w, bth->root, record_len))
		return;
	while (w.depth) {
		struct cursor *c = &w.frames[w.depth - 1].c;

		if (cursor_left(c) == 0) {
			w.depth--;
		} else if (w.depth == (size_t)bth->levels + 1) {
			if (!take_record(&w, c))
				return;
		} else {
			take_child(&w, c);
		}
	}
}
