/* This file is the face of changes of items in a store: operations on paper, judged, then edits for room
 *apply.
 *
 *	st = change_open(arena, &image, &options, &change);
 *	if (!change_refusal(change)) { change_remove(change, nid); ... }
 *	st = change_end(change, &result);
 *	change_drop(&change);
 *
 * Nothing here writes. Calls are sticky: the first failure stays, change_end()
 * gives it, and change_why() one sentence about it. The result holds only when a
 * check of the changed store finds nothing of warning or worse that was not there.
 */
#ifndef POSTMEND_EDIT_CHANGE_H
#define POSTMEND_EDIT_CHANGE_H

#include "check/check.h"
#include "plan/edit.h"

struct change;

struct change_options {
	struct check_options check; /* quick is ignored: a change looks at everything */
	size_t check_cap;           /* bytes that one check, or the change, may take */
	void (*stage)(void *context, const char *what);
	void *context;
};

/* Checks the store. ST_CANCEL as a check; ST_NOMEM. */
[[nodiscard]] enum status change_open(struct arena *arena, const struct image *image,
				      const struct change_options *options, struct change **out);
void change_drop(struct change **change);

/* Why this store is not changed, in one sentence, or NULL. */
const char *change_refusal(const struct change *change);
const char *change_why(const struct change *change);

/* Of the store before. To be read only before the first operation. */
struct check_facts *change_facts(struct change *change);

/* A message, hidden or not: its node, its rows wherever they are, its blocks. */
void change_remove(struct change *change, uint32_t nid);
/* Into another folder; one that is there already stays as it is. */
void change_move(struct change *change, uint32_t nid, uint32_t folder);
/* Out of the queue of what is to be sent; of a message that is gone too. */
void change_unqueue(struct change *change, uint32_t nid);

/* A property of a message, and the cell that repeats it. `type` is one whose value has at most four bytes. */
uint32_t change_integer(struct change *change, uint32_t nid, uint16_t id);
/* Any property of a message, as it is now; empty without one. In the caller's arena. */
struct view change_bytes(struct change *change, uint32_t nid, uint16_t id);
void change_set_integer(struct change *change, uint32_t nid, uint32_t tag, uint32_t value);
/* Any other property of a message that no table repeats. */
void change_set_bytes(struct change *change, uint32_t nid, uint32_t tag, struct view value);

/* A property of the store itself that has at most four bytes; one that is not there stays away. */
void change_set_store_integer(struct change *change, uint32_t tag, uint32_t value);

/* The folder of this name (UTF-8) right below what users see as the top, made when there is none. */
uint32_t change_folder(struct change *change, const char *name);
/* The folder for drafts, made when there is none. */
uint32_t change_drafts(struct change *change);

struct change_result {
	struct edit_list edits;    /* none when nothing was changed */
	struct check_facts *facts; /* of the store after, until the change is dropped */
	const struct finding_sink *findings;
};

/* ST_USAGE when what would be written is not sound: nothing comes of it then. */
[[nodiscard]] enum status change_end(struct change *change, struct change_result *out);

#endif
