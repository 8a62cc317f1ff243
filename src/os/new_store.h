/* This file opens a store for being written anew: the file behind a sink.
 *
 *	st = new_store_create(path, bytes_needed, &file, &why);
 *	... new_store_sink(file) ...
 *	st = new_store_commit(&file, &why);	 -- or new_store_discard(&file)
 *
 * Of several that belong together each is sealed when it is written, and
 * committed when all are.
 *
 * The bytes go into a file beside the path, named PATH.LETTERS.part and for the
 * user alone (0600). The path appears when all of it is on the disk, and never
 * in place of a file that is there. A thread writes while the caller goes on;
 * memory: 16 MiB.
 */
#ifndef POSTMEND_OS_NEW_STORE_H
#define POSTMEND_OS_NEW_STORE_H

#include "base/status.h"
#include "pst/store_sink.h"

#include <stdbool.h>

struct new_store;

/* ST_USAGE: the path is there already. ST_LIMIT: the file system has less than `bytes_needed` free. ST_IO,
 * ST_NOMEM. The words for it in *why_out. */
[[nodiscard]] enum status new_store_create(const char *path, uint64_t bytes_needed, struct new_store **out,
					   const char **why_out);

/* One thread at a time writes to it. ST_IO: a write failed, this one or one before; its words come with
 * new_store_why(). */
const struct store_sink *new_store_sink(const struct new_store *file);
const char *new_store_why(struct new_store *file); /* NULL while nothing has failed */

/* Hands over what is left and waits until the file has all of it: it can be read at *part_out, which lives as
 * long as the file. The disk goes on taking it meanwhile. ST_IO as above. */
[[nodiscard]] enum status new_store_settle(struct new_store *file, const char **part_out);

/* Writes the rest and syncs: all that is left is the name, and it takes a few KiB of memory from now on. The
 * sink is no more. ST_IO. */
[[nodiscard]] enum status new_store_seal(struct new_store *file, const char **why_out);

/* Writes the rest, syncs and gives the file its name. Whatever comes of it, nothing but the named file stays.
 * ST_USAGE: somebody made a file of that name in the meantime. */
[[nodiscard]] enum status new_store_commit(struct new_store **file, const char **why_out);

/* Removes what was written; NULL is fine. */
void new_store_discard(struct new_store **file);

/* How much may be written where the path will be; false where the system does not tell. */
bool new_store_free_bytes(const char *path, uint64_t *out);

/* Removes a file that was committed: others that belong with it could not be. */
void new_store_remove(const char *path);

#endif
