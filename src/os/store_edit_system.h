/* This file is what the two systems do differently when a store is opened to be changed. */
#ifndef POSTMEND_OS_STORE_EDIT_SYSTEM_H
#define POSTMEND_OS_STORE_EDIT_SYSTEM_H

#include "base/arena.h"
#include "base/status.h"

#include <stdint.h>
#include <uv.h>

/* A descriptor to read and write, nobody else's; or an error of libuv's, and
 * more exact words in *why_out where there are any. */
uv_file store_edit_system_open(struct arena *arena, const char *path, const char **why_out);

/* Sets space aside up to `size`, more than the file has. An error of libuv's. */
int store_edit_system_reserve(uv_file file, uint64_t old_size, uint64_t size);

/* Makes names in a folder certain. An error of libuv's. */
int store_edit_system_sync_folder(const char *folder);

#endif
