/* This file reads small pieces of a store that lie near each other with one read for many. */
#include "check/read_window.h"

#include <stdbool.h>
#include <string.h>

/* A message's parts lie before it, the next message behind. */
enum { WINDOW_BEFORE = 8 << 10, NEAR = READ_WINDOW / 4 };

static bool is_inside(const struct read_window *w, uint64_t at, size_t len)
{
	return at >= w->at && at - w->at <= w->len && len <= w->len - (at - w->at);
}

static void move(struct read_window *w, const struct image *image, uint64_t at)
{
	uint64_t way = at > w->last ? at - w->last : w->last - at;
	uint64_t from = at < WINDOW_BEFORE ? 0 : at - WINDOW_BEFORE;
	uint64_t rest = from < image->size ? image->size - from : 0;
	size_t len = rest < READ_WINDOW ? (size_t)rest : READ_WINDOW;

	w->at = from;
	w->len = 0;
	if (way <= NEAR && image_read(image, from, w->bytes, len) == ST_OK)
		w->len = len;
}

enum status read_window_get(struct read_window *window, const struct image *image, uint64_t at, void *to,
			    size_t len)
{
	if (!window || len > READ_WINDOW - WINDOW_BEFORE)
		return image_read(image, at, to, len);
	if (!is_inside(window, at, len))
		move(window, image, at);
	window->last = at + len;
	if (!is_inside(window, at, len))
		return image_read(image, at, to, len);
	if (len)
		memcpy(to, window->bytes + (at - window->at), len);
	return ST_OK;
}
