/* This file is where paths go to the system: everything in this room that opens, names or looks at a file by
 * its path calls here.
 *
 * Paths are UTF-8 and may be longer than 260 characters on both systems; libuv
 * alone hands a long path to Windows as it is, which refuses it. Each call waits,
 * and returns 0 (fs_open a descriptor, fs_scandir a count) or an error of libuv's.
 */
#ifndef POSTMEND_OS_FS_H
#define POSTMEND_OS_FS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/* `flags` are UV_FS_O_…, `mode` counts for a new file. */
[[nodiscard]] uv_file fs_open(const char *path, int flags, int mode);

/* What the path leads to, or with follow false what it is itself. */
[[nodiscard]] int fs_stat(const char *path, bool follow, uv_stat_t *out);

int fs_rename(const char *from, const char *to);
int fs_link(const char *from, const char *to);
int fs_unlink(const char *path);
int fs_mkdir(const char *path, int mode);

/* The caller reads *request to its end with uv_fs_scandir_next() and cleans it up, whatever this returns. */
[[nodiscard]] int fs_scandir(const char *path, uv_fs_t *request);

/* Free bytes for this user in the file system that holds the path. */
[[nodiscard]] int fs_free_bytes(const char *path, uint64_t *bytes_out);

/* Behind all links; *out lives in the arena. */
[[nodiscard]] int fs_real_path(struct arena *arena, const char *path, const char **out);

#endif
