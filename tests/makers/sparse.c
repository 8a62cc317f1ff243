/* This file keeps a store that is being written in memory. */
#include "sparse.h"

#include "memory.h"

#include <string.h>

enum { PAGE = 64 << 10, PAGES_MAX = 64 << 10 };

static enum status write_pages(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	struct sparse *s = sink->context;

	if (++s->n_writes == s->fail_at)
		s->fail_at = s->n_writes + 1;
	if (s->fail_at == s->n_writes + 1)
		return ST_IO;
	s->bytes += bytes.len;
	s->smallest = at;
	while (bytes.len) {
		uint64_t page = at / PAGE, in = at % PAGE;
		size_t n = bytes.len < PAGE - in ? bytes.len : (size_t)(PAGE - in);

		if (page >= PAGES_MAX)
			return ST_LIMIT;
		if (!s->pages[page])
			s->pages[page] = memory_new(PAGE, 1);
		memcpy(s->pages[page] + in, bytes.at, n);
		at += n;
		bytes = view_of(bytes.at + n, bytes.len - n);
	}
	if (s->image.size < at)
		s->image.size = at;
	return ST_OK;
}

static enum status read_pages(const struct image *image, uint64_t at, void *to, size_t len)
{
	const struct sparse *s = image->context;
	uint8_t *room = to;

	while (len) {
		uint64_t page = at / PAGE, in = at % PAGE;
		size_t n = len < PAGE - in ? len : (size_t)(PAGE - in);

		if (s->pages[page])
			memcpy(room, s->pages[page] + in, n);
		else
			memset(room, 0, n);
		room += n;
		at += n;
		len -= n;
	}
	return ST_OK;
}

void sparse_init(struct sparse *sparse)
{
	*sparse = (struct sparse){ .pages = memory_new(PAGES_MAX, sizeof *sparse->pages) };
	sparse->sink = (struct store_sink){ .write = write_pages, .context = sparse };
	sparse->image.read = read_pages;
	sparse->image.context = sparse;
}

void sparse_fini(struct sparse *sparse)
{
	for (size_t i = 0; i < PAGES_MAX; i++)
		free(sparse->pages[i]);
	free(sparse->pages);
}
