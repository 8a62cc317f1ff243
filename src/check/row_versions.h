/* This file checks that no two rows of a store carry one version (P23, P94).
 *
 * One bit for each version below dwUnique, up to ROW_VERSIONS_MAX; a store whose
 * counter is higher is judged by its highest version alone. Safe from several
 * threads, and what it finds does not depend on their order.
 */
#ifndef POSTMEND_CHECK_ROW_VERSIONS_H
#define POSTMEND_CHECK_ROW_VERSIONS_H

#include "base/arena.h"

enum { ROW_VERSIONS_MAX = 1 << 26 };

struct row_versions {
	uint32_t *bits;
	uint32_t limit; /* versions below it have bits */
	uint64_t n_double;
	uint32_t top, lowest_double; /* lowest_double is UINT32_MAX when there is none */
};

/* `unique` is the header's dwUnique. False when memory ended. */
[[nodiscard]] bool row_versions_init(struct row_versions *v, struct arena *arena, uint64_t unique);
void row_versions_add(struct row_versions *v, uint32_t version);

#endif
