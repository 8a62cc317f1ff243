/* This file changes what is in a heap of one block. */
#include "plant_heap.h"

enum { RECORD_LEN = 8, BTH_ROOT_AT = 4, INFO_INDEX_AT = 10, INFO_ROWS_AT = 14 };

static uint32_t get(const uint8_t *at, size_t width)
{
	uint32_t value = 0;

	for (size_t i = width; i-- > 0;)
		value = value << 8 | at[i];
	return value;
}

static uint8_t *item_room(struct plant_heap *h)
{
	uint8_t *room = arena_alloc(h->p->arena, PLANT_ITEM_MAX);

	assert(room);
	return room;
}

void plant_heap_open(struct plant_heap *h, struct plant *p, uint64_t bid)
{
	size_t len, map;
	uint8_t *data = plant_read(p, bid, &len);

	assert(data[2] == HEAP_SIGNATURE);
	*h = (struct plant_heap){
		.p = p, .bid = bid, .client = data[3], .root = get(data + 4, 4), .level = 0xFF
	};
	map = get(data, 2);
	h->n = get(data + map, 2);
	assert(h->n <= PLANT_ITEMS_MAX);
	for (size_t i = 0; i < h->n; i++) {
		size_t from = get(data + map + 4 + 2 * i, 2), to = get(data + map + 6 + 2 * i, 2);

		h->items[i] = (struct plant_item){ data + from, to - from };
	}
	/* Each in room of its own, so that it may grow. */
	for (size_t i = 0; i < h->n; i++) {
		uint8_t *room = item_room(h);

		memcpy(room, h->items[i].bytes, h->items[i].len);
		h->items[i].bytes = room;
	}
}

void plant_heap_open_node(struct plant_heap *h, struct plant *p, uint32_t nid)
{
	plant_heap_open(h, p, plant_node(p, nid).data);
}

/* [MS-PST] 2.3.1.2, in steps of free bytes. */
static uint8_t fill_level(size_t n_free)
{
	static const uint16_t least[] = { 3584, 2560, 2048, 1792, 1536, 1280, 1024, 768,
					  512,  256,  128,  64,   32,   16,   8 };
	uint8_t level = 0;

	while (level < sizeof least / sizeof least[0] && n_free < least[level])
		level++;
	return level;
}

void plant_heap_close(struct plant_heap *h)
{
	uint8_t *data = arena_alloc(h->p->arena, h->p->v->block_data_max + (size_t)PLANT_ITEM_MAX);
	size_t at = HEAP_HEADER_LEN, n_free = 0, map, used;

	assert(data);
	for (size_t i = 0; i < h->n; i++) {
		memcpy(data + at, h->items[i].bytes, h->items[i].len);
		at += h->items[i].len;
		n_free += h->items[i].len == 0;
	}
	map = at + at % 2;
	used = map + 4 + 2 * (h->n + 1);
	assert(used <= h->p->v->block_data_max);
	field_put(data + map, 2, h->n);
	field_put(data + map + 2, 2, (uint64_t)((int64_t)n_free + h->extra_free));
	at = HEAP_HEADER_LEN;
	for (size_t i = 0; i <= h->n; i++) {
		field_put(data + map + 4 + 2 * i, 2, at);
		at += i < h->n ? h->items[i].len : 0;
	}
	field_put(data, 2, map);
	data[2] = HEAP_SIGNATURE;
	data[3] = h->client;
	field_put(data + 4, 4, h->root);
	data[8] = h->level == 0xFF ? fill_level(h->p->v->block_data_max - used) : h->level;
	plant_write(h->p, h->bid, data, used);
}

struct plant_item *plant_item(struct plant_heap *h, uint32_t hid)
{
	uint32_t index = variant_hid_index(h->p->v, (struct hid){ hid });

	assert(index && index <= h->n);
	return &h->items[index - 1];
}

uint32_t plant_item_add(struct plant_heap *h, const uint8_t *bytes, size_t len)
{
	struct plant_item *item = &h->items[h->n++];

	assert(h->n <= PLANT_ITEMS_MAX && len <= PLANT_ITEM_MAX);
	*item = (struct plant_item){ item_room(h), len };
	if (len)
		memcpy(item->bytes, bytes, len);
	return (uint32_t)h->n << 5;
}

static struct plant_item *records(struct plant_heap *h)
{
	struct plant_item *header = plant_item(h, h->root);

	assert(header->bytes[0] == BTH_TYPE && header->bytes[3] == 0);
	return plant_item(h, get(header->bytes + BTH_ROOT_AT, 4));
}

uint8_t *plant_record(struct plant_heap *h, uint16_t id)
{
	struct plant_item *all = records(h);

	for (size_t i = 0; i < all->len; i += RECORD_LEN)
		if (get(all->bytes + i, 2) == id)
			return all->bytes + i;
	return NULL;
}

static uint8_t *record_that_is(struct plant_heap *h, uint16_t id)
{
	uint8_t *record = plant_record(h, id);

	if (!record) {
		fprintf(stderr, "planted: no property 0x%04X\n", id);
		abort();
	}
	return record;
}

uint32_t plant_record_value(struct plant_heap *h, uint16_t id)
{
	return get(record_that_is(h, id) + 4, 4);
}

void plant_record_value_set(struct plant_heap *h, uint16_t id, uint32_t value)
{
	field_put(record_that_is(h, id) + 4, 4, value);
}

void plant_record_type_set(struct plant_heap *h, uint16_t id, uint16_t type)
{
	field_put(record_that_is(h, id) + 2, 2, type);
}

void plant_property_set(struct plant_heap *h, uint16_t id, uint16_t type, uint32_t value)
{
	struct plant_item *all = records(h);
	size_t at = 0;

	if (!plant_record(h, id)) {
		while (at < all->len && get(all->bytes + at, 2) < id)
			at += RECORD_LEN;
		memmove(all->bytes + at + RECORD_LEN, all->bytes + at, all->len - at);
		all->len += RECORD_LEN;
		field_put(all->bytes + at, 2, id);
	}
	plant_record_value_set(h, id, value);
	plant_record_type_set(h, id, type);
}

struct plant_item *plant_value(struct plant_heap *h, uint16_t id)
{
	uint32_t hid = plant_record_value(h, id);

	assert(hid && hnid_is_hid(hid));
	return plant_item(h, hid);
}

void plant_property_remove(struct plant_heap *h, uint16_t id)
{
	struct plant_item *all = records(h);
	uint8_t *record = record_that_is(h, id);
	struct property p = { id, (uint16_t)get(record + 2, 2), get(record + 4, 4) };
	size_t at = (size_t)(record - all->bytes);

	if (!property_is_inline(&p) && p.value && hnid_is_hid(p.value))
		plant_item(h, p.value)->len = 0;
	memmove(record, record + RECORD_LEN, all->len - at - RECORD_LEN);
	all->len -= RECORD_LEN;
}

void plant_property_take(struct plant *p, uint32_t nid, uint16_t id)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, nid);
	if (p->wrong)
		plant_property_remove(&h, id);
	plant_heap_close(&h);
}

static void look_at_table(struct plant_table *t)
{
	uint32_t rows;

	t->info = plant_item(&t->h, t->h.root);
	assert(t->info->bytes && t->info->bytes[0] == TABLE_TYPE);
	t->row_len = get(t->info->bytes + 8, 2);
	rows = get(t->info->bytes + INFO_ROWS_AT, 4);
	assert(rows && hnid_is_hid(rows));
	t->rows = plant_item(&t->h, rows);
	t->n = t->rows->len / t->row_len;
}

void plant_table_open(struct plant_table *t, struct plant *p, uint64_t bid)
{
	plant_heap_open(&t->h, p, bid);
	look_at_table(t);
}

void plant_table_open_node(struct plant_table *t, struct plant *p, uint32_t nid)
{
	plant_table_open(t, p, plant_node(p, nid).data);
}

void plant_table_close(struct plant_table *t)
{
	plant_heap_close(&t->h);
}

uint8_t *plant_row(struct plant_table *t, size_t i)
{
	assert(i < t->n);
	return t->rows->bytes + i * t->row_len;
}

uint32_t plant_row_id(struct plant_table *t, size_t i)
{
	return get(plant_row(t, i), 4);
}

size_t plant_row_find(struct plant_table *t, uint32_t id)
{
	size_t i = 0;

	while (plant_row_id(t, i) != id)
		i++;
	return i;
}

uint8_t *plant_column(struct plant_table *t, uint16_t id)
{
	for (size_t i = 0; i < t->info->bytes[1]; i++)
		if (get(t->info->bytes + TABLE_INFO_LEN + i * TABLE_COLUMN_LEN + 2, 2) == id)
			return t->info->bytes + TABLE_INFO_LEN + i * TABLE_COLUMN_LEN;
	return NULL;
}

uint8_t *plant_cell(struct plant_table *t, size_t row, uint16_t id)
{
	uint8_t *column = plant_column(t, id);

	assert(column);
	return plant_row(t, row) + get(column + 4, 2);
}

/* The cell existence block begins where cells of one byte end. */
void plant_cell_empty(struct plant_table *t, size_t row, uint16_t id)
{
	uint8_t *column = plant_column(t, id), *bits = plant_row(t, row) + get(t->info->bytes + 6, 2);

	assert(column);
	bits[column[7] / 8] &= (uint8_t) ~(0x80 >> column[7] % 8);
	memset(plant_cell(t, row, id), 0, column[6]);
}

struct plant_item *plant_cell_item(struct plant_table *t, size_t row, uint16_t id)
{
	return plant_item(&t->h, get(plant_cell(t, row, id), 4));
}

struct plant_item *plant_index(struct plant_table *t)
{
	struct plant_item *header = plant_item(&t->h, get(t->info->bytes + INFO_INDEX_AT, 4));

	assert(header->bytes[0] == BTH_TYPE && header->bytes[3] == 0);
	return plant_item(&t->h, get(header->bytes + BTH_ROOT_AT, 4));
}

void plant_index_renew(struct plant_table *t)
{
	struct plant_item *header = plant_item(&t->h, get(t->info->bytes + INFO_INDEX_AT, 4));
	struct plant_item *index = plant_index(t);
	size_t len = header->bytes[1] + (size_t)header->bytes[2];
	uint32_t last = 0;

	index->len = 0;
	/* The next higher number each time. */
	for (size_t i = 0; i < t->n; i++) {
		size_t best = SIZE_MAX;

		for (size_t k = 0; k < t->n; k++)
			if (plant_row_id(t, k) > last &&
			    (best == SIZE_MAX || plant_row_id(t, k) < plant_row_id(t, best)))
				best = k;
		if (best == SIZE_MAX)
			return;
		last = plant_row_id(t, best);
		field_put(index->bytes + index->len, 4, last);
		field_put(index->bytes + index->len + 4, header->bytes[2], best);
		index->len += len;
	}
}

void plant_row_remove(struct plant_table *t, size_t i)
{
	assert(t->n > 1);
	memmove(plant_row(t, i), plant_row(t, i) + t->row_len, (t->n - i - 1) * t->row_len);
	t->rows->len -= t->row_len;
	t->n--;
	plant_index_renew(t);
}

void plant_row_copy(struct plant_table *t, size_t i, uint32_t id)
{
	uint64_t unique = plant_header(t->h.p, "dwUnique");

	assert(t->rows->len + t->row_len <= PLANT_ITEM_MAX);
	memcpy(t->rows->bytes + t->rows->len, plant_row(t, i), t->row_len);
	t->rows->len += t->row_len;
	t->n++;
	field_put(plant_row(t, t->n - 1), 4, id);
	field_put(plant_row(t, t->n - 1) + 4, 4, unique);
	plant_header_set(t->h.p, "dwUnique", unique + 1);
	plant_index_renew(t);
}
