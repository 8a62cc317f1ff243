/* This file grows a run of bytes up to a cap given at birth.
 *
 * A buf owns heap memory. The first append that would pass the cap, or that
 * finds no memory, makes it fail: it keeps what it has and takes nothing more,
 * so that a writer appends from top to bottom and asks buf_failed() once.
 * An unused buf is all zeros and needs no fini.
 */
#ifndef POSTMEND_BASE_BUF_H
#define POSTMEND_BASE_BUF_H

#include "base/format.h"
#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *at;
	size_t len, room, cap;
	bool failed;
};

void buf_init(struct buf *buf, size_t cap);

/* Returns the memory. buf_wipe_fini() overwrites it first: for secrets. */
void buf_fini(struct buf *buf);
void buf_wipe_fini(struct buf *buf);

void buf_add(struct buf *buf, struct view bytes);
void buf_add_str(struct buf *buf, struct str text);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_byte(struct buf *buf, uint8_t byte);
POSTMEND_PRINTF(2, 3) void buf_printf(struct buf *buf, const char *format, ...);

/* Drops the first n bytes; n beyond the end empties it. */
void buf_drop_head(struct buf *buf, size_t n);
void buf_clear(struct buf *buf); /* keeps memory, forgets failure */

struct view buf_view(const struct buf *buf);
struct str buf_str(const struct buf *buf);
bool buf_failed(const struct buf *buf);

#endif
