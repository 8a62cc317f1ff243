/* This file keeps the tables and folders that a change has opened, until all of them are written at its end.
 */
#ifndef POSTMEND_EDIT_OBJECTS_H
#define POSTMEND_EDIT_OBJECTS_H

#include "edit/props_edit.h"
#include "edit/rows_edit.h"

struct object {
	struct object *next;
	uint32_t nid;
	bool is_table;
	struct props_edit props;
	struct rows_edit rows;
};

/* Folders whose counters are to be set at the end. */
struct touched_folder {
	struct touched_folder *next;
	uint32_t nid;
};

struct objects {
	struct work *w;
	struct object *first;
	struct touched_folder *folders;
};

/* The rows of a table, NULL when it is missing or empty of everything; fails the work when it is damaged. */
struct rows_edit *objects_rows(struct objects *o, uint32_t nid);
/* Properties of a node that was just added and has no data yet. */
struct props_edit *objects_new_props(struct objects *o, uint32_t nid);

void objects_touch_folder(struct objects *o, uint32_t nid);

/* Sets counters, writes everything. */
void objects_end(struct objects *o);

#endif
