/* This file looks at a property context that nothing names and says what it is. */
#ifndef POSTMEND_SALVAGE_LOOK_H
#define POSTMEND_SALVAGE_LOOK_H

#include "check/node_read.h"

enum look_kind {
	LOOK_NOTHING,
	LOOK_MESSAGE,
	LOOK_FOLDER,
	LOOK_STORE,
	LOOK_NAMES,     /* the map of named properties */
	LOOK_CONTENTS,  /* a table of messages */
	LOOK_HIERARCHY, /* a table of folders */
};

enum { LOOK_NIDS_MAX = 32 };

/* What tells one object from another; 0 for what it does not have. Texts and
 * bytes are numbers made of them. */
struct look {
	uint8_t kind; /* enum look_kind */
	uint8_t n_nids;
	uint64_t data; /* BID */
	uint64_t modified, delivered, subject, search_key, name, class;
	uint32_t flags, size, count, unread;
	bool is_to_somebody;
	bool has_subfolders;
	uint32_t nids[LOOK_NIDS_MAX]; /* of its values in subnodes; no more are asked for */
};

/* Looks at the data tree of this BID; what is read lies in the reader's arena. */
void look_at_data(const struct node_reader *reader, uint64_t data, struct look *out);

/* A number for bytes; 0 for none. */
uint64_t look_number(struct view bytes);

#endif
