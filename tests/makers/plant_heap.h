/* This file changes what is in a heap of one block: items, properties, rows of tables.
 *
 *	plant_heap_open(&h, p, bid);
 *	plant_property_set(&h, 0x0E07, PTYP_INTEGER_32, 1);
 *	plant_heap_close(&h);
 *
 * Until it is closed nothing is written. Items keep their numbers; one that is
 * emptied is counted as free.
 */
#ifndef POSTMEND_TESTS_MAKERS_PLANT_HEAP_H
#define POSTMEND_TESTS_MAKERS_PLANT_HEAP_H

#include "plant.h"
#include "pst/ltp/table.h"

enum { PLANT_ITEMS_MAX = 1024, PLANT_ITEM_MAX = 3580 };

struct plant_item {
	uint8_t *bytes; /* PLANT_ITEM_MAX, or NULL while it is as long as ever */
	size_t len;
};

struct plant_heap {
	struct plant *p;
	uint64_t bid;
	uint8_t client, level; /* bClientSig; the first block's fill level on closing, 0xFF: the right one */
	uint32_t root;
	int extra_free; /* added to cFree on closing */
	struct plant_item items[PLANT_ITEMS_MAX];
	size_t n;
};

void plant_heap_open(struct plant_heap *h, struct plant *p, uint64_t bid);
void plant_heap_close(struct plant_heap *h);
/* The same for the data of a node. */
void plant_heap_open_node(struct plant_heap *h, struct plant *p, uint32_t nid);

struct plant_item *plant_item(struct plant_heap *h, uint32_t hid);
uint32_t plant_item_add(struct plant_heap *h, const uint8_t *bytes, size_t len); /* its HID */

/* Property contexts. A record is 8 bytes: ID, type, value or HNID. */
uint8_t *plant_record(struct plant_heap *h, uint16_t id); /* NULL: there is none */
uint32_t plant_record_value(struct plant_heap *h, uint16_t id);
void plant_record_value_set(struct plant_heap *h, uint16_t id, uint32_t value);
void plant_record_type_set(struct plant_heap *h, uint16_t id, uint16_t type);
void plant_property_set(struct plant_heap *h, uint16_t id, uint16_t type, uint32_t value); /* or adds it */
void plant_property_remove(struct plant_heap *h, uint16_t id); /* its item is emptied */
/* Of a node, where a fault is wanted. */
void plant_property_take(struct plant *p, uint32_t nid, uint16_t id);
struct plant_item *plant_value(struct plant_heap *h, uint16_t id); /* of one in the heap */

/* Tables whose rows are a heap item. */
struct plant_table {
	struct plant_heap h;
	struct plant_item *info, *rows;
	size_t row_len, n;
};
void plant_table_open(struct plant_table *t, struct plant *p, uint64_t bid);
void plant_table_open_node(struct plant_table *t, struct plant *p, uint32_t nid);
void plant_table_close(struct plant_table *t);
uint8_t *plant_row(struct plant_table *t, size_t i);
uint32_t plant_row_id(struct plant_table *t, size_t i);
size_t plant_row_find(struct plant_table *t, uint32_t id);
/* A cell's bytes in its row; ends the program when the table has no such column. */
uint8_t *plant_cell(struct plant_table *t, size_t row, uint16_t id);
void plant_cell_empty(struct plant_table *t, size_t row, uint16_t id);
struct plant_item *plant_cell_item(struct plant_table *t, size_t row, uint16_t id);
uint8_t *plant_column(struct plant_table *t, uint16_t id); /* TCOLDESC, 8 bytes; NULL: there is none */
struct plant_item *plant_index(struct plant_table *t);     /* records of the row index */
void plant_index_renew(struct plant_table *t);             /* from the rows */
void plant_row_remove(struct plant_table *t, size_t i);
void plant_row_copy(struct plant_table *t, size_t i, uint32_t id); /* with a version of its own */

#endif
