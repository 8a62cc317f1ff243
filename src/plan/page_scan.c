/* This file finds every page of the two trees that a store's bytes hold. */
#include "plan/page_scan.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 20 };

static enum status add(struct page_scan *scan, int tree, const struct scanned_page *page)
{
	struct scanned_page *rows;

	if (scan->n[tree] == PAGE_SCAN_MAX)
		return ST_OK;
	rows = arena_grown(scan->arena, scan->pages[tree], scan->n[tree], &scan->room[tree], sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	scan->pages[tree] = rows;
	scan->pages[tree][scan->n[tree]++] = *page;
	return ST_OK;
}

static enum status look(struct page_scan *scan, struct view page, uint64_t at)
{
	const struct variant *v = scan->variant;
	struct scanned_page found = { .ref = { .ib = at } };
	struct page_trailer t;
	struct btree_page p;

	if (!page_trailer_decode(v, page, &t) || (t.type != PAGE_NBT && t.type != PAGE_BBT) ||
	    page_faults(v, page, (enum page_type)t.type, (struct ib){ at }, (struct bid){ t.bid }) != 0 ||
	    !btree_page_decode(v, page, &p))
		return ST_OK;
	found.ref.bid = t.bid;
	found.level = (uint8_t)p.level;
	return add(scan, t.type == PAGE_NBT ? PAGE_SCAN_NBT : PAGE_SCAN_BBT, &found);
}

static int compare_newest(const void *a, const void *b)
{
	const struct scanned_page *x = a, *y = b;

	return (x->ref.bid < y->ref.bid) - (x->ref.bid > y->ref.bid);
}

/* Where the device refuses a chunk its pages are read one by one. */
static enum status look_singly(struct page_scan *scan, uint64_t from, size_t len, uint8_t *room)
{
	size_t page_len = scan->variant->page_len;
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i + page_len <= len; i += page_len)
		if (image_read(scan->image, from + i, room, page_len) == ST_OK)
			st = look(scan, view_of(room, page_len), from + i);
	return st;
}

enum status page_scan_run(struct page_scan *scan)
{
	const struct variant *v = scan->variant;
	uint8_t *room = arena_alloc(scan->arena, CHUNK);
	enum status st = room ? ST_OK : ST_NOMEM;
	uint64_t at = v->first_amap / v->page_len * v->page_len;

	while (st == ST_OK && at + v->page_len <= scan->image->size) {
		size_t len = scan->image->size - at < CHUNK ? (size_t)(scan->image->size - at) : CHUNK;

		if (image_read(scan->image, at, room, len) != ST_OK)
			st = look_singly(scan, at, len, room);
		else
			for (size_t i = 0; st == ST_OK && i + v->page_len <= len; i += v->page_len)
				st = look(scan, view_of(room + i, v->page_len), at + i);
		at += CHUNK;
	}
	for (int tree = 0; st == ST_OK && tree < PAGE_SCAN_TREES; tree++)
		if (scan->n[tree])
			qsort(scan->pages[tree], scan->n[tree], sizeof scan->pages[0][0], compare_newest);
	return st;
}
