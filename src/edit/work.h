/* This file is what the parts of a change share: the store as it becomes, and what of it was touched.
 *
 * Everything is copied on writing: new blocks go to free space, old ones are
 * given back at the end, and nothing that stood is written over before the
 * header names what is new. Calls are sticky: after the first failure they do
 * nothing, and `status` and `why` say which it was.
 */
#ifndef POSTMEND_EDIT_WORK_H
#define POSTMEND_EDIT_WORK_H

#include "check/item_read.h"
#include "plan/overlay.h"

/* A range that is given back at the end. */
struct place {
	uint64_t at, len;
};

struct places {
	uint64_t sections; /* of the store as it grows */
	uint64_t from[2];  /* sections where the search goes on: for small ranges, for large ones */
	uint64_t taken, grown;
	struct place *given;
	size_t n_given, room_given;
};

enum node_mark { NODE_CHANGED = 1, NODE_GONE = 2 };

struct work {
	struct arena *arena; /* of the change; outlives it */
	struct overlay *draft;
	/* Of the store before; its image is the draft, blocks that are new stand
	 * behind the others, those that are gone have no references. */
	struct check_facts *facts;
	struct node_reader reader;  /* what it reads stays */
	struct node_reader scratch; /* cleared by whoever is done */
	struct places places;
	uint8_t *node_marks; /* bits of enum node_mark, one for each node of the facts */
	struct node_fact *added;
	size_t n_added, room_added;
	enum status status;
	const char *why; /* one sentence, or NULL */
};

/* Keeps the first. */
void work_fail(struct work *w, enum status st, const char *why);
static inline bool work_goes_on(const struct work *w)
{
	return w->status == ST_OK;
}

/* Free space of `len` bytes on a multiple of `grain`, from now on marked as used. */
[[nodiscard]] bool places_take(struct work *w, uint64_t len, uint64_t grain, uint64_t *at_out);
/* It becomes free when the change ends. */
void places_give(struct work *w, uint64_t at, uint64_t len);
/* The maps and what the header says of them. */
void places_finish(struct work *w);

/* A new block that nobody holds; its BID, 0 after a failure. */
uint64_t blocks_put(struct work *w, struct view bytes, bool is_internal);
void blocks_hold(struct work *w, uint64_t bid);
/* One holder less. The last one's end is the end of the block and of all that it held. 0 is fine. */
void blocks_release(struct work *w, uint64_t bid);
/* Block was held or released, or is new. */
bool blocks_is_touched(const struct block_fact *block);

/* The node as it is now, or NULL. */
struct node_fact *nodes_find(struct work *w, uint32_t nid);
/* Its new blocks, which nobody holds yet; the old ones are released. */
void nodes_set(struct work *w, uint32_t nid, uint64_t data, uint64_t subnode);
void nodes_move(struct work *w, uint32_t nid, uint32_t parent);
void nodes_remove(struct work *w, uint32_t nid);
void nodes_add(struct work *w, const struct node_fact *node);
/* A NID of this type that nobody has. */
uint32_t nodes_number(struct work *w, enum nid_type type);

/* Writes both trees anew where they changed. */
void trees_finish(struct work *w);

#endif
