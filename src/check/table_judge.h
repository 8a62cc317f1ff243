/* This file listens to a folder's table and compares its rows with what they stand for.
 *
 * Invariants P108-P111, P117, P125. The digests of folders and messages must be
 * known. One judge serves one table; it writes to its folder's numbers and to
 * the `listed` of nodes whose folder it is, which no other table does.
 */
#ifndef POSTMEND_CHECK_TABLE_JUDGE_H
#define POSTMEND_CHECK_TABLE_JUDGE_H

#include "check/mailbox_facts.h"
#include "check/object.h"

struct table_judge {
	struct object_judge *judge;
	struct folder_fact *folder; /* NULL: no folder's table; only its rows' objects are asked for */
	enum nid_type type;
	struct node_reader compare; /* aloud: where a row's object is read again */
	struct object_listener listener;
};

/* True for tables whose rows stand for nodes. */
bool table_judge_takes(uint32_t nid);

/* Sets judge->listener. */
void table_judge_init(struct table_judge *t, struct object_judge *judge);

#endif
