/* This file writes the middle layer of a store: heaps, trees in heaps, property contexts, table contexts. */
#ifndef POSTMEND_TESTS_MAKERS_LTP_OUT_H
#define POSTMEND_TESTS_MAKERS_LTP_OUT_H

#include "base/arena.h"
#include "ndb_out.h"
#include "pst/ltp/table.h"

enum { HEAP_ITEM_MAX = 3580, HEAP_ITEM_ANSI_MAX = 3068 };

struct heap_out {
	struct ndb_out *out;
	uint8_t client; /* bClientSig */
	uint32_t root;  /* hidUserRoot */
	struct heap_out_block *blocks;
	size_t n, room;
};

void heap_out_start(struct heap_out *heap, struct ndb_out *out, uint8_t client);

/* Adds an item of 1 to heap_out_item_max() bytes; its HID. */
uint32_t heap_out_add(struct heap_out *heap, struct view bytes);
size_t heap_out_item_max(const struct heap_out *heap);

/* The bytes of an item, to be written over. Valid until the next one is added. */
uint8_t *heap_out_item(struct heap_out *heap, uint32_t hid);

/* Returns the memory of a heap that is not wanted. */
void heap_out_drop(struct heap_out *heap);

/* Writes the heap and returns the memory; the data tree's BID. */
uint64_t heap_out_end(struct heap_out *heap);

/* Adds a header of a tree with no records; bth_out_fill() gives it some. */
uint32_t bth_out_header(struct heap_out *heap, uint8_t key_len, uint8_t data_len);
/* `records` are sorted and lie back to back. */
void bth_out_fill(struct heap_out *heap, uint32_t header, struct view records);

/* One property of an object. */
struct prop {
	uint32_t tag;      /* ID and type; text is written as 0x1F and becomes what the variant has */
	struct view value; /* as it is stored, without a terminator */
	uint32_t nid;      /* not 0: the value is a subnode that is written already */
	uint64_t len;      /* of the value, wherever it is */
};

struct props {
	struct arena *arena; /* the owner's */
	const struct variant *v;
	struct prop *rows;
	size_t n, room;
};

struct props *props_new(struct arena *arena, const struct variant *v);

/* The tag as it stands in this variant: text is 8 bits wide in ANSI stores. */
uint32_t props_tag(const struct variant *v, uint32_t tag);

void props_add_int(struct props *props, uint32_t tag, uint64_t value);
void props_add_bytes(struct props *props, uint32_t tag, struct view value);
/* UTF-8; ANSI stores take what Latin-1 has, the rest becomes a question mark. */
void props_add_text(struct props *props, uint32_t tag, const char *text);
void props_add_texts(struct props *props, uint32_t tag, const char *const *texts, size_t n);
void props_add_subnode(struct props *props, uint32_t tag, uint32_t nid, uint64_t len);
/* PtypObject: the object is subnode `nid`. */
void props_add_object(struct props *props, uint32_t tag, uint32_t nid, uint64_t len);

/* Text as it is stored. */
struct view props_text(struct arena *arena, const struct variant *v, const char *text);

const struct prop *props_find(const struct props *props, uint32_t tag);
uint64_t props_size(const struct props *props); /* bytes of all values */

/* Writes a property context; large values become subnodes in *list. The BID. */
uint64_t props_write(struct props *props, struct ndb_out *out, struct subnodes_out *list);

/* A column of a table, as in the templates. */
struct column {
	uint32_t tag;
	uint8_t at, bit;
};

struct columns {
	uint32_t nid; /* of the template */
	const struct column *rows;
	size_t n;
	bool wide_index; /* row indices of four bytes in ANSI stores too */
};

struct table_out {
	struct ndb_out *out;
	struct heap_out heap;
	const struct columns *columns;
	uint32_t info, index; /* HIDs */
	uint16_t ends[4];     /* rgib */
	uint8_t *rows;
	size_t n, room;
	struct subnodes_out list;
};

void table_out_start(struct table_out *table, struct ndb_out *out, const struct columns *columns);
/* A cell is filled for each column whose property the object has. */
void table_out_row(struct table_out *table, uint32_t row_id, const struct props *props);
/* Returns the memory. */
struct table_place {
	uint64_t data, subnode;
} table_out_end(struct table_out *table);
/* Returns the memory of a table that is not wanted. */
void table_out_drop(struct table_out *table);

#endif
