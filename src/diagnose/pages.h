/* This file declares the pages of docs/codes as tools/gen-codes.py compiles them in. */
#ifndef POSTMEND_DIAGNOSE_PAGES_H
#define POSTMEND_DIAGNOSE_PAGES_H

#include "finding/catalogue.h"

enum { PAGE_POINTS_MAX = 7 };

/* Each list ends with NULL unless it is full. */
struct page {
	const char *meaning[PAGE_POINTS_MAX], *proof[PAGE_POINTS_MAX], *causes[PAGE_POINTS_MAX],
		*tell_apart[PAGE_POINTS_MAX], *what_to_do[PAGE_POINTS_MAX];
};

extern const struct page pages_rows[CODE_COUNT];

#endif
