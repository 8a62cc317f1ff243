/* This file finds what can be carried block by block, untouched, and carries it.
 *
 * In a store of the form that is written a sound node needs no new layout: its
 * blocks keep their BIDs and bytes, and what refers to them stays true. All
 * that is kept is said first; then the blocks are copied in the order in which
 * they lie in the source.
 */
#ifndef POSTMEND_CONVERT_KEEP_H
#define POSTMEND_CONVERT_KEEP_H

#include "convert/source.h"
#include "write/ndb_out.h"

struct keep {
	const struct source *source;
	uint8_t *room;                 /* of a data block, while the reader's has the list that leads to it */
	uint8_t *marks;                /* by block */
	uint32_t *refs;                /* holders in the new store, by block */
	uint64_t bytes;                /* of the extents of kept blocks */
	uint32_t tops[NID_TYPE_COUNT]; /* the highest index of each type, of nodes and subnodes looked at */
};

[[nodiscard]] enum status keep_open(struct keep *keep, struct arena *arena, const struct source *source);

/* Whether every block below these two is there and sound, and none is held in a way that it is not made for.
 */
[[nodiscard]] enum status keep_is_sound(struct keep *keep, uint64_t data, uint64_t subnode, bool *sound_out);

/* Whether these bytes stand somewhere in a block of data below these two, which are sound. */
[[nodiscard]] enum status keep_mentions(struct keep *keep, uint64_t data, uint64_t subnode, struct view bytes,
					bool *found_out);

/* These will be kept: they are sound. */
[[nodiscard]] enum status keep_add(struct keep *keep, uint64_t data, uint64_t subnode);

/* A NID that is in use. */
void keep_see(struct keep *keep, uint32_t nid);

/* Called with the bytes done now and then; false cancels. */
struct keep_tick {
	bool (*tick)(void *context, uint64_t more);
	void *context;
};

/* Copies all. ST_IO when the source can suddenly not be read; errors of the writer stay with it. */
[[nodiscard]] enum status keep_write(const struct keep *keep, struct ndb_out *out,
				     const struct keep_tick *tick);

#endif
