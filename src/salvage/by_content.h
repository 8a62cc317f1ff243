/* This file finds objects that no page tells of, by what is in their blocks.
 *
 * A block that nothing holds and that begins a property context is a message or
 * a folder without an entry. Which subnodes are its own is told by their NIDs
 * and by its neighbours; which NID it had, by the rows that tables have of it.
 */
#ifndef POSTMEND_SALVAGE_BY_CONTENT_H
#define POSTMEND_SALVAGE_BY_CONTENT_H

#include "salvage/look.h"
#include "salvage/work.h"

/* An object with nothing above it. */
struct found {
	struct look look;
	uint64_t subnode;     /* BID of its subnodes, 0: none, or not found */
	uint32_t nid, folder; /* 0: not known */
	uint8_t life;         /* enum life */
	uint8_t owns;         /* bits: its hierarchy, its contents table are known */
	uint32_t table;       /* whose row gave the NID, where nobody knows whose table it is */
	bool is_deleted;      /* nothing speaks for its being alive */
	bool is_listed;       /* a row gave NID and folder */
	bool lacks_subnodes;  /* it must have some, and none fit */
};

/* A subnode list with nothing above it. */
struct found_list {
	uint64_t bid;
	bool is_used;
};

struct found_all {
	struct found *objects; /* by BID */
	size_t n;
	struct found_list *lists; /* by BID */
	size_t n_lists;
};

/* Adds nodes to the facts: where the NBT is not whole, and what was deleted when that is asked for. */
[[nodiscard]] enum status work_find_by_content(struct salvage_work *work);

/* Gives messages their subnodes. */
[[nodiscard]] enum status found_match_lists(struct salvage_work *work, struct found_all *all);

/* Drops of what was deleted all but whole messages that are no older versions. */
[[nodiscard]] enum status found_judge_deleted(struct salvage_work *work, struct found_all *all);

/* Gives messages and folders their NIDs and folders from the rows of tables. */
[[nodiscard]] enum status found_match_rows(struct salvage_work *work, struct found_all *all);

#endif
