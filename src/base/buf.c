/* This file grows a run of bytes up to a cap given at birth. */
#include "base/buf.h"

#include "base/checked.h"
#include "base/wipe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t cap)
{
	*buf = (struct buf){ .cap = cap };
}

void buf_fini(struct buf *buf)
{
	free(buf->at);
	*buf = (struct buf){ .cap = buf->cap };
}

void buf_wipe_fini(struct buf *buf)
{
	if (buf->at)
		wipe(buf->at, buf->room);
	buf_fini(buf);
}

/* Room for `more` bytes. The old memory is wiped when it moves, because a buf
 * may hold a secret and realloc would leave a copy behind. */
static bool make_room(struct buf *buf, size_t more)
{
	size_t need, room = buf->room ? buf->room : 64;
	uint8_t *moved;

	if (buf->failed || !checked_add_size(buf->len, more, &need) || need > buf->cap)
		return false;
	if (need <= buf->room)
		return true;
	while (room < need)
		if (!checked_mul_size(room, 2, &room))
			return false;
	if (room > buf->cap)
		room = buf->cap;
	moved = malloc(room);
	if (!moved)
		return false;
	if (buf->len)
		memcpy(moved, buf->at, buf->len);
	if (buf->at)
		wipe(buf->at, buf->room);
	free(buf->at);
	buf->at = moved;
	buf->room = room;
	return true;
}

void buf_add(struct buf *buf, struct view bytes)
{
	if (bytes.len == 0)
		return;
	if (!make_room(buf, bytes.len)) {
		buf->failed = true;
		return;
	}
	memcpy(buf->at + buf->len, bytes.at, bytes.len);
	buf->len += bytes.len;
}

void buf_add_str(struct buf *buf, struct str text)
{
	buf_add(buf, str_view(text));
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add_str(buf, str_of(text));
}

void buf_add_byte(struct buf *buf, uint8_t byte)
{
	buf_add(buf, view_of(&byte, 1));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	/* vsnprintf ends with a NUL, so room for one byte more is needed. */
	if (len >= 0 && make_room(buf, (size_t)len + 1)) {
		vsnprintf((char *)buf->at + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	} else {
		buf->failed = true;
	}
	va_end(again);
	va_end(args);
}

void buf_drop_head(struct buf *buf, size_t n)
{
	if (n >= buf->len) {
		buf->len = 0;
		return;
	}
	memmove(buf->at, buf->at + n, buf->len - n);
	buf->len -= n;
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

struct view buf_view(const struct buf *buf)
{
	return view_of(buf->at, buf->len);
}

struct str buf_str(const struct buf *buf)
{
	return (struct str){ .at = buf->len ? (const char *)buf->at : "", .len = buf->len };
}

bool buf_failed(const struct buf *buf)
{
	return buf->failed;
}
