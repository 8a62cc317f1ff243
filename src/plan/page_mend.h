/* This file proves what a damaged page of a tree must have been, from its own bytes and its neighbours. */
#ifndef POSTMEND_PLAN_PAGE_MEND_H
#define POSTMEND_PLAN_PAGE_MEND_H

#include "check/tree_walk.h"
#include "plan/mender.h"

/* A page as its parent names it. */
struct page_frame {
	struct bref ref;
	uint64_t low, high; /* keys: its first one, and what it must stay below */
	uint64_t level;     /* of the root any */
	bool is_root;
	const struct page_frame *up; /* NULL for the root */
	uint64_t index;              /* its entry there */
};

enum page_state {
	PAGE_SOUND,
	PAGE_MENDED, /* the bytes are now what was written once: a checksum says so */
	PAGE_PROVED, /* the checksum was renewed over content that others confirm */
	PAGE_LOST,
};

struct page_patient {
	struct mender *m;
	enum page_type type; /* PAGE_BBT or PAGE_NBT */
	uint8_t bytes[PAGE_LEN_MAX];
	struct btree_page counters; /* out, unless it is lost */
};

/* Judges the bytes and changes them where that is proved; the draft is only read. */
enum page_state page_mend(struct page_patient *patient, const struct page_frame *frame);

/* The first bytes of an entry, in a BBT without bit 0. */
uint64_t page_key(const struct page_patient *patient, uint64_t entry_len, uint64_t i);

#endif
