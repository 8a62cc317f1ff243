/* This file says what the tables of code pages hold; tools/gen-code-pages.py makes them. */
#ifndef POSTMEND_BASE_CODE_PAGE_TABLE_H
#define POSTMEND_BASE_CODE_PAGE_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum {
	CODE_PAGE_LEAD_FIRST = 0x81, /* of the first of two bytes */
	CODE_PAGE_LEAD_LAST = 0xFE,
	CODE_PAGE_TRAIL_FIRST = 0x40, /* of the second */
	CODE_PAGE_TRAIL_LAST = 0xFE,
	CODE_PAGE_TRAILS = CODE_PAGE_TRAIL_LAST - CODE_PAGE_TRAIL_FIRST + 1,
};

struct code_page {
	uint32_t number;
	const uint16_t *high;  /* bytes 0x80 to 0xFF; 0 for those without a meaning of their own */
	const uint16_t *pairs; /* by first and second byte, or NULL */
};

/* In ascending order of their numbers. */
extern const struct code_page code_page_table[];
extern const size_t code_page_table_count;

#endif
