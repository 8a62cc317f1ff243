/* This file lists the nodes that a store has for itself ([MS-PST] 2.4.1, 2.7). */
#ifndef POSTMEND_PST_MSG_SPECIAL_H
#define POSTMEND_PST_MSG_SPECIAL_H

#include "pst/ndb/ids.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum special_nid {
	SPECIAL_MESSAGE_STORE = 0x21,
	SPECIAL_NAME_MAP = 0x61,
	SPECIAL_ROOT_FOLDER = 0x122,
	SPECIAL_SEARCH_QUEUE = 0x1E1,
	SPECIAL_SEARCH_ACTIVITY = 0x201,
	SPECIAL_SEARCH_DOMAIN = 0x261,
	SPECIAL_RECEIVE_TABLE = 0x62B,
	SPECIAL_OUTGOING_QUEUE = 0x64C,
	SPECIAL_ATTACHMENT_TABLE = 0x671, /* in the store the template, in a message its table */
	SPECIAL_RECIPIENT_TABLE = 0x692,
	SPECIAL_ID_MAP = 0xC01,
};

/* How much a store needs a node. */
enum special_need { SPECIAL_TEMPLATE, SPECIAL_WANTED };

struct special_row {
	uint32_t nid;
	enum special_need need;
	const char *name;
	const uint32_t *columns; /* tags that a template must have; strings as 001F, meaning 001E too */
	size_t n_columns;
};

/* Row i; NULL behind the last. */
const struct special_row *special_row(size_t i);

/* The template of tables of this NID type, or NULL. */
const struct special_row *special_template(enum nid_type type);

/* Whether a column's tag is the one wanted, strings of both widths being one. */
bool special_tag_is(uint32_t tag, uint32_t wanted);

#endif
