/* This file is what the parts of the mailbox pass share: one desk, one report. */
#ifndef POSTMEND_CHECK_MAILBOX_H
#define POSTMEND_CHECK_MAILBOX_H

#include "check/item_read.h"
#include "check/mailbox_facts.h"
#include "check/object.h"
#include "check/pass.h"

struct mailbox {
	struct pass_context *pass;
	struct check_facts *facts;
	struct node_reader reader; /* parts clear its arena when they are done */
};

/* A finding about a node; the offset is its data's. Messages bring their subject. */
struct finding *mailbox_report(struct mailbox *m, enum code code, uint32_t nid);

/* Gives each row of a node's table to `row`; false when it could not be read. */
struct mailbox_rows {
	void *context;
	void (*row)(void *context, const struct object_part *part, const struct object_row *row);
};
[[nodiscard]] bool mailbox_table(struct mailbox *m, uint32_t nid, const struct mailbox_rows *rows);

enum status mailbox_judge_store(struct mailbox *m);   /* P96-P98, P100 */
enum status mailbox_judge_special(struct mailbox *m); /* P99, P101, P102, P123, P124, P126 */
enum status mailbox_judge_names(struct mailbox *m);   /* P105 */
enum status mailbox_judge_sending(struct mailbox *m); /* P103, P104, P118 */
enum status mailbox_judge_folders(struct mailbox *m); /* P107-P109, P112-P114, P130 */

#endif
