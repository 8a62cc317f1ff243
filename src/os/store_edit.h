/* This file opens a store to be changed in place, for this program alone, and the journal beside it.
 *
 * On Windows the store is opened so that nobody else can open it meanwhile, and
 * not at all while Outlook has it. On Linux it is locked in both ways that
 * programs there know, and refused when another process is seen to have it open.
 */
#ifndef POSTMEND_OS_STORE_EDIT_H
#define POSTMEND_OS_STORE_EDIT_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct store_edit;

enum store_edit_use {
	STORE_EDIT_STORE,   /* there already; locked; one name, a plain file */
	STORE_EDIT_JOURNAL, /* there already, a plain file and no link */
	STORE_EDIT_NEW,     /* made now, for the user alone; ST_USAGE when it is there */
};

/* ST_IO and one sentence in *why_out when it cannot be had or must not be
 * changed. Words live in the arena. */
[[nodiscard]] enum status store_edit_open(struct arena *arena, const char *path, enum store_edit_use use,
					  struct store_edit **out, const char **why_out);
void store_edit_close(struct store_edit **edit);

/* All as struct device of room apply has them. */
[[nodiscard]] enum status store_edit_size(const struct store_edit *edit, uint64_t *out);
[[nodiscard]] enum status store_edit_read(const struct store_edit *edit, uint64_t at, void *to, size_t len);
[[nodiscard]] enum status store_edit_write(struct store_edit *edit, uint64_t at, struct view bytes);
[[nodiscard]] enum status store_edit_sync(struct store_edit *edit);
[[nodiscard]] enum status store_edit_resize(struct store_edit *edit, uint64_t size);

/* What the system said of the last thing that it refused, or NULL. */
const char *store_edit_why(const struct store_edit *edit);

/* The path behind all links; NULL and the system's words. */
[[nodiscard]] const char *store_edit_real_path(struct arena *arena, const char *path, const char **why_out);

/* Removes a file, and makes names in its folder certain. */
[[nodiscard]] enum status store_edit_remove(const char *path, const char **why_out);
[[nodiscard]] enum status store_edit_sync_folder(struct arena *arena, const char *path);

/* Bytes that the user may still write into the folder of this file. */
[[nodiscard]] enum status store_edit_free_bytes(const char *path, uint64_t *out);

#endif
