/* This file reads all names of a store's named properties at once ([MS-PST] 2.4.7). */
#ifndef POSTMEND_CONTENT_NAMED_TABLE_H
#define POSTMEND_CONTENT_NAMED_TABLE_H

#include "check/item_read.h"

#include <stdbool.h>

struct named_row {
	uint16_t id;
	bool is_text, has_set;
	uint8_t set[16];
	uint32_t number;
	const char *text; /* UTF-8 */
};

/* By property ID. */
struct named_table {
	struct named_row *rows;
	size_t n;
};

/* What cannot be read is not there. ST_NOMEM. The reader's arena keeps it. */
[[nodiscard]] enum status named_table_read(const struct node_reader *reader, struct named_table *out);

/* NULL for an ID without a name. */
const struct named_row *named_table_find(const struct named_table *table, uint16_t id);

#endif
