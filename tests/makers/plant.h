/* This file changes one thing of a made store in memory and keeps all the rest of it right.
 *
 *	struct plant p;
 *	plant_start(&p, made);
 *	node = plant_node(&p, nid);
 *	data = plant_read(&p, node.data, &len);
 *	plant_write(&p, node.data, data, len);
 *	plant_end(&p);
 *
 * Whatever is written gets its checksum, signature, place in the maps, entry in
 * the tree of blocks and count in the header: what is wrong afterwards is what
 * was planted. Only blocks that fit a page of free entries are added; pages are
 * never split. A mistake of a test ends the program.
 */
#ifndef POSTMEND_TESTS_MAKERS_PLANT_H
#define POSTMEND_TESTS_MAKERS_PLANT_H

#include "check/check.h"
#include "check/mailbox_facts.h"
#include "memory.h"
#include "pst/ndb/page.h"

#include <assert.h>
#include <string.h>

/* A sound store, and what the check knows of it. */
struct made {
	uint16_t version;
	int file; /* without a name any more */
	size_t size;
	struct arena *arena;
	struct check_facts *facts;
	double seconds; /* that a check of it takes */
};

struct plant {
	const struct made *made;
	const struct variant *v;
	const struct check_facts *facts; /* of the sound store */
	struct arena *arena;
	uint8_t *bytes;      /* a private picture of the file */
	uint64_t size;       /* may be set to more: zeros follow */
	bool wrong;          /* what is planted is a fault; else the control, which is right */
	uint64_t refused_at; /* the device refuses this byte; UINT64_MAX: none */
};

void plant_start(struct plant *p, const struct made *made, bool wrong);
void plant_end(struct plant *p);

/* The store as it is now, for a check; lives as long as the plant. */
struct image plant_image(struct plant *p);

/* A fault's value, or the control's. */
static inline uint64_t plant_pick(const struct plant *p, uint64_t fault, uint64_t control)
{
	return p->wrong ? fault : control;
}

/* A field of a structure that begins at `at`, by the name in its table. */
uint64_t plant_get(const struct plant *p, const struct field_table *table, const char *name, uint64_t at);
void plant_set(struct plant *p, const struct field_table *table, const char *name, uint64_t at,
	       uint64_t value);

/* Fields of the header; both checksums are renewed. */
uint64_t plant_header(const struct plant *p, const char *name);
void plant_header_set(struct plant *p, const char *name, uint64_t value);
void plant_header_seal(struct plant *p);
uint64_t plant_header_at(const struct plant *p, const char *name);

/* Pages: the n-th of its level in the order of keys, from the end when n < 0; the offset. */
uint64_t plant_page(const struct plant *p, enum page_type type, uint64_t level, int n);
void plant_page_seal(struct plant *p, uint64_t at);                 /* the checksum alone */
void plant_page_reseal(struct plant *p, uint64_t at, uint64_t bid); /* the whole trailer */
uint64_t plant_page_bid(const struct plant *p, uint64_t at);
struct btree_page plant_counters(const struct plant *p, uint64_t at);
void plant_counter_set(struct plant *p, uint64_t at, const char *name, uint64_t value);
void plant_trailer_set(struct plant *p, uint64_t at, const char *name, uint64_t value);

/* Entries: offsets. Setting a field seals its page. */
uint64_t plant_entry(const struct plant *p, uint64_t page_at, uint64_t i);
uint64_t plant_find(const struct plant *p, enum page_type type, uint64_t key); /* in a leaf; 0: none */
uint64_t plant_parent_entry(const struct plant *p, uint64_t page_at);          /* 0 for a root */
void plant_entry_set(struct plant *p, const struct field_table *table, uint64_t at, const char *name,
		     uint64_t value);
void plant_entry_add(struct plant *p, enum page_type type, const uint8_t *entry);
void plant_entry_remove(struct plant *p, enum page_type type, uint64_t key);

/* Maps. */
uint64_t plant_alloc(struct plant *p, uint64_t len, uint64_t align);
void plant_free(struct plant *p, uint64_t at, uint64_t len);
/* Sets or clears bits alone: neither totals nor anything else follow. */
void plant_map_bits(struct plant *p, uint64_t at, uint64_t len, bool used);

/* Blocks. */
struct bbt_entry plant_block(const struct plant *p, uint64_t bid);
void plant_block_set(struct plant *p, uint64_t bid, const char *name, uint64_t value);
uint8_t *plant_read(const struct plant *p, uint64_t bid, size_t *len_out); /* decoded, with room behind */
void plant_write(struct plant *p, uint64_t bid, const uint8_t *data, size_t len);
uint64_t plant_block_add(struct plant *p, const uint8_t *data, size_t len, bool internal); /* one holder */
void plant_hold(struct plant *p, uint64_t bid, int more);
uint64_t plant_trailer_at(const struct plant *p, uint64_t bid);
void plant_block_reseal(struct plant *p, uint64_t bid); /* the checksum of bytes as they lie */

/* Nodes. */
bool plant_has_node(const struct plant *p, uint32_t nid);
struct nbt_entry plant_node(const struct plant *p, uint32_t nid);
void plant_node_set(struct plant *p, uint32_t nid, const char *name, uint64_t value);
void plant_node_add(struct plant *p, const struct nbt_entry *node); /* holds its blocks */
void plant_node_remove(struct plant *p, uint32_t nid);
/* The n-th node of a type whose message flags have these bits and lack those. */
uint32_t plant_message(const struct plant *p, enum nid_type type, uint32_t has, uint32_t lacks, unsigned n);

/* A list of subnodes; the entry with this NID, or of this type when `nid` is below 0x20. */
struct sl_entry plant_subnode(const struct plant *p, uint64_t list, uint32_t nid);
void plant_subnode_set(struct plant *p, uint64_t list, uint32_t nid, const char *name, uint64_t value);
void plant_subnode_add(struct plant *p, uint64_t list, const struct sl_entry *entry);

#endif
