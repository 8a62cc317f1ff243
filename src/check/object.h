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
#include "check/row_versions.h"
#include "pst/ltp/table.h"

enum {
	OBJECT_DEPTH_MAX = 64,      /* an embedded message lies two levels below its holder */
	OBJECT_BYTES_MAX = 64 << 20 /* a folder of half a million messages */
};

/* One object to judge; the nid is the node's or the subnode's own. */
struct object_part {
	uint32_t nid;
	uint64_t data, subnode;
	unsigned depth;
	uint32_t parent; /* NID of the part whose subnode it is; 0 at the top */
};

/* A HNID's bytes: from the heap, or for a subnode its length alone, `bytes` empty. */
struct object_value {
	struct view bytes;
	bool is_subnode;
	bool is_lost; /* there is a value and it cannot be read; it was told of */
	uint64_t len;
};

/* A row of a table, as a listener sees it. */
struct object_row {
	const struct object_heap *heap;
	const struct table *table;
	struct view bytes;
};

/* Who wants to know what is in an object beside being right: called for every
 * part, silently and aloud alike. Members may be NULL. */
struct object_listener {
	void *context;
	/* `value` is NULL for what stands in the record itself, and for empty values. */
	void (*property)(void *context, const struct object_part *part, const struct property *property,
			 const struct object_value *value);
	void (*row)(void *context, const struct object_part *part, const struct object_row *row);
	/* The part was read; its subnodes come next. `heap` lives until the whole object was. */
	void (*end)(void *context, const struct object_part *part, const struct object_heap *heap);
};

struct object_judge {
	const struct node_reader *reader; /* the caller clears its arena afterwards */
	struct pass_context *pass;        /* NULL: silent */
	const struct object_listener *listener;
	struct row_versions *versions; /* takes the versions of all rows; may be NULL */
	uint32_t nid;                  /* the NBT node */
	uint64_t at;                   /* where its data begins, for evidence */
	bool is_faulty;                /* out */
	bool is_too_large;             /* out: a part was not judged */
	const char *subject;           /* aloud: the message's subject line once it was asked for */
};

[[nodiscard]] enum status object_judge(struct object_judge *judge, const struct object_part *part);

/* Marks the object and, aloud, reports; silently the result is NULL. Findings
 * about messages carry the subject line. */
struct finding *object_fault(struct object_judge *judge, enum code code, const struct object_part *part);

/* The same about another node, which a row of this one stands for. */
struct finding *object_fault_of(struct object_judge *judge, enum code code, uint32_t nid);

/* A heap with its subnodes, opened and judged block by block; false when it cannot be read on. */
struct object_heap {
	struct heap heap;
	struct subnode_list subnodes;
	bool *used;        /* by index into subnodes: a property or cell refers to it */
	bool is_whole;     /* every property or row that there is was told of; known when the part ends */
	bool shares_names; /* see subnode_list_shares_names() */
};

void object_hex(struct object_judge *judge, struct finding *finding, const char *name, uint64_t value);

/* Reports P80 and P85. False when there is no such value. */
bool object_value(struct object_judge *judge, const struct object_part *part, struct object_heap *heap,
		  uint32_t hnid, struct object_value *out);

/* The bytes of a cell: in place or from the heap; false for an empty cell, one
 * that leads nowhere, and one in a subnode. Judges nothing. */
bool object_cell(const struct object_row *row, uint32_t tag, struct view *out);

/* Reports what is wrong with a value of this type. */
void object_judge_value(struct object_judge *judge, const struct object_part *part, uint32_t tag,
			const struct object_value *value);

enum status object_judge_properties(struct object_judge *judge, const struct object_part *part,
				    struct object_heap *heap);
enum status object_judge_table(struct object_judge *judge, const struct object_part *part,
			       struct object_heap *heap);

#endif
