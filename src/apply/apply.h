/* This file carries edits out on a store, so that a crash at any moment can be gone on from or taken back.
 *
 *	st = apply_run(&site, arena, &edits, &why);     write
 *	st = apply_resume(&site, arena, &why);          after a crash: carry it out
 *	st = apply_undo(&site, arena, &why);            take it back, byte for byte
 *
 * Resume and undo need nothing but the journal. All stop before the first write
 * when the store is not what the journal knows: ST_USAGE and the reason in *why.
 */
#ifndef POSTMEND_APPLY_APPLY_H
#define POSTMEND_APPLY_APPLY_H

#include "apply/device.h"
#include "apply/journal.h"

enum { APPLY_JOURNAL_MAX = 1 << 30 };

/* Reads the journal of the site, which has one. ST_LIMIT when it is larger than
 * APPLY_JOURNAL_MAX. The bytes live in the arena. */
[[nodiscard]] enum status apply_read_journal(struct apply_site *site, struct arena *arena,
					     struct journal *out);

/* Bytes that the disk must have free for these edits: journal and growth. */
uint64_t apply_space(const struct edit_list *edits);

/* There is no journal yet. What fails before the store is written leaves neither
 * change nor journal; later failures leave the journal to go on from. */
[[nodiscard]] enum status apply_run(struct apply_site *site, struct arena *arena,
				    const struct edit_list *edits, const char **why_out);

/* Carries out what a journal in state JOURNAL_WRITING holds. */
[[nodiscard]] enum status apply_resume(struct apply_site *site, struct arena *arena, const char **why_out);

/* Takes back what a journal of any state but DAMAGED and FOREIGN holds, and
 * removes the journal. */
[[nodiscard]] enum status apply_undo(struct apply_site *site, struct arena *arena, const char **why_out);

/* True when a journal in state JOURNAL_DONE fits the store still: it was not
 * changed since. */
[[nodiscard]] enum status apply_fits(struct apply_site *site, const struct journal *journal, bool *fits_out);

#endif
