/* This file judges one object of a store: a property context or a table context with all below it.
 *
 * Invariants P70, P74-P95, P121. It is run twice: first silently by jobs on
 * several threads, which only learn whether an object is faulty, then aloud for
 * the faulty ones, in the order of their NIDs. Both see the same bytes, so the
 * report does not depend on how many threads there were.
 */
#ifndef POSTMEND_CHECK_OBJECT_H
#define POSTMEND_CHECK_OBJECT_H

#include "check/node_read.h"
#include "check/pass.h"
#include "pst/ltp/table.h"

enum { OBJECT_DEPTH_MAX = 32, OBJECT_BYTES_MAX = 24 << 20 };

struct object_judge {
	const struct check_facts *facts;
	struct arena *arena;       /* for this object; the caller drops it */
	struct pass_context *pass; /* NULL: silent */
	uint32_t nid;              /* the NBT node */
	uint64_t at;               /* where its data begins, for evidence */
	bool is_faulty;            /* out */
	bool is_too_large;         /* out: a part was not judged */
};

/* One object to judge; the nid is the node's or the subnode's own. */
struct object_part {
	uint32_t nid;
	uint64_t data, subnode;
	unsigned depth;
};

[[nodiscard]] enum status object_judge(struct object_judge *judge, const struct object_part *part);

/* Marks the object and, aloud, reports; the finding is never NULL. */
struct finding *object_fault(struct object_judge *judge, enum code code, const struct object_part *part);

/* A heap with its subnodes, opened and judged block by block; false when it cannot be read on. */
struct object_heap {
	struct heap heap;
	struct subnode_list subnodes;
	bool *used; /* by index into subnodes: a property or cell refers to it */
};

void object_hex(struct object_judge *judge, struct finding *finding, const char *name, uint64_t value);

/* A HNID's bytes: from the heap, or for a subnode its length alone with *value
 * empty. Reports P80 and P85. False when there is no such value. */
struct object_value {
	struct view bytes;
	bool is_subnode;
	uint64_t len;
};
bool object_value(struct object_judge *judge, const struct object_part *part, struct object_heap *heap,
		  uint32_t hnid, struct object_value *out);

/* Reports what is wrong with a value of this type. */
void object_judge_value(struct object_judge *judge, const struct object_part *part, uint32_t tag,
			const struct object_value *value);

enum status object_judge_properties(struct object_judge *judge, const struct object_part *part,
				    struct object_heap *heap);
enum status object_judge_table(struct object_judge *judge, const struct object_part *part,
			       struct object_heap *heap);

#endif
