/* This file is what the parts that propose steps share: what is known, the draft, the step at hand.
 *
 *	mender_begin(m, PLAN_LOSSLESS, "writes the allocation maps anew");
 *	mender_answer(m, CODE_STORE_MAP_LEAKED);
 *	mender_write(m, at, page);
 *
 * Calls are sticky: once memory ended or a read failed for good they do nothing,
 * and m->status says so.
 */
#ifndef POSTMEND_PLAN_MENDER_H
#define POSTMEND_PLAN_MENDER_H

#include "plan/overlay.h"
#include "plan/plan.h"

/* Bytes that one step writes. */
struct step_write {
	uint64_t at;
	struct view bytes;
	struct step_write *next;
};

/* A finding that a step promises to make go away. */
struct step_target {
	const char *key;
	struct step_target *next;
};

struct draft_step {
	struct plan_step shown;
	struct step_write *first, *last;
	struct step_target *targets;
	/* A checksum is renewed because the content was proved by what stands
	 * elsewhere: holds only when every reference of the store could be counted
	 * and agrees. */
	bool is_strict;
};

enum { MENDER_STEPS_MAX = 4096 };

struct mender {
	struct arena *arena;
	const struct check_facts *facts;
	const struct finding_sink *findings;
	struct overlay *draft;
	uint64_t unique_before; /* dwUnique of the store as it lies on the disk */
	struct draft_step *steps[MENDER_STEPS_MAX];
	size_t n_steps;
	bool is_full; /* no more steps this time: the next round proposes them */
	enum status status;
};

/* True when a finding of this code is a warning or worse. */
bool mender_has(const struct mender *m, enum code code);
/* The same for one of any severity. */
bool mender_tells(const struct mender *m, enum code code);

void mender_begin(struct mender *m, enum plan_class class, const char *text);
void mender_strict(struct mender *m);
/* Forgets the step at hand; the draft keeps what it wrote and is thrown away with it. */
void mender_abandon(struct mender *m);

/* The step answers all findings of this code, or those about this offset or node. */
void mender_answer(struct mender *m, enum code code);
void mender_answer_at(struct mender *m, enum code code, uint64_t at);
void mender_answer_node(struct mender *m, enum code code, uint32_t nid);

/* The node that a finding is about; false when it names none. */
[[nodiscard]] bool mender_node_of(const struct finding *finding, uint32_t *nid_out);

/* From the draft: with what earlier steps wrote. False when the device refuses it. */
[[nodiscard]] bool mender_read(struct mender *m, uint64_t at, void *to, size_t len);
/* Of what is the same already nothing is written. */
void mender_write(struct mender *m, uint64_t at, struct view bytes);

/* The header of the draft. Writing it renews the checksums and counts dwUnique
 * on once for the whole plan; opaque bytes stay. */
[[nodiscard]] bool mender_header(struct mender *m, struct header *out);
void mender_put_header(struct mender *m, struct header *header);

/* Each proposes steps of one kind. */
void mend_header(struct mender *m);
void mend_trees(struct mender *m);
void mend_blocks(struct mender *m);
void mend_references(struct mender *m);
void mend_lists(struct mender *m);
void mend_indexes(struct mender *m);
void mend_rows(struct mender *m);
void mend_counts(struct mender *m);
void mend_maps(struct mender *m);

#endif
