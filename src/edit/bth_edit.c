/* This file changes a BTree-on-heap record by record.
 *
 * An item that grows too long becomes two, one that loses its last record
 * goes; each time the item above takes that over, up to the root.
 */
#include "edit/bth_edit.h"

#include <string.h>

enum {
	ROOM = 2 * HEAP_EDIT_ITEM_MAX + 128,
	CHILD_LEN = 4,
	KEY_MAX = 16,
	ROOT_AT = 4,
	LEVELS_AT = 3,
	PARTS = 2
};

/* From the root down: the item, and which record of it leads on. */
struct step {
	uint32_t hid;
	struct view item;
	size_t i;
};

struct path {
	struct step steps[BTH_LEVELS_MAX + 1];
	size_t n; /* the last one is the leaf */
	bool is_there;
};

/* What stands above for an item: its first key, and where it is. */
struct part {
	uint8_t key[KEY_MAX];
	uint32_t hid;
};

static size_t record_len(const struct bth_edit *b, bool is_leaf)
{
	return b->key_len + (is_leaf ? (size_t)b->data_len : CHILD_LEN);
}

static void put_header(struct bth_edit *b)
{
	uint8_t bytes[BTH_HEADER_LEN] = { BTH_TYPE, b->key_len, b->data_len, b->levels };

	field_put(bytes + ROOT_AT, CHILD_LEN, b->root);
	if (heap_edit_set(b->heap, b->header, view_of(bytes, sizeof bytes)) != b->header)
		work_fail(b->heap->w, ST_BUG, "the head of a tree has moved");
}

void bth_edit_open(struct bth_edit *b, struct heap_edit *heap, uint32_t header)
{
	struct cursor c = cursor_of(heap_edit_get(heap, header));
	uint8_t type = cursor_u8(&c);

	*b = (struct bth_edit){ .heap = heap, .header = header };
	b->key_len = cursor_u8(&c);
	b->data_len = cursor_u8(&c);
	b->levels = cursor_u8(&c);
	b->root = cursor_u32le(&c);
	if (!cursor_done(&c) || type != BTH_TYPE || b->key_len == 0 || b->key_len > KEY_MAX ||
	    b->data_len == 0 || b->data_len > 32 || b->levels >= BTH_LEVELS_MAX)
		work_fail(heap->w, ST_IO, "a tree in a heap is damaged");
}

void bth_edit_new(struct bth_edit *b, struct heap_edit *heap, uint8_t key_len, uint8_t data_len)
{
	uint8_t bytes[BTH_HEADER_LEN] = { BTH_TYPE, key_len, data_len };

	*b = (struct bth_edit){ .heap = heap, .key_len = key_len, .data_len = data_len };
	b->header = heap_edit_add(heap, view_of(bytes, sizeof bytes));
}

/* How many records of the item have keys up to this one, or below it. */
static size_t count_below(const struct bth_edit *b, struct view item, size_t len, struct view key,
			  bool or_equal)
{
	size_t low = 0, high = item.len / len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = bth_compare(view_of(item.at + middle * len, b->key_len), key);

		if (order < 0 || (or_equal && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool find_path(struct bth_edit *b, struct view key, struct path *out)
{
	uint32_t hid = b->root;

	*out = (struct path){ 0 };
	for (unsigned level = b->levels; work_goes_on(b->heap->w); level--) {
		struct step *s = &out->steps[out->n++];
		size_t len = record_len(b, level == 0);
		struct cursor c;

		*s = (struct step){ .hid = hid, .item = heap_edit_get(b->heap, hid) };
		if (s->item.len == 0 || s->item.len % len) {
			work_fail(b->heap->w, ST_IO, "a tree in a heap is damaged");
			return false;
		}
		if (level == 0) {
			s->i = count_below(b, s->item, len, key, false);
			out->is_there = s->i < s->item.len / len &&
					bth_compare(view_of(s->item.at + s->i * len, b->key_len), key) == 0;
			return true;
		}
		s->i = count_below(b, s->item, len, key, true);
		s->i -= s->i > 0;
		c = cursor_of(view_of(s->item.at + s->i * len + b->key_len, CHILD_LEN));
		hid = cursor_u32le(&c);
	}
	return false;
}

bool bth_edit_find(struct bth_edit *b, struct view key, struct view *data_out)
{
	struct path path;
	struct step *leaf;

	*data_out = view_of(NULL, 0);
	if (b->root == 0 || !find_path(b, key, &path) || !path.is_there)
		return false;
	leaf = &path.steps[path.n - 1];
	*data_out = view_of(leaf->item.at + leaf->i * record_len(b, true) + b->key_len, b->data_len);
	return true;
}

/* The item's records with `n_old` of them from `i` on replaced by others. */
static size_t splice(uint8_t to[static ROOM], const struct step *s, size_t len, size_t n_old,
		     struct view fresh)
{
	size_t before = s->i * len, after = before + n_old * len;

	if (s->item.len - n_old * len + fresh.len > ROOM)
		return 0;
	if (before)
		memcpy(to, s->item.at, before);
	if (fresh.len)
		memcpy(to + before, fresh.at, fresh.len);
	if (s->item.len > after)
		memcpy(to + before + fresh.len, s->item.at + after, s->item.len - after);
	return s->item.len - n_old * len + fresh.len;
}

/* Stores an item's new bytes, as two items when they are too many; how many there are. */
static size_t store(struct bth_edit *b, uint32_t hid, struct view bytes, size_t len, struct part parts[PARTS])
{
	size_t half = bytes.len / len / 2 * len;

	if (bytes.len == 0) {
		heap_edit_free(b->heap, hid);
		return 0;
	}
	memcpy(parts[0].key, bytes.at, b->key_len);
	if (bytes.len <= heap_edit_item_max(b->heap)) {
		parts[0].hid = heap_edit_set(b->heap, hid, bytes);
		return 1;
	}
	memcpy(parts[1].key, bytes.at + half, b->key_len);
	parts[0].hid = heap_edit_set(b->heap, hid, view_of(bytes.at, half));
	parts[1].hid = heap_edit_add(b->heap, view_of(bytes.at + half, bytes.len - half));
	return PARTS;
}

static size_t put_parts(const struct bth_edit *b, const struct part *parts, size_t n, uint8_t *to)
{
	for (size_t i = 0; i < n; i++) {
		memcpy(to, parts[i].key, b->key_len);
		field_put(to + b->key_len, CHILD_LEN, parts[i].hid);
		to += b->key_len + CHILD_LEN;
	}
	return n * (b->key_len + (size_t)CHILD_LEN);
}

static void put_root(struct bth_edit *b, const struct part *parts, size_t n)
{
	uint8_t bytes[PARTS * (KEY_MAX + CHILD_LEN)];

	if (n == PARTS && b->levels + 1 == BTH_LEVELS_MAX) {
		work_fail(b->heap->w, ST_LIMIT, "a tree in a heap is too deep");
		return;
	}
	if (n == PARTS) {
		b->root = heap_edit_add(b->heap, view_of(bytes, put_parts(b, parts, n, bytes)));
		b->levels++;
	} else {
		b->root = n ? parts[0].hid : 0;
		b->levels = n ? b->levels : 0;
	}
	put_header(b);
}

/* Replaces records of the leaf, then what stands above it as far as that changes. */
static void replace(struct bth_edit *b, struct path *path, size_t n_old, struct view fresh)
{
	uint8_t bytes[ROOM], index[PARTS * (KEY_MAX + CHILD_LEN)];
	struct part parts[PARTS] = { 0 };

	for (size_t k = path->n; k > 0 && work_goes_on(b->heap->w); k--) {
		struct step *s = &path->steps[k - 1];
		size_t len = record_len(b, k == path->n), n;
		size_t used = splice(bytes, s, len, n_old, fresh);

		if (used == 0 && s->item.len - n_old * len + fresh.len) {
			work_fail(b->heap->w, ST_IO, "a tree in a heap is damaged");
			return;
		}
		n = store(b, s->hid, view_of(bytes, used), len, parts);
		if (k == 1) {
			if (n != 1 || parts[0].hid != b->root)
				put_root(b, parts, n);
			return;
		}
		fresh = view_of(index, put_parts(b, parts, n, index));
		n_old = 1;
		s = &path->steps[k - 2];
		/* Above all stays as it is. */
		if (n == 1 && memcmp(s->item.at + s->i * record_len(b, false), index, fresh.len) == 0)
			return;
	}
}

void bth_edit_put(struct bth_edit *b, struct view key, struct view data)
{
	uint8_t record[KEY_MAX + 32];
	struct path path;

	if (!work_goes_on(b->heap->w) || key.len != b->key_len || data.len != b->data_len) {
		work_fail(b->heap->w, ST_BUG, "a record of another length");
		return;
	}
	memcpy(record, key.at, key.len);
	memcpy(record + key.len, data.at, data.len);
	if (b->root == 0) {
		b->root = heap_edit_add(b->heap, view_of(record, key.len + data.len));
		b->levels = 0;
		put_header(b);
	} else if (find_path(b, key, &path)) {
		replace(b, &path, path.is_there, view_of(record, key.len + data.len));
	}
}

void bth_edit_remove(struct bth_edit *b, struct view key)
{
	struct path path;

	if (b->root && find_path(b, key, &path) && path.is_there)
		replace(b, &path, 1, view_of(NULL, 0));
}
