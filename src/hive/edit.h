/* This file changes a copy of a registry hive: values and keys set, added and deleted.
 *
 * Only a hive that is whole is changed: clean, with its checksum right and every
 * bin and cell in order. The copy stays so after each call that returns ST_OK;
 * after another one it must be thrown away. Data given are not bytes of the copy. Names are ASCII. What is
 *freed is free for the next cell; bins are only ever added.
 *
 *	if (!(why = hive_edit_open(&edit, arena, bytes)) && hive_edit_set(&edit, key.at, ...) == ST_OK)
 *		write(hive_edit_finish(&edit, now));
 *	hive_edit_close(&edit);
 */
#ifndef POSTMEND_HIVE_EDIT_H
#define POSTMEND_HIVE_EDIT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "hive/hive.h"

enum { HIVE_EDIT_GROWTH_MAX = 64 << 20 };

struct hive_edit {
	struct hive hive; /* as it is now; reading it is fine between two calls */
	struct buf bytes;
	struct arena *arena; /* for what one call needs */
};

/* NULL, or why the hive is not changed: ends the sentence "X is not changed: ". */
[[nodiscard]] const char *hive_edit_open(struct hive_edit *edit, struct arena *arena, struct view bytes);
void hive_edit_close(struct hive_edit *edit);

/* All: ST_USAGE when there is no such key or value, a name will not do, or the
 * hive's structures contradict each other; ST_LIMIT when data are longer than a
 * cell takes (16344 bytes) or the hive would grow too far; ST_NOMEM. */
[[nodiscard]] enum status hive_edit_set(struct hive_edit *edit, uint32_t key_at, const char *name,
					uint32_t type, struct view data);
[[nodiscard]] enum status hive_edit_delete_value(struct hive_edit *edit, uint32_t key_at, const char *name);

/* A key that exists already is given back as it is. */
[[nodiscard]] enum status hive_edit_add_key(struct hive_edit *edit, uint32_t parent_at, const char *name,
					    uint32_t *at_out);

/* With all below it. The root stays. */
[[nodiscard]] enum status hive_edit_delete_key(struct hive_edit *edit, uint32_t key_at);

/* The changed hive with new sequence numbers, its time (100 ns since 1601; 0 keeps
 * the old one) and checksum; it lives until hive_edit_close(). */
struct view hive_edit_finish(struct hive_edit *edit, uint64_t written);

#endif
