/* This file holds what a check has learnt of folders and of what is in them. */
#ifndef POSTMEND_CHECK_MAILBOX_FACTS_H
#define POSTMEND_CHECK_MAILBOX_FACTS_H

#include "check/facts.h"

/* The tables of a folder, in the order of their NID types. */
enum folder_table { FOLDER_HIERARCHY, FOLDER_CONTENTS, FOLDER_ASSOCIATED, FOLDER_TABLES };

/* Tags of a table's columns that mirror properties of what its rows stand for,
 * ascending; folders whose tables are alike share one list. */
struct column_list {
	const uint32_t *tags;
	size_t n;
};

/* A node of type 2 or 3 with a readable property context, in ascending order of NIDs. */
struct folder_fact {
	uint32_t nid, parent;
	const char *name;       /* UTF-8; NULL without one */
	uint32_t count, unread; /* what its properties say */
	bool is_readable;       /* its own properties could be read */
	bool has_subfolders;    /* likewise */
	uint8_t has;            /* bits 0 to 2: those three are there */
	uint8_t readable;       /* bits by enum folder_table: the table was read whole */
	struct column_list columns[FOLDER_TABLES];
	uint32_t n_rows[FOLDER_TABLES], n_unread; /* found in the tables, by the objects pass */
};

enum item_mark {
	ITEM_FAULTY = 1 << 0,
	ITEM_TOO_LARGE = 1 << 1,
	ITEM_OUT_OF_MEMORY = 1 << 2,
	ITEM_READ = 1 << 3,         /* its properties are known */
	ITEM_INCOMPARABLE = 1 << 4, /* a value is too long to stand in a row */
	ITEM_HAS_FLAGS = 1 << 5,
	ITEM_BODY_SOUND = 1 << 7, /* it has a body that anybody can read … */
	ITEM_BODY_UNKNOWN =
		1 << 8, /* … and one that has to be decoded to know: RTF, narrow, in another node */
	ITEM_HAS_RECIPIENTS = 1 << 6,
};

/* What later passes ask of a folder or message; one for each node, in their order. */
struct item_fact {
	uint64_t digest; /* of the properties that its folder's table shows */
	uint32_t flags;  /* PidTagMessageFlags */
	uint16_t marks;  /* bits of enum item_mark */
	uint8_t listed;  /* its folder's table has a row for it */
	uint8_t queued;  /* the outgoing queue has one */
};

/* The folder, or NULL. O(log n). */
struct folder_fact *facts_folder(const struct check_facts *facts, uint32_t nid);

/* "Top of Personal Folders/Inbox": names from the root down, of the folder that
 * holds a node, or of a folder itself. NULL when it is not known. A name is the
 * store's, so its characters are not to be trusted. */
const char *facts_folder_path(struct arena *arena, const struct check_facts *facts, uint32_t nid);

#endif
