/* This file takes pages from free space: from what the maps on the disk and all that is known both call free.
 */
#ifndef POSTMEND_PLAN_SPACE_H
#define POSTMEND_PLAN_SPACE_H

#include "plan/mender.h"

struct space {
	struct mender *m;
	uint64_t sections, section; /* where the search goes on */
	uint64_t unit;              /* page within the section */
	uint64_t taken;             /* bytes */
	uint64_t grown;             /* bytes of new sections that are free for pages */
};

void space_init(struct space *space, struct mender *m);

/* False when the maps on the disk call this page free, or hold it in reserve.
 * Where they cannot be believed everything is used. */
bool space_is_used(struct space *space, uint64_t at);

/* True when a map that can be believed calls every slot of the range used. */
bool space_is_taken(struct space *space, uint64_t at, uint64_t len);

/* A free page, from now on marked as used in the draft; the store grows by whole
 * sections when there is none. False when it must not grow any more. */
[[nodiscard]] bool space_take_page(struct space *space, uint64_t *at_out);

/* What the header says of space once all is taken. */
void space_tell(const struct space *space, struct header *header);

#endif
