/* This file collects the properties of an object and writes them as a property context. */
#include "write/props.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_LEN = PROPERTY_KEY_LEN + PROPERTY_DATA_LEN, REPLACEMENT = 0xFFFD };

struct props *props_new(struct arena *arena, const struct variant *v)
{
	struct props *props = arena_alloc(arena, sizeof *props);

	if (props)
		*props = (struct props){ .arena = arena, .v = v };
	return props;
}

static uint16_t type_of(uint32_t tag)
{
	return (uint16_t)(tag & 0xFFFF);
}

uint32_t props_tag(const struct variant *v, uint32_t tag)
{
	bool is_text = (tag & 0xFFF & ~(uint32_t)PTYP_MULTIPLE) == PTYP_STRING;

	return is_text && v->kind == VARIANT_ANSI ? tag - PTYP_STRING + PTYP_STRING_8 : tag;
}

static void add(struct props *props, const struct prop *prop)
{
	struct prop *rows = arena_grown(props->arena, props->rows, props->n, &props->room, sizeof *rows);

	if (!rows) {
		props->failed = true;
		return;
	}
	props->rows = rows;
	props->rows[props->n] = *prop;
	props->rows[props->n].tag = props_tag(props->v, prop->tag);
	props->rows[props->n].added = props->n_added++;
	props->n++;
	props->sorted = false;
}

void props_add_int(struct props *props, uint32_t tag, uint64_t value)
{
	int len = property_type_len(type_of(tag));
	uint8_t bytes[8];

	assert(len > 0 && len <= 8 && !(tag & PTYP_MULTIPLE));
	field_put(bytes, sizeof bytes, value);
	props_add_bytes(props, tag, view_of(bytes, (size_t)len));
}

void props_add_bytes(struct props *props, uint32_t tag, struct view value)
{
	void *copy = arena_copy(props->arena, value.at, value.len);

	if (copy)
		props_add_view(props, tag, view_of(copy, value.len));
	else
		props->failed = true;
}

void props_add_view(struct props *props, uint32_t tag, struct view value)
{
	int len = property_type_len(type_of(tag));

	if (!(tag & PTYP_MULTIPLE) && len > 0 && value.len != (size_t)len)
		return;
	add(props, &(struct prop){ .tag = tag, .value = value, .len = value.len });
}

/* One character of UTF-8; what is none is shown as such and skipped by a byte. */
static uint32_t next_char(const unsigned char **text)
{
	uint32_t c = *(*text)++;
	unsigned more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;

	if ((c >= 0x80 && c < 0xC2) || c > 0xF4)
		return REPLACEMENT;
	if (more)
		c &= 0x3FU >> more;
	for (; more; more--) {
		if ((**text & 0xC0) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (*(*text)++ & 0x3FU);
	}
	return c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ? REPLACEMENT : c;
}

struct view props_text(struct arena *arena, const struct variant *v, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	uint8_t *bytes = arena_alloc(arena, 2 * strlen(text));
	size_t len = 0;

	if (!bytes)
		return view_of(NULL, 0);
	while (*at) {
		uint32_t c = next_char(&at);

		if (v->kind == VARIANT_ANSI) {
			bytes[len++] = c < 0x100 ? (uint8_t)c : '?';
		} else if (c < 0x10000) {
			field_put(bytes + len, 2, c);
			len += 2;
		} else {
			field_put(bytes + len, 2, 0xD800 + ((c - 0x10000) >> 10));
			field_put(bytes + len + 2, 2, 0xDC00 + (c & 0x3FF));
			len += 4;
		}
	}
	return view_of(bytes, len);
}

static void fail_with_arena(struct props *props)
{
	props->failed = props->failed || arena_failed(props->arena);
}

void props_add_text(struct props *props, uint32_t tag, const char *text)
{
	props_add_view(props, tag, props_text(props->arena, props->v, text));
	fail_with_arena(props);
}

/* Count, offsets, values (2.3.3.4.2). */
void props_add_texts(struct props *props, uint32_t tag, const char *const *texts, size_t n)
{
	size_t len = 4 + 4 * n, room = len;
	uint8_t *bytes;

	for (size_t i = 0; i < n; i++)
		room += 2 * strlen(texts[i]);
	bytes = arena_alloc(props->arena, room);
	if (!bytes) {
		props->failed = true;
		return;
	}
	field_put(bytes, 4, n);
	for (size_t i = 0; i < n; i++) {
		struct view text = props_text(props->arena, props->v, texts[i]);

		field_put(bytes + 4 + 4 * i, 4, len);
		if (text.len)
			memcpy(bytes + len, text.at, text.len);
		len += text.len;
	}
	props_add_view(props, tag, view_of(bytes, len));
	fail_with_arena(props);
}

void props_add_subnode(struct props *props, uint32_t tag, uint32_t nid, uint64_t len)
{
	add(props, &(struct prop){ .tag = tag, .nid = nid, .len = len });
}

void props_add_object(struct props *props, uint32_t tag, uint32_t nid, uint64_t len)
{
	uint8_t bytes[OBJECT_VALUE_LEN];

	field_put(bytes, 4, nid);
	field_put(bytes + 4, 4, len > UINT32_MAX ? UINT32_MAX : len);
	props_add_bytes(props, tag, view_of(bytes, sizeof bytes));
}

static int compare_props(const void *a, const void *b)
{
	const struct prop *x = a, *y = b;
	uint32_t x_id = x->tag >> 16, y_id = y->tag >> 16;

	if (x_id != y_id)
		return x_id > y_id ? 1 : -1;
	return (x->added > y->added) - (x->added < y->added);
}

/* In the order of IDs; of several with one ID the one that came last stays. */
static void sort(struct props *props)
{
	size_t n = 0;

	if (props->sorted || props->n == 0)
		return;
	qsort(props->rows, props->n, sizeof *props->rows, compare_props);
	for (size_t i = 0; i < props->n; i++) {
		if (n && props->rows[n - 1].tag >> 16 == props->rows[i].tag >> 16)
			n--;
		props->rows[n++] = props->rows[i];
	}
	props->n = n;
	props->sorted = true;
}

const struct prop *props_find(struct props *props, uint16_t id)
{
	size_t from = 0, to;

	sort(props);
	to = props->n;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (props->rows[middle].tag >> 16 < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < props->n && props->rows[from].tag >> 16 == id ? &props->rows[from] : NULL;
}

uint64_t props_int(struct props *props, uint16_t id, uint64_t missing)
{
	const struct prop *prop = props_find(props, id);
	struct cursor c;
	uint64_t value = 0;

	if (!prop || prop->nid || prop->value.len > 8)
		return missing;
	c = cursor_of(prop->value);
	for (unsigned shift = 0; cursor_left(&c); shift += 8)
		value |= (uint64_t)cursor_u8(&c) << shift;
	return value;
}

uint64_t props_size(struct props *props)
{
	uint64_t size = 0;

	sort(props);
	for (size_t i = 0; i < props->n; i++)
		size += props->rows[i].len;
	return size;
}

/* The value of a record: itself, or a HNID to where it was put. */
static void put_value(const struct prop *prop, struct heap_out *heap, struct subnodes_out *list, uint8_t *to)
{
	struct property p = { .type = type_of(prop->tag) };

	if (prop->nid) {
		field_put(to, 4, prop->nid);
	} else if (property_is_inline(&p)) {
		memcpy(to, prop->value.at, prop->value.len);
	} else if (prop->value.len > heap_out_item_max(heap)) {
		struct subnode_row row = { .nid = ndb_out_nid(heap->out, NID_TYPE_LTP) };

		row.data = data_out_of(heap->out, prop->value);
		subnodes_out_add(list, &row);
		field_put(to, 4, row.nid);
	} else if (prop->value.len) {
		field_put(to, 4, heap_out_add(heap, prop->value));
	}
}

uint64_t props_write(struct props *props, struct subnodes_out *list)
{
	struct heap_out heap;
	struct bth_out bth;

	if (props->failed)
		ndb_out_fail(list->out, ST_NOMEM);
	sort(props);
	heap_out_start(&heap, list->out, HEAP_PROPERTIES);
	bth_out_start(&bth, &heap, PROPERTY_KEY_LEN, PROPERTY_DATA_LEN);
	heap.root = bth.header;
	for (size_t i = 0; i < props->n; i++) {
		const struct prop *prop = &props->rows[i];
		uint8_t record[RECORD_LEN] = { 0 };

		field_put(record, 2, prop->tag >> 16);
		field_put(record + 2, 2, type_of(prop->tag));
		put_value(prop, &heap, list, record + 4);
		bth_out_add(&bth, view_of(record, sizeof record));
	}
	bth_out_end(&bth);
	return heap_out_end(&heap);
}
