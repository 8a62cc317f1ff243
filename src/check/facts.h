/* This file holds what the passes of a store check have learnt, each fact owned by one pass.
 *
 * A pass reads facts of earlier passes and adds its own; a fact that could not
 * be had stays absent (see enum check_fact) and no later pass guesses it.
 *
 * Memory: at most 64 bytes for each block of the store, plus what is bounded
 * by nodes and pages, all from one arena.
 */
#ifndef POSTMEND_CHECK_FACTS_H
#define POSTMEND_CHECK_FACTS_H

#include "base/arena.h"
#include "pst/image.h"
#include "pst/ndb/block.h"
#include "pst/ndb/header.h"
#include "pst/ndb/page.h"

#include <stdbool.h>

/* Bits: which facts there are. */
enum check_fact {
	FACT_VARIANT = 1 << 0,    /* the kind of store is known */
	FACT_HEADER = 1 << 1,     /* the header's fields can be believed */
	FACT_BLOCKS = 1 << 2,     /* the BBT was read; see bbt_whole */
	FACT_NODES = 1 << 3,      /* the NBT was read; see nbt_whole */
	FACT_EXTENTS = 1 << 4,    /* every live extent is known and none overlaps */
	FACT_CONTENT = 1 << 5,    /* every block was read and judged */
	FACT_REFERENCES = 1 << 6, /* every holder of a block was counted */
	FACT_OBJECTS = 1 << 7,    /* property and table contexts were judged */
	FACT_DECODED = 1 << 9,    /* what is in blocks can be decoded: not under Windows' protection */
	FACT_FOLDERS = 1 << 8,    /* every folder's own properties and tables' columns are known */
	FACT_PLACES = 1 << 10,    /* blocks and pages are in the order of their places */
};

enum block_state {
	BLOCK_BAD_PLACE = 1 << 0, /* its extent leaves the store or lies on another */
	BLOCK_BAD_TRAILER = 1 << 1,
	BLOCK_BAD_CRC = 1 << 2,
	BLOCK_UNREADABLE = 1 << 3, /* the device refused it */
	BLOCK_BAD_TREE = 1 << 4,   /* internal, and its structure does not hold */
	BLOCK_IS_TREE = 1 << 5,    /* XBLOCK or XXBLOCK */
	BLOCK_IS_SUBNODE = 1 << 6, /* SLBLOCK or SIBLOCK */
	BLOCK_IS_UPPER = 1 << 7,   /* of these the upper level: XXBLOCK or SIBLOCK */
	BLOCK_SEEN_BELOW = 1 << 8, /* a walk is below it now */
	BLOCK_SEEN_WHOLE = 1 << 9, /* a walk has been below it */
	BLOCK_NESTS = 1 << 10,     /* a subnode list with lists below it; from the references pass */
	BLOCK_LOOPS = 1 << 11, /* a subnode list that is below itself, or too deep: its end is not known */
};

/* One entry of the BBT, in ascending order of its BID. */
struct block_fact {
	uint64_t bid; /* bit 0 cleared */
	uint64_t at;
	uint16_t len, len_inflated;
	uint16_t refs;    /* cRef as it stands */
	uint16_t state;   /* bits of enum block_state */
	uint32_t holders; /* counted references */
	uint32_t detail;  /* of an XBLOCK: lcbTotal; of a subnode list: its first NID */
};

/* One entry of the NBT, in ascending order of its NID. */
struct node_fact {
	uint32_t nid, parent;
	uint64_t data, subnode; /* BIDs as they stand, 0 for none */
};

/* A live page of one of the trees. */
struct page_fact {
	uint64_t at, bid;
	uint8_t type, level;
};

/* See kept_blocks.h. */
struct kept_blocks {
	uint32_t *places; /* one for each block */
	uint8_t *bytes;
	uint64_t used, room; /* `used` is atomic while a pass fills it */
};

struct folder_fact;
struct item_fact;

struct check_facts {
	const struct image *image;
	unsigned have; /* bits of enum check_fact */

	const struct variant *variant;
	struct header header;
	bool header_trusted; /* its checksums hold */

	struct block_fact *blocks;
	size_t n_blocks, room_blocks;
	const uint32_t *by_place; /* indices of blocks in the order of their places, from the places pass */
	bool places_possible;     /* and none of these places is one where no block can be */
	bool bbt_whole;           /* every page of it could be read */
	struct kept_blocks kept;  /* from the content pass */

	struct node_fact *nodes;
	size_t n_nodes, room_nodes;
	bool nbt_whole;
	uint32_t nid_tops[NID_TYPE_COUNT]; /* highest index of each type, subnodes included */

	struct page_fact *pages;
	size_t n_pages, room_pages;

	struct folder_fact *folders; /* see mailbox_facts.h */
	size_t n_folders;
	struct item_fact *items; /* n_nodes of them */
	const uint8_t *names;    /* bit by property ID - 0x8000: the name map has it; NULL: not known */

	uint64_t n_attachments;            /* subnodes of type 5, from the references pass */
	const struct sniffed *not_a_store; /* what the file is instead; nothing else is known then */
};

/* Room for so many blocks or nodes at once, before the first is added: arrays
 * that grow leave their old halves in the arena. */
[[nodiscard]] enum status facts_reserve_blocks(struct arena *arena, struct check_facts *facts, size_t n);
[[nodiscard]] enum status facts_reserve_nodes(struct arena *arena, struct check_facts *facts, size_t n);
[[nodiscard]] enum status facts_reserve_pages(struct arena *arena, struct check_facts *facts, size_t n);

/* Append; ST_NOMEM when the arena's cap is met. */
[[nodiscard]] enum status facts_add_block(struct arena *arena, struct check_facts *facts,
					  const struct block_fact *block);
[[nodiscard]] enum status facts_add_node(struct arena *arena, struct check_facts *facts,
					 const struct node_fact *node);
[[nodiscard]] enum status facts_add_page(struct arena *arena, struct check_facts *facts,
					 const struct page_fact *page);

/* The block with this BID (bit 0 ignored), or NULL. O(log n). */
struct block_fact *facts_block(const struct check_facts *facts, struct bid bid);

/* The node, or NULL. O(log n). */
struct node_fact *facts_node(const struct check_facts *facts, struct nid nid);

#endif
