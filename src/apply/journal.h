/* This file writes and reads the journal of a change in place (docs/STORE-IN-PLACE.md has the format).
 *
 * The journal holds, before the first byte of the store is changed, all that is
 * needed to carry the change out and to take it back. It is read as hostile
 * bytes are.
 */
#ifndef POSTMEND_APPLY_JOURNAL_H
#define POSTMEND_APPLY_JOURNAL_H

#include "base/arena.h"
#include "base/status.h"
#include "plan/edit.h"

#include <stdbool.h>

enum {
	JOURNAL_VERSION = 1,
	JOURNAL_HEAD_LEN = 64,
	JOURNAL_RECORD_LEN = 32, /* before its bytes */
	JOURNAL_MARK_LEN = 16,
	JOURNAL_STORE_HEAD = 512, /* bytes of the store whose checksum tells whether it changed since */
	JOURNAL_EDITS_MAX = 1 << 22,
};

enum journal_mark {
	JOURNAL_READY = 1,   /* all records are on the disk: the store may be written */
	JOURNAL_SYNCED = 2,  /* a barrier's edits are on the disk; value: its number */
	JOURNAL_SEALED = 3,  /* all is done; value: checksum of the store's first bytes */
	JOURNAL_UNDOING = 4, /* it is being taken back */
};

enum journal_state {
	JOURNAL_BEGUN,   /* not whole: nothing of the store was changed */
	JOURNAL_WRITING, /* the store may be between before and after */
	JOURNAL_DONE,    /* the change was carried out */
	JOURNAL_GOING,   /* it was being taken back */
	JOURNAL_DAMAGED, /* it was whole once and is no more: nothing can be decided */
	JOURNAL_FOREIGN, /* no journal of ours, or of a newer version */
};

struct journal {
	enum journal_state state;
	struct edit_list edits;
	uint32_t head_before, head_after; /* checksums of the store's first bytes */
	uint32_t last_barrier;            /* of the last JOURNAL_SYNCED mark */
	bool has_synced;
	uint64_t end; /* where the next mark goes */
};

/* Everything up to, not including, the first mark. */
void journal_head_encode(const struct edit_list *edits, uint32_t head_before,
			 uint8_t out[static JOURNAL_HEAD_LEN]);
void journal_record_encode(const struct edit *edit, uint8_t out[static JOURNAL_RECORD_LEN]);
void journal_mark_encode(enum journal_mark mark, uint32_t value, uint8_t out[static JOURNAL_MARK_LEN]);

/* Bytes of head and records. */
uint64_t journal_len(const struct edit_list *edits);

/* Never fails on bytes, whatever they are: see the state. The edits point into
 * `bytes`. ST_NOMEM. */
[[nodiscard]] enum status journal_decode(struct arena *arena, struct view bytes, struct journal *out);

#endif
