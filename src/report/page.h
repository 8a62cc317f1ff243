/* This file writes HTML: our markup as it is, everything else escaped. */
#ifndef POSTMEND_REPORT_PAGE_H
#define POSTMEND_REPORT_PAGE_H

#include "base/buf.h"
#include "base/format.h"
#include "base/str.h"
#include "report/redact.h"
#include "report/report.h"

struct page {
	struct buf *out;
	struct redactor *redactor; /* NULL: nothing is hidden */
	struct buf scratch;
};

enum { PAGE_PEER_MAX = 600 };

void page_init(struct page *page, struct buf *out, struct redactor *redactor);
void page_fini(struct page *page);

void page_markup(struct page *page, const char *markup); /* a literal of ours */
void page_text(struct page *page, const char *text);     /* NULL adds nothing */
void page_peer(struct page *page, struct str text);      /* cut at PAGE_PEER_MAX bytes; lines stay lines */

/* <tag class="class">text</tag>; class NULL leaves the attribute out. */
void page_element(struct page *page, const char *tag, const char *class, const char *text);

/* A table row of two cells: a name and its value; nothing for a NULL value. */
void page_row(struct page *page, const char *name, const char *value);

POSTMEND_PRINTF(2, 3) void page_printf(struct page *page, const char *format, ...);

extern const char page_style[]; /* the whole CSS */

/* The technical details, folded (html_details.c). */
void page_details(struct page *page, const struct report *report);

#endif
