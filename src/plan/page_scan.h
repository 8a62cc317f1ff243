/* This file finds every page of the two trees that a store's bytes hold, live or not.
 *
 * One sequential read. A page counts when its type stands twice, its signature
 * ties it to its place and its checksum holds.
 */
#ifndef POSTMEND_PLAN_PAGE_SCAN_H
#define POSTMEND_PLAN_PAGE_SCAN_H

#include "base/arena.h"
#include "pst/image.h"
#include "pst/ndb/page.h"

enum { PAGE_SCAN_NBT, PAGE_SCAN_BBT, PAGE_SCAN_TREES };
enum { PAGE_SCAN_MAX = 1 << 20, PAGE_SCAN_NEWEST = 64 };

struct scanned_page {
	struct bref ref;
	uint8_t level;
};

struct page_scan {
	struct arena *arena;
	const struct image *image;
	const struct variant *variant;
	/* Out: the newest (highest number) first. */
	struct scanned_page *pages[PAGE_SCAN_TREES];
	size_t n[PAGE_SCAN_TREES], room[PAGE_SCAN_TREES];
};

/* ST_NOMEM; at most PAGE_SCAN_MAX of each tree are kept. */
[[nodiscard]] enum status page_scan_run(struct page_scan *scan);

#endif
