/* This file reads text that is written in one of Windows' code pages.
 *
 *	const struct code_page *page = code_page_of(1252);
 *	while (cursor_left(&c))
 *		put(code_page_next(page, &c));
 */
#ifndef POSTMEND_BASE_CODE_PAGE_H
#define POSTMEND_BASE_CODE_PAGE_H

#include "base/cursor.h"

struct code_page;

enum { CODE_PAGE_WESTERN = 1252, CODE_PAGE_UTF8 = 65001, CODE_PAGE_REPLACEMENT = 0xFFFD };

/* The page of this number, or NULL for one that is not known here. UTF-8 (65001)
 * and ASCII (20127) are among them. */
const struct code_page *code_page_of(uint32_t number);

/* The next character. A byte that has none in a page of single bytes gives the
 * character of its own number, as Windows does, so that nothing is lost; else
 * CODE_PAGE_REPLACEMENT, and one byte is taken. The cursor is not at its end. */
uint32_t code_page_next(const struct code_page *page, struct cursor *c);

#endif
