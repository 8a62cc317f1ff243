/* This file is what the steps of a salvage share. */
#ifndef POSTMEND_SALVAGE_WORK_H
#define POSTMEND_SALVAGE_WORK_H

#include "check/node_read.h"
#include "salvage/page_tree.h"
#include "salvage/salvage.h"

struct salvage_work {
	struct arena *arena;   /* the caller's: for what the picture keeps */
	struct arena *scratch; /* of the salvage alone */
	const struct image *image;
	const struct salvage_options *options;
	struct salvage *out;
	struct swept swept;
	struct page_tree bbt, nbt;
	struct live_map *map;      /* NULL where the trees are whole: nobody asks it then */
	uint8_t *listed;           /* a bit for each of the facts' blocks: the BBT has it */
	uint64_t table_bytes;      /* of tables that were read: many nodes may share one */
	struct node_reader reader; /* its arena is cleared after each object */
};

/* Blocks of the sweep and of the BBT into facts.blocks, each BID once. */
[[nodiscard]] enum status work_take_blocks(struct salvage_work *work);

/* Whether a block is in use, by the BBT if it is whole, else by the maps. */
enum life work_block_life(const struct salvage_work *work, const struct block_fact *block);

/* True for a block that can be read. */
static inline bool work_is_sound(const struct block_fact *block)
{
	return block && !(block->state & (BLOCK_BAD_PLACE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC |
					  BLOCK_UNREADABLE | BLOCK_BAD_TREE));
}

/* table_rows_open() as long as all tables together are no more than a store of
 * this size can hold several times over. */
struct table_rows;
[[nodiscard]] bool work_open_table(struct salvage_work *work, uint64_t data, uint64_t subnode,
				   struct table_rows *out);

/* Sets the cipher by what blocks show, where they contradict the header. */
[[nodiscard]] enum status work_vote_cipher(struct salvage_work *work);

#endif
