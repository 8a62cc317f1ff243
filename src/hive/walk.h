/* This file goes through all keys of a hive, once each and without recursion. */
#ifndef POSTMEND_HIVE_WALK_H
#define POSTMEND_HIVE_WALK_H

#include "base/status.h"
#include "hive/hive.h"

/* Windows itself makes no deeper trees. */
enum { HIVE_DEPTH_MAX = 512 };

struct hive_walk_facts {
	uint64_t keys, values;
	uint64_t left_out; /* keys and values that are counted but cannot be read, stand twice or too deep */
	unsigned deepest;
};

/* Calls visit for every key below and with `from`, a key before those below it;
 * the names above it are path[0] … path[depth]. visit NULL just counts. ST_NOMEM
 * when the arena does not hold one bit for each 8 bytes of the hive. */
struct hive_visitor {
	void *context;
	void (*visit)(void *context, const struct hive_key *path, size_t depth);
};

[[nodiscard]] enum status hive_walk(struct arena *arena, const struct hive *hive, const struct hive_key *from,
				    const struct hive_visitor *visitor, struct hive_walk_facts *out);

#endif
