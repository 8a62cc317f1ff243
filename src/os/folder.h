/* This file lists what is in a directory, and finds paths in it whatever their case. */
#ifndef POSTMEND_OS_FOLDER_H
#define POSTMEND_OS_FOLDER_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FOLDER_ENTRIES_MAX = 1 << 20 };

struct folder_entry {
	const char *name;
	bool is_directory; /* or a link to one */
};

/* All but "." and "..", by name, at most FOLDER_ENTRIES_MAX. ST_IO and the system's
 * words in *why_out when it is no directory that can be read. */
[[nodiscard]] enum status folder_read(struct arena *arena, const char *path, struct folder_entry **out,
				      size_t *n_out, const char **why_out);

/* The path below `top` whose parts, separated by slashes, are these; where there is
 * none of exactly this name, one that differs in the case of ASCII letters: the
 * disk of another system. NULL when there is none or memory ended. */
const char *folder_locate(struct arena *arena, const char *top, const char *parts);

/* "top/name", with the system's separator. */
const char *folder_join(struct arena *arena, const char *top, const char *name);

bool folder_is(const char *path);

/* A file's length, and when it was last written, in seconds since 1970. False when there is none. */
[[nodiscard]] bool folder_stat(const char *path, uint64_t *bytes_out, int64_t *written_out);

#endif
