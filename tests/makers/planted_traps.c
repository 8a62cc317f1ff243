/* This file plants what looks like a fault and is none: what real writers do, and where sources disagree. */
#include "planted.h"

#include "base/checked.h"
#include "plant_heap.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "pst/ndb/maps.h"

enum { INBOX_TABLE = 0x80AE, ROOT_TABLE = 0x12D, TOP = 0x8022 };

static uint32_t mail(const struct plant *p)
{
	return plant_message(p, NID_TYPE_NORMAL_MESSAGE, 0, MESSAGE_HAS_ATTACH | MESSAGE_SUBMIT, 0);
}

static void counters_ahead(struct plant *p)
{
	if (!p->wrong)
		return;
	plant_header_set(p, "bidNextB", plant_header(p, "bidNextB") + 4000);
	plant_header_set(p, "bidNextP", plant_header(p, "bidNextP") + 1000);
	plant_header_set(p, "dwUnique", plant_header(p, "dwUnique") + 1000);
	for (uint64_t t = 0; t < NID_TYPE_COUNT; t++)
		field_put(p->bytes + plant_header_at(p, "rgnid") + 4 * t, 4, 0x20000);
	plant_header_seal(p);
}

/* Outlook does not keep up the marks of these types. */
static void marks_behind(struct plant *p)
{
	static const uint8_t types[] = { NID_TYPE_SEARCH_UPDATE_QUEUE, NID_TYPE_SEARCH_CRITERIA_OBJECT,
					 NID_TYPE_SEARCH_CONTENTS_TABLE };

	for (size_t i = 0; p->wrong && i < COUNT_OF(types); i++)
		field_put(p->bytes + plant_header_at(p, "rgnid") + 4 * types[i], 4, 0);
	plant_header_seal(p);
}

/* Behind what both checksums cover. */
static void header_end(struct plant *p)
{
	if (p->wrong)
		memset(p->bytes + (p->v->kind == VARIANT_ANSI ? 480 : 530), 0xA5, 30);
}

static void header_maps(struct plant *p)
{
	if (!p->wrong)
		return;
	memset(p->bytes + plant_header_at(p, "rgbFM"), 0x17, HEADER_MAP_LEN);
	memset(p->bytes + plant_header_at(p, "rgbFP"), 0x17, HEADER_MAP_LEN);
	plant_header_seal(p);
}

/* Above the bits that versions have; the highest is still compared. */
static void counter_far_ahead(struct plant *p)
{
	plant_header_set(p, "dwUnique", plant_pick(p, 0xF0000000, plant_header(p, "dwUnique")));
}

static void address_book(struct plant *p)
{
	plant_header_set(p, "wMagicClient", plant_pick(p, HEADER_CLIENT_PAB, HEADER_CLIENT_PST));
}

/* Old programs keep other things where the density list may be. */
static void no_density_list(struct plant *p)
{
	if (p->wrong)
		memset(p->bytes + p->v->dlist, 0x5A, p->v->page_len);
}

static void fmap_content(struct plant *p)
{
	struct map_page maps[MAPS_PER_SECTION_MAX];
	unsigned n = maps_of_section(p->v, MAPS_FMAP_FIRST, maps);

	for (unsigned i = 0; p->wrong && i < n; i++)
		if (maps[i].type == PAGE_FMAP) {
			memset(p->bytes + maps[i].at, 0x42, p->v->entries_len);
			plant_page_seal(p, maps[i].at);
		}
}

/* A page that the older map holds in reserve: used in one map, free in the other. */
static void reserved_page(struct plant *p)
{
	uint64_t pmap = p->v->first_amap + p->v->page_len, at, i;

	if (!p->wrong)
		return;
	at = plant_alloc(p, 512, 512);
	i = (at - p->v->first_amap) / 512;
	p->bytes[pmap + p->v->amap_bits_at + i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	plant_page_seal(p, pmap);
	plant_header_set(p, "cbPMapFree", plant_header(p, "cbPMapFree") + 512);
}

static void free_space(struct plant *p)
{
	uint64_t at = plant_alloc(p, p->v->block_align, p->v->block_align);

	plant_free(p, at, p->v->block_align);
	if (p->wrong)
		memset(p->bytes + at, 0xEC, p->v->block_align);
}

/* Between a block's data and its trailer. */
static void padding(struct plant *p)
{
	for (size_t i = 0; p->wrong && i < p->facts->n_blocks; i++) {
		const struct block_fact *b = &p->facts->blocks[i];
		uint64_t end = variant_block_extent(p->v, b->len) - p->v->block_trailer_len;

		memset(p->bytes + b->at + b->len, 0x77, (size_t)(end - b->len));
	}
}

/* Readers ignore bit 0 of a reference. */
static void marked_reference(struct plant *p)
{
	uint64_t data = plant_node(p, mail(p)).data;

	plant_node_set(p, mail(p), "bidData", data | plant_pick(p, 1, 0));
}

/* The upper halves of subnodes' numbers are junk in Outlook's own stores. */
static void junk_halves(struct plant *p)
{
	uint64_t list = plant_node(p, mail(p)).subnode;
	size_t len;
	uint8_t *data = plant_read(p, list, &len);

	for (size_t at = p->v->sl_header_len; p->wrong && at < len; at += p->v->sl_entry_len)
		field_put(data + at + 4, 4, 0xDEADBEEF);
	plant_write(p, list, data, len);
}

static void queue_head(struct plant *p)
{
	static const uint8_t bytes[40] = { 0 };

	plant_node_set(p, SPECIAL_SEARCH_QUEUE, "bidData", plant_block_add(p, bytes, sizeof bytes, false));
	plant_node_set(p, SPECIAL_SEARCH_QUEUE, "nidParent", plant_pick(p, 20, 0));
}

/* Its entries have another size. */
static void gatherer_queue(struct plant *p)
{
	static const uint8_t bytes[40] = { 0 };

	plant_node_set(p, 0x281, "bidData", plant_block_add(p, bytes, (size_t)plant_pick(p, 28, 40), false));
}

static void odd_client(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, SPECIAL_ID_MAP);
	h.client = (uint8_t)plant_pick(p, 0x8C, h.client);
	plant_heap_close(&h);
}

static void cell(struct plant *p, uint16_t id)
{
	struct plant_table t;

	plant_table_open_node(&t, p, INBOX_TABLE);
	plant_cell(&t, 1, id)[0] ^= (uint8_t)plant_pick(p, 0x15, 0);
	plant_table_close(&t);
}

static void size_of_row(struct plant *p)
{
	cell(p, TAG_MESSAGE_SIZE);
}

static void status_of_row(struct plant *p)
{
	cell(p, TAG_MESSAGE_STATUS);
}

static void time_of_row(struct plant *p)
{
	cell(p, TAG_MODIFICATION_TIME);
}

/* Any byte but 0 is true. */
static void truth_of_row(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, ROOT_TABLE);
	if (p->wrong)
		plant_cell(&t, plant_row_find(&t, TOP), TAG_SUBFOLDERS)[0] = 0xFF;
	plant_table_close(&t);
}

/* Rows of search folders hold little more than their numbers. */
static void row_of_search(struct plant *p)
{
	struct plant_table t;

	plant_table_open_node(&t, p, ROOT_TABLE);
	if (p->wrong)
		plant_cell_empty(&t, plant_row_find(&t, 0x2223), TAG_DISPLAY_NAME);
	plant_table_close(&t);
}

/* Servers' stores keep the names of senders in a list of their own; cells are numbers in it, and no items. */
static void shared_names(struct plant *p)
{
	static const uint8_t names[64] = { 0 };
	uint8_t list[32] = { BTYPE_SLBLOCK, 0, 1 };
	struct sl_entry e = { .nid = 0x20 | NID_TYPE_INTERNAL };
	struct plant_table t;

	if (!p->wrong)
		return;
	plant_table_open_node(&t, p, INBOX_TABLE);
	for (size_t i = 0; i < t.n; i++)
		field_put(plant_cell(&t, i, TAG_SENDER), 4, (t.h.n + 3 + i) << 5);
	plant_table_close(&t);
	e.data = plant_block_add(p, names, sizeof names, false);
	field_encode(sl_entry_fields(p->v), &e, list + p->v->sl_header_len);
	plant_node_set(p, INBOX_TABLE, "bidSub",
		       plant_block_add(p, list, (size_t)p->v->sl_header_len + p->v->sl_entry_len, true));
}

static void add(struct plant *p, uint16_t id, uint16_t type, uint32_t value)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, mail(p));
	if (p->wrong)
		plant_property_set(&h, id, type, value);
	plant_heap_close(&h);
}

static void empty_text(struct plant *p)
{
	add(p, 0x3EFF, PTYP_STRING, 0);
}

static void empty_list(struct plant *p)
{
	add(p, 0x3EFF, PTYP_STRING | PTYP_MULTIPLE, 0);
}

static void error_value(struct plant *p)
{
	add(p, 0x3EFF, PTYP_ERROR, 0x8004010F);
}

/* An item of no bytes is the empty value. */
static void empty_item(struct plant *p)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, mail(p));
	if (p->wrong)
		plant_property_set(&h, 0x3EFF, PTYP_BINARY, plant_item_add(&h, NULL, 0));
	plant_heap_close(&h);
}

/* No source says how it is computed. */
static void object_size(struct plant *p)
{
	for (unsigned n = 0;; n++) {
		uint32_t nid = plant_message(p, NID_TYPE_NORMAL_MESSAGE, MESSAGE_HAS_ATTACH, 0, n);
		uint64_t list = plant_node(p, nid).subnode;
		size_t len;
		uint8_t *data = plant_read(p, list, &len);
		struct sl_entry e;
		struct plant_heap h;

		/* The message inside is the last one. */
		(void)field_decode(sl_entry_fields(p->v),
				   view_of(data + len - p->v->sl_entry_len, p->v->sl_entry_len), &e);
		plant_heap_open(&h, p, e.data);
		if (plant_record_value(&h, TAG_ATTACH_METHOD) != ATTACH_EMBEDDED)
			continue;
		plant_value(&h, TAG_ATTACH_DATA)->bytes[5] ^= (uint8_t)plant_pick(p, 1, 0);
		plant_heap_close(&h);
		return;
	}
}

/* Writers leave them out, and mail works. */
static void without(struct plant *p, uint16_t id)
{
	struct plant_heap h;

	plant_heap_open_node(&h, p, mail(p));
	if (p->wrong)
		plant_property_remove(&h, id);
	plant_heap_close(&h);
}

static void without_creation(struct plant *p)
{
	without(p, TAG_CREATION_TIME);
}

static void without_change(struct plant *p)
{
	without(p, TAG_MODIFICATION_TIME);
}

static void unused_block(struct plant *p)
{
	static const uint8_t bytes[40] = { 0 };
	uint64_t bid;

	if (!p->wrong)
		return;
	bid = plant_block_add(p, bytes, sizeof bytes, false);
	plant_hold(p, bid, -1);
}

/* A tree of a level more than it needs. */
static void tall_tree(struct plant *p)
{
	struct plant_heap h;
	struct plant_item *header;
	uint8_t upper[6];

	if (!p->wrong)
		return;
	plant_heap_open_node(&h, p, mail(p));
	header = plant_item(&h, h.root);
	memcpy(upper + 2, header->bytes + 4, 4);
	field_put(upper, 2, 0);
	field_put(header->bytes + 4, 4, plant_item_add(&h, upper, sizeof upper));
	header->bytes[3] = 1;
	plant_heap_close(&h);
}

static const struct planted_row rows[] = {
	TRAP("counters and marks ahead", ALL, SMALL, counters_ahead),
	TRAP("dwUnique far ahead", ALL, SMALL, counter_far_ahead),
	TRAP("marks of searches behind", ALL, SMALL, marks_behind),
	TRAP("bytes behind the header's checksums", ALL, SMALL, header_end),
	TRAP("the header's own maps", ALL, SMALL, header_maps),
	TRAP("a client of address books", ALL, SMALL, address_book),
	TRAP("no density list", ALL, SMALL, no_density_list),
	TRAP("what an FMap says", 512, FAR, fmap_content),
	TRAP("a page in reserve", 512, SMALL, reserved_page),
	TRAP("free space that is not empty", ALL, SMALL, free_space),
	TRAP("padding that is not empty", ALL, SMALL, padding),
	TRAP("bit 0 of a reference", ALL, SMALL, marked_reference),
	TRAP("upper halves of subnodes' numbers", WIDE, SMALL, junk_halves),
	TRAP("a queue's head in nidParent", ALL, SMALL, queue_head),
	TRAP("the gatherer's queue", ALL, SMALL, gatherer_queue),
	TRAP("a heap of another client", ALL, SMALL, odd_client),
	TRAP("another size in a row", ALL, SMALL, size_of_row),
	TRAP("another status in a row", ALL, SMALL, status_of_row),
	TRAP("another time of change in a row", ALL, SMALL, time_of_row),
	TRAP("0xFF for true", ALL, SMALL, truth_of_row),
	TRAP("a search folder's row without a name", ALL, SMALL, row_of_search),
	TRAP("names of senders in a list of their own", 4K, SMALL, shared_names),
	TRAP("an empty text", ALL, SMALL, empty_text),
	TRAP("no texts", ALL, SMALL, empty_list),
	TRAP("an error for a value", ALL, SMALL, error_value),
	TRAP("an empty item", ALL, SMALL, empty_item),
	TRAP("the size in an object's value", ALL, SMALL, object_size),
	TRAP("a message without a time of creation", ALL, SMALL, without_creation),
	TRAP("a message without a time of change", ALL, SMALL, without_change),
	TRAP("a block that waits to be freed", ALL, SMALL, unused_block),
	TRAP("an upper key below its child's", ALL, SMALL, tall_tree),
};

const struct planted_part planted_traps = { "traps", rows, COUNT_OF(rows), false };
