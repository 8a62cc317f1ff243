/* This file reads and writes small files whole.
 *
 * Paths are UTF-8 on both systems. What is written is for the user alone
 * (0600) and appears whole or not at all. Stores are not small: they have
 * their own door.
 */
#ifndef POSTMEND_OS_FILE_H
#define POSTMEND_OS_FILE_H

#include "base/buf.h"
#include "base/status.h"

#include <stdbool.h>

/* Appends the file's bytes to a buf whose cap is the limit: ST_LIMIT when the
 * file is longer, ST_IO and the system's words in *why_out when it cannot be
 * read. */
[[nodiscard]] enum status file_read(const char *path, struct buf *into, const char **why_out);

/* Writes beside the path, syncs and renames. With `replace` false an existing
 * file is left as it is: ST_USAGE. */
[[nodiscard]] enum status file_write(const char *path, struct view bytes, bool replace, const char **why_out);

/* Makes a directory (0700) and those above it that are missing. */
[[nodiscard]] enum status file_make_directories(const char *path, const char **why_out);

/* Gives a file that is whole and synced its name, in the same directory and never in place of another:
 * ST_USAGE then. The name is on the disk when it returns. The old name may stay beside it. */
[[nodiscard]] enum status file_name_for_good(const char *from, const char *to, const char **why_out);

bool file_exists(const char *path);

/* Whether nobody may write it: false for what is not there. */
bool file_is_read_only(const char *path);

/* What stands between a Maildir's name and its flags: ":", or ";" where a name cannot hold one. */
char file_flags_mark(void);

/* A file that grows while the program runs: a trace. An older one is emptied. */
struct file;
[[nodiscard]] enum status file_open_log(const char *path, struct file **out, const char **why_out);
/* The same for a file that must be new: ST_USAGE when there is one. */
[[nodiscard]] enum status file_create(const char *path, struct file **out, const char **why_out);
void file_append(struct file *file, struct view bytes);
/* ST_IO when any append failed. */
enum status file_close(struct file **file);

#endif
