/* This file gives a path the form in which libuv's calls take it, however long it is. */
#ifndef POSTMEND_OS_LONG_PATH_H
#define POSTMEND_OS_LONG_PATH_H

/* The path itself, or where the system needs another form for a long one that
 * form, in *owned_out for the caller to free(); NULL when memory ended. */
[[nodiscard]] const char *long_path(const char *path, char **owned_out);

#endif
