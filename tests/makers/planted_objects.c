/* This file plants faults of heaps, property contexts and table contexts. */
#include "planted.h"

#include "base/checked.h"
#include "plant_heap.h"
#include "pst/msg/tags.h"

enum { INBOX_TABLE = 0x80AE, STORE_OBJECT = 0x21 };

static uint32_t plain(const struct plant *p)
{
	return plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, MESSAGE_HAS_ATTACH, 1);
}

static void open_plain(struct plant_heap *h, struct plant *p)
{
	plant_heap_open_node(h, p, plain(p));
}

/* Bytes of the block as they are, for what no heap could hold. */
static void set_bytes(struct plant *p, size_t at, size_t width, uint64_t value)
{
	uint64_t bid = plant_node(p, plain(p)).data;
	size_t len;
	uint8_t *data = plant_read(p, bid, &len);

	field_put(data + at, width, value);
	plant_write(p, bid, data, len);
}

static uint64_t get_bytes(const struct plant *p, size_t at, size_t width)
{
	size_t len;
	uint8_t *data = plant_read(p, plant_node(p, plain(p)).data, &len);
	uint64_t value = 0;

	for (size_t i = width; i-- > 0;)
		value = value << 8 | data[at + i];
	return value;
}

static void heap_signature(struct plant *p)
{
	set_bytes(p, 2, 1, plant_pick(p, 0xED, HEAP_SIGNATURE));
}

static void heap_client(struct plant *p)
{
	set_bytes(p, 3, 1, plant_pick(p, HEAP_TABLE, HEAP_PROPERTIES));
}

static void map_place_odd(struct plant *p)
{
	set_bytes(p, 0, 2, get_bytes(p, 0, 2) + plant_pick(p, 1, 0));
}

static void map_place_beyond(struct plant *p)
{
	set_bytes(p, 0, 2, plant_pick(p, 0xFFFE, get_bytes(p, 0, 2)));
}

/* The edge of the third item comes before that of the second. */
static void map_edges(struct plant *p)
{
	size_t map = (size_t)get_bytes(p, 0, 2);
	uint64_t before = get_bytes(p, map + 4 + 2 * 4, 2), mine = get_bytes(p, map + 4 + 2 * 5, 2);

	set_bytes(p, map + 4 + 2 * 5, 2, plant_pick(p, before - 2, mine));
}

static void free_count(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	h.extra_free = (int)plant_pick(p, 1, 0);
	plant_heap_close(&h);
}

static void fill_level(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	h.level = (uint8_t)plant_pick(p, 15, 0xFF);
	plant_heap_close(&h);
}

static void item_missing(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	plant_record_value_set(
		&h, TAG_SEARCH_KEY,
		(uint32_t)plant_pick(p, (h.n + 1) << 5, plant_record_value(&h, TAG_SEARCH_KEY)));
	plant_heap_close(&h);
}

static void item_shared(struct plant *p)
{
	struct plant_heap h;
	uint32_t key;
	struct plant_item *item;

	open_plain(&h, p);
	item = plant_value(&h, TAG_SEARCH_KEY);
	key = plant_record_value(&h, TAG_SEARCH_KEY);
	if (!p->wrong)
		key = plant_item_add(&h, item->bytes, item->len);
	plant_property_set(&h, 0x3EFF, PTYP_BINARY, key);
	plant_heap_close(&h);
}

static void bth_type(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	plant_item(&h, h.root)->bytes[0] = (uint8_t)plant_pick(p, 0xB4, 0xB5);
	plant_heap_close(&h);
}

static void bth_key_len(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	plant_item(&h, h.root)->bytes[1] = (uint8_t)plant_pick(p, 3, 2);
	plant_heap_close(&h);
}

static void bth_order(struct plant *p)
{
	struct plant_heap h;
	uint8_t swap[8], *record;

	open_plain(&h, p);
	record = plant_record(&h, TAG_CREATION_TIME);
	memcpy(swap, record, sizeof swap);
	if (p->wrong) {
		memcpy(record, record + 8, sizeof swap);
		memcpy(record + 8, swap, sizeof swap);
	}
	plant_heap_close(&h);
}

static void bth_cut(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	for (size_t i = 0; p->wrong && i < h.n; i++)
		if (h.items[i].bytes == plant_record(&h, TAG_IMPORTANCE))
			h.items[i].len -= 2;
	plant_heap_close(&h);
}

/* A level more: an item of keys and HIDs over the records. */
static void bth_levels(struct plant *p)
{
	struct plant_heap h;
	struct plant_item *header;
	uint8_t upper[6];

	open_plain(&h, p);
	header = plant_item(&h, h.root);
	memcpy(upper + 2, header->bytes + 4, 4);
	field_put(upper, 2, plant_pick(p, 0x7000, TAG_IMPORTANCE));
	field_put(header->bytes + 4, 4, plant_item_add(&h, upper, sizeof upper));
	header->bytes[3] = 1;
	plant_heap_close(&h);
}

static void type_unknown(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	plant_property_set(&h, 0x3EFF, (uint16_t)plant_pick(p, 0x7777, PTYP_INTEGER_32), 5);
	plant_heap_close(&h);
}

static void value_len(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	plant_value(&h, TAG_CREATION_TIME)->len -= plant_pick(p, 1, 0);
	plant_heap_close(&h);
}

/* Two texts whose second begins before the first. */
static void value_layout(struct plant *p)
{
	uint8_t texts[16] = { 2, 0, 0, 0, 12, 0, 0, 0, 14, 0, 0, 0, 'a', 0, 'b', 0 };
	struct plant_heap h;

	texts[8] = (uint8_t)plant_pick(p, 11, 14);
	open_plain(&h, p);
	plant_property_set(&h, 0x3EFF, PTYP_STRING | PTYP_MULTIPLE, plant_item_add(&h, texts, sizeof texts));
	plant_heap_close(&h);
}

static void empty_records(struct plant *p)
{
	struct plant_heap h;

	open_plain(&h, p);
	for (size_t i = 0; p->wrong && i < h.n; i++)
		if (h.items[i].bytes == plant_record(&h, TAG_IMPORTANCE)) {
			memset(h.items[i].bytes + h.items[i].len, 0, 16);
			h.items[i].len += 16;
		}
	plant_heap_close(&h);
}

static uint32_t with_files(const struct plant *p)
{
	return plant_message(p, NID_TYPE_NORMAL_MESSAGE, MESSAGE_HAS_ATTACH, 0, 0);
}

static struct sl_entry file_of(const struct plant *p)
{
	return plant_subnode(p, plant_node(p, with_files(p)).subnode, NID_TYPE_ATTACHMENT);
}

/* The content of an attachment is a subnode of it. */
static void value_missing(struct plant *p)
{
	struct sl_entry file = file_of(p);
	struct plant_heap h;
	uint32_t nid;

	plant_heap_open(&h, p, file.data);
	nid = plant_record_value(&h, TAG_ATTACH_DATA);
	plant_record_value_set(&h, TAG_ATTACH_DATA, nid + (uint32_t)plant_pick(p, 0x20, 0));
	plant_heap_close(&h);
}

static void subnode_unused(struct plant *p)
{
	struct sl_entry file = file_of(p), more = plant_subnode(p, file.subnode, NID_TYPE_LTP);
	struct plant_heap h;

	more.nid += 0x20;
	more.subnode = 0;
	field_put(p->bytes + plant_header_at(p, "rgnid") + sizeof(uint32_t) * NID_TYPE_LTP, 4, 0x10000);
	plant_header_seal(p);
	plant_subnode_add(p, file.subnode, &more);
	if (p->wrong)
		return;
	plant_heap_open(&h, p, file.data);
	plant_property_set(&h, 0x3EFF, PTYP_BINARY, (uint32_t)more.nid);
	plant_heap_close(&h);
}

static void open_table(struct plant_table *t, struct plant *p)
{
	plant_table_open_node(t, p, INBOX_TABLE);
}

static void table_type(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	t.info->bytes[0] = (uint8_t)plant_pick(p, 0x7D, TABLE_TYPE);
	plant_table_close(&t);
}

static void table_edges(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	t.info->bytes[4] = (uint8_t)(t.info->bytes[4] + plant_pick(p, 1, 0));
	plant_table_close(&t);
}

static void table_bits(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	plant_column(&t, TAG_IMPORTANCE)[7] =
		(uint8_t)plant_pick(p, plant_column(&t, TAG_SUBJECT)[7], plant_column(&t, TAG_IMPORTANCE)[7]);
	plant_table_close(&t);
}

static void table_order(struct plant *p)
{
	struct plant_table t;
	uint8_t swap[8], *column;

	open_table(&t, p);
	column = plant_column(&t, TAG_IMPORTANCE);
	memcpy(swap, column, sizeof swap);
	if (p->wrong) {
		memcpy(column, column + 8, sizeof swap);
		memcpy(column + 8, swap, sizeof swap);
	}
	plant_table_close(&t);
}

/* The same column under another number. */
static void column_missing(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	field_put(plant_column(&t, TAG_MESSAGE_STATUS) + 2, 2, plant_pick(p, 0x0E16, TAG_MESSAGE_STATUS));
	plant_table_close(&t);
}

/* A column of the right number and another type is another column. */
static void column_type(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	field_put(plant_column(&t, TAG_MESSAGE_STATUS), 2, plant_pick(p, PTYP_FLOATING_32, PTYP_INTEGER_32));
	plant_table_close(&t);
}

/* The numbers of rows change places with their versions. */
static void row_id_misplaced(struct plant *p)
{
	struct plant_table t;
	uint8_t *id, *version;

	open_table(&t, p);
	id = plant_column(&t, TABLE_ROW_ID >> 16);
	version = plant_column(&t, TABLE_ROW_VERSION >> 16);
	if (p->wrong) {
		id[4] = 4;
		version[4] = 0;
	}
	plant_table_close(&t);
}

static void row_index_row(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	plant_index(&t)->bytes[4] = (uint8_t)plant_pick(p, t.n, plant_index(&t)->bytes[4]);
	plant_table_close(&t);
}

static void row_index_short(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	plant_index(&t)->len -= plant_pick(p, p->v->kind == VARIANT_ANSI ? 6 : 8, 0);
	plant_table_close(&t);
}

static void row_index_twice(struct plant *p)
{
	struct plant_table t;
	size_t len = p->v->kind == VARIANT_ANSI ? 6 : 8;

	open_table(&t, p);
	plant_index(&t)->bytes[len + 4] = plant_index(&t)->bytes[p->wrong ? 4 : len + 4];
	plant_table_close(&t);
}

/* Two rows, each under the other's number in the index. */
static void row_id(struct plant *p)
{
	struct plant_table t;
	size_t len = p->v->kind == VARIANT_ANSI ? 6 : 8;
	uint8_t *index, swap;

	open_table(&t, p);
	index = plant_index(&t)->bytes;
	swap = index[4];
	if (p->wrong) {
		index[4] = index[len + 4];
		index[len + 4] = swap;
	}
	plant_table_close(&t);
}

static void rows_len(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	t.rows->len += plant_pick(p, 1, 0);
	plant_table_close(&t);
}

/* The bit of the row's own number. */
static void rows_bits(struct plant *p)
{
	struct plant_table t;
	uint8_t *bits;

	open_table(&t, p);
	bits = plant_row(&t, 1) + (t.info->bytes[6] | t.info->bytes[7] << 8);
	bits[0] &= (uint8_t)plant_pick(p, 0x7F, 0xFF);
	plant_table_close(&t);
}

static void row_version(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	memcpy(plant_row(&t, 1) + 4, plant_row(&t, p->wrong ? 0 : 1) + 4, 4);
	plant_table_close(&t);
}

static void cell_missing(struct plant *p)
{
	struct plant_table t;

	open_table(&t, p);
	if (p->wrong)
		field_put(plant_cell(&t, 1, TAG_CONVERSATION_INDEX), 4, (t.h.n + 3) << 5);
	plant_table_close(&t);
}

/* The first half of a pair, without the second. */
static void string_odd(struct plant *p)
{
	struct plant_heap h;
	uint8_t text[4] = { 'a', 0, 0, 0 };

	field_put(text + 2, 2, plant_pick(p, 0xD800, 0xD7FF));
	open_plain(&h, p);
	plant_property_set(&h, 0x3EFF, PTYP_STRING, plant_item_add(&h, text, sizeof text));
	plant_heap_close(&h);
}

static void string_cut(struct plant *p)
{
	struct plant_heap h;
	uint8_t text[4] = { 'a', 0, 'b', 0 };

	open_plain(&h, p);
	plant_property_set(&h, 0x3EFF, PTYP_STRING, plant_item_add(&h, text, (size_t)plant_pick(p, 3, 4)));
	plant_heap_close(&h);
}

static const struct planted_row rows[] = {
	FAULT("bSig 0xED", HEAP_SIGNATURE_WRONG, ALL, SMALL, heap_signature, NULL),
	FAULT("a table where properties are", HEAP_CLIENT_WRONG, ALL, SMALL, heap_client, "bClientSig"),
	FAULT("ibHnpm odd", HEAP_MAP_PLACE_WRONG, ALL, SMALL, map_place_odd, "heap_block"),
	FAULT("ibHnpm behind the end", HEAP_MAP_PLACE_WRONG, ALL, SMALL, map_place_beyond, "heap_block"),
	FAULT_WITH("rgibAlloc", HEAP_MAP_DAMAGED, ALL, SMALL, map_edges, "heap_block",
		   CODE_STORE_HEAP_ITEM_MISSING),
	FAULT("cFree", HEAP_FREE_COUNT_WRONG, ALL, SMALL, free_count, "heap_block"),
	FAULT("a level", HEAP_FILL_LEVEL_ODD, 512, SMALL, fill_level, "heap_block"),
	FAULT("of a property", HEAP_ITEM_MISSING, ALL, SMALL, item_missing, "hid"),
	FAULT("of a property, cyclic", HEAP_ITEM_MISSING, ALL, CYCLIC, item_missing, "hid"),
	FAULT("of a property, not encoded", HEAP_ITEM_MISSING, ALL, PLAIN, item_missing, "hid"),
	FAULT("of a cell", HEAP_ITEM_MISSING, ALL, SMALL, cell_missing, "hid"),
	FAULT("by two properties", HEAP_ITEM_SHARED, ALL, SMALL, item_shared, "hnid"),
	FAULT("bType", BTH_HEADER_WRONG, ALL, SMALL, bth_type, NULL),
	FAULT("cbKey 3", BTH_HEADER_WRONG, ALL, SMALL, bth_key_len, NULL),
	FAULT("two records swapped", BTH_DAMAGED, ALL, SMALL, bth_order, "faults"),
	FAULT("a record cut", BTH_DAMAGED, ALL, SMALL, bth_cut, "faults"),
	FAULT("an upper key above its child's", BTH_DAMAGED, ALL, SMALL, bth_levels, "faults"),
	FAULT("type 0x7777", PROPERTY_TYPE_WRONG, ALL, SMALL, type_unknown, "property"),
	FAULT("a time of 7 bytes", PROPERTY_TYPE_WRONG, ALL, SMALL, value_len, "property"),
	FAULT("texts whose offsets go back", PROPERTY_TYPE_WRONG, ALL, SMALL, value_layout, "property"),
	LOWERED("records of zeros behind the last", PROPERTY_TYPE_WRONG, ALL, SMALL, empty_records,
		"empty_records"),
	FAULT_WITH("an attachment's content", PROPERTY_VALUE_MISSING, ALL, TREES, value_missing, "nid",
		   CODE_STORE_SUBNODE_UNUSED),
	FAULT("of an attachment", SUBNODE_UNUSED, ALL, TREES, subnode_unused, "nid"),
	FAULT("bType", TABLE_HEADER_WRONG, ALL, SMALL, table_type, NULL),
	FAULT("rgib", TABLE_HEADER_WRONG, ALL, SMALL, table_edges, "faults"),
	FAULT("iBit given twice", TABLE_HEADER_WRONG, ALL, SMALL, table_bits, "faults"),
	FAULT("two columns swapped", TABLE_HEADER_WRONG, ALL, SMALL, table_order, "faults"),
	FAULT_WITH("under another number", TABLE_COLUMN_MISSING, ALL, SMALL, column_missing, "column",
		   CODE_STORE_TABLE_ROW_STALE),
	FAULT_WITH("with another type", TABLE_COLUMN_MISSING, ALL, SMALL, column_type, "column",
		   CODE_STORE_TABLE_ROW_STALE),
	FAULT("dwRowID at 4", TABLE_ROW_ID_MISPLACED, ALL, SMALL, row_id_misplaced, NULL),
	FAULT("a row behind the last", TABLE_ROW_INDEX_WRONG, ALL, SMALL, row_index_row, "row"),
	FAULT("a row left out", TABLE_ROW_INDEX_WRONG, ALL, SMALL, row_index_short, "rows"),
	FAULT("a row twice", TABLE_ROW_INDEX_WRONG, ALL, SMALL, row_index_twice, "row"),
	FAULT("two rows under each other's number", TABLE_ROW_ID_WRONG, ALL, SMALL, row_id, "dwRowID"),
	FAULT("a byte more", TABLE_ROWS_DAMAGED, ALL, SMALL, rows_len, "bytes"),
	FAULT("the bit of the row's number", TABLE_ROWS_DAMAGED, ALL, SMALL, rows_bits, "dwRowID"),
	FAULT("given twice", TABLE_ROW_VERSION_WRONG, ALL, SMALL, row_version, "first"),
	FAULT("half of a pair", STRING_ODD, ALL, SMALL, string_odd, "property"),
	FAULT("half of a character", STRING_ODD, ALL, SMALL, string_cut, "property"),
};

const struct planted_part planted_objects = { "objects", rows, COUNT_OF(rows), false };
