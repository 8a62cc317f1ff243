/* This file shows the rest of "os" which libuv loop a loop is. */
#ifndef POSTMEND_OS_LOOP_UV_H
#define POSTMEND_OS_LOOP_UV_H

#include "os/loop.h"

#include <uv.h>

enum { LOOP_ROOM = 16 * 1024 };

uv_loop_t *loop_uv(struct loop *loop);

/* Where every connection of the loop reads into: what is read is handed on
 * before the next read begins. */
char *loop_room(struct loop *loop);

#endif
