/* This file writes edits into a store that it holds alone, with the journal beside it. */
#ifndef POSTMEND_APP_STORE_WRITE_H
#define POSTMEND_APP_STORE_WRITE_H

#include "app/run.h"
#include "plan/edit.h"

struct site;

struct store_write {
	struct run *run;
	const char *path;
	struct site *site;   /* NULL while it is not open */
	const char *journal; /* after the end its path, when there is one */
	const char *why;     /* of what failed, and then `status` says how */
	enum status status;
};

/* Locks the store and settles what an earlier run left. *done_out is true when
 * that was a change to be carried out to its end, which is all for this time. */
[[nodiscard]] enum status store_write_open(struct store_write *write, bool *done_out);

/* Carries the edits out; what fails on the way is taken back. */
[[nodiscard]] enum status store_write_edits(struct store_write *write, const struct edit_list *edits);

/* Lets the store go; after an open that failed too. */
void store_write_close(struct store_write *write);

/* Asks on a terminal unless --yes was said; `what`: "3 steps are planned for x.pst". */
bool store_write_agreed(const struct run *run, const char *what);

#endif
