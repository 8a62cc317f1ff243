/* This file is what each system does on its own when a settings file is replaced; for replace*.c alone. */
#ifndef POSTMEND_OS_REPLACE_SYSTEM_H
#define POSTMEND_OS_REPLACE_SYSTEM_H

#include <uv.h>

/* The sync calls of libuv share this shape: run, take the result, clean up. */
#define REPLACE_CALL(result, call)           \
	do {                                 \
		uv_fs_t request;             \
		(result) = (int)call;        \
		uv_fs_req_cleanup(&request); \
	} while (0)

/* Puts a file in the place of another and gives it what is the old one's: mode and owner, or who may read it.
 * 0 or an error of libuv. */
int replace_take_place(const char *path, const char *beside, const uv_stat_t *old);

#endif
