/* This file collects the properties of an object and writes them as a property context. */
#include "ltp_out.h"

#include "base/cursor.h"
#include "memory.h"

#include <assert.h>
#include <string.h>

struct props *props_new(struct arena *arena, const struct variant *v)
{
	struct props *props = arena_alloc(arena, sizeof *props);

	assert(props);
	*props = (struct props){ .arena = arena, .v = v };
	return props;
}

uint32_t props_tag(const struct variant *v, uint32_t tag)
{
	bool is_text = (tag & 0xFFF & ~(uint32_t)PTYP_MULTIPLE) == PTYP_STRING;

	return is_text && v->kind == VARIANT_ANSI ? tag - PTYP_STRING + PTYP_STRING_8 : tag;
}

static void add(struct props *props, const struct prop *prop)
{
	if (props->n == props->room) {
		size_t room = props->room ? props->room * 2 : 32;
		struct prop *rows = arena_array(props->arena, room, sizeof *rows);

		assert(rows);
		if (props->n)
			memcpy(rows, props->rows, props->n * sizeof *rows);
		props->rows = rows;
		props->room = room;
	}
	props->rows[props->n] = *prop;
	props->rows[props->n].tag = props_tag(props->v, prop->tag);
	props->n++;
}

void props_add_int(struct props *props, uint32_t tag, uint64_t value)
{
	int len = property_type_len((uint16_t)(tag & 0xFFFF));
	uint8_t bytes[8];

	assert(len > 0 && len <= 8);
	field_put(bytes, sizeof bytes, value);
	props_add_bytes(props, tag, view_of(bytes, (size_t)len));
}

void props_add_bytes(struct props *props, uint32_t tag, struct view value)
{
	void *copy = arena_copy(props->arena, value.at, value.len);

	assert(copy);
	add(props, &(struct prop){ .tag = tag, .value = view_of(copy, value.len), .len = value.len });
}

/* One character of UTF-8 that is known to be sound. */
static uint32_t next_char(const unsigned char **text)
{
	uint32_t c = *(*text)++;
	unsigned more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;

	if (more)
		c &= 0x3FU >> more;
	while (more--)
		c = c << 6 | (*(*text)++ & 0x3FU);
	return c;
}

struct view props_text(struct arena *arena, const struct variant *v, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	uint8_t *bytes = arena_alloc(arena, 2 * strlen(text));
	size_t len = 0;

	assert(bytes);
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

void props_add_text(struct props *props, uint32_t tag, const char *text)
{
	struct view value = props_text(props->arena, props->v, text);

	add(props, &(struct prop){ .tag = tag, .value = value, .len = value.len });
}

/* Count, offsets, values ([MS-PST] 2.3.3.4.2). */
void props_add_texts(struct props *props, uint32_t tag, const char *const *texts, size_t n)
{
	size_t len = 4 + 4 * n, room = len;
	uint8_t *bytes;

	for (size_t i = 0; i < n; i++)
		room += 2 * strlen(texts[i]);
	bytes = arena_alloc(props->arena, room);
	assert(bytes);
	field_put(bytes, 4, n);
	for (size_t i = 0; i < n; i++) {
		struct view text = props_text(props->arena, props->v, texts[i]);

		field_put(bytes + 4 + 4 * i, 4, len);
		if (text.len)
			memcpy(bytes + len, text.at, text.len);
		len += text.len;
	}
	add(props, &(struct prop){ .tag = tag, .value = view_of(bytes, len), .len = len });
}

void props_add_subnode(struct props *props, uint32_t tag, uint32_t nid, uint64_t len)
{
	add(props, &(struct prop){ .tag = tag, .nid = nid, .len = len });
}

void props_add_object(struct props *props, uint32_t tag, uint32_t nid, uint64_t len)
{
	uint8_t *bytes = arena_alloc(props->arena, OBJECT_VALUE_LEN);

	assert(bytes);
	field_put(bytes, 4, nid);
	field_put(bytes + 4, 4, len);
	add(props,
	    &(struct prop){ .tag = tag, .value = view_of(bytes, OBJECT_VALUE_LEN), .len = OBJECT_VALUE_LEN });
}

const struct prop *props_find(const struct props *props, uint32_t tag)
{
	for (size_t i = 0; i < props->n; i++)
		if (props->rows[i].tag == tag)
			return &props->rows[i];
	return NULL;
}

uint64_t props_size(const struct props *props)
{
	uint64_t size = 0;

	for (size_t i = 0; i < props->n; i++)
		size += props->rows[i].len;
	return size;
}

static int compare_props(const void *a, const void *b)
{
	const struct prop *x = a, *y = b;

	return (x->tag > y->tag) - (x->tag < y->tag);
}

static uint64_t stored(struct ndb_out *out, struct view bytes)
{
	struct data_out data;

	data_out_start(&data, out);
	data_out_add(&data, bytes);
	return data_out_end(&data);
}

/* The value of a record: itself, or a HNID to where it was put. */
static void put_value(const struct prop *prop, struct heap_out *heap, struct subnodes_out *list, uint8_t *to)
{
	struct property p = { .type = (uint16_t)(prop->tag & 0xFFFF) };

	if (prop->nid) {
		field_put(to, 4, prop->nid);
	} else if (property_is_inline(&p)) {
		memcpy(to, prop->value.at, prop->value.len);
	} else if (prop->value.len > heap_out_item_max(heap)) {
		struct subnode_row row = { .nid = ndb_out_nid(heap->out, NID_TYPE_LTP) };

		row.data = stored(heap->out, prop->value);
		subnodes_out_add(list, heap->out, &row);
		field_put(to, 4, row.nid);
	} else if (prop->value.len) {
		field_put(to, 4, heap_out_add(heap, prop->value));
	}
}

uint64_t props_write(struct props *props, struct ndb_out *out, struct subnodes_out *list)
{
	enum { RECORD = PROPERTY_KEY_LEN + PROPERTY_DATA_LEN };
	uint8_t *records = memory_new(props->n, RECORD);
	struct heap_out heap;

	if (props->n)
		qsort(props->rows, props->n, sizeof *props->rows, compare_props);
	heap_out_start(&heap, out, HEAP_PROPERTIES);
	heap.root = bth_out_header(&heap, PROPERTY_KEY_LEN, PROPERTY_DATA_LEN);
	for (size_t i = 0; i < props->n; i++) {
		const struct prop *prop = &props->rows[i];

		assert(i == 0 || prop->tag >> 16 != props->rows[i - 1].tag >> 16);
		field_put(records + i * RECORD, 2, prop->tag >> 16);
		field_put(records + i * RECORD + 2, 2, prop->tag & 0xFFFF);
		put_value(prop, &heap, list, records + i * RECORD + 4);
	}
	bth_out_fill(&heap, heap.root, view_of(records, props->n * RECORD));
	free(records);
	return heap_out_end(&heap);
}
