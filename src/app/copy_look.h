/* This file looks through the local copy of a server's mailbox (.ost) before it is put aside: what was not
 * sent yet, and what the server never had.
 */
#ifndef POSTMEND_APP_COPY_LOOK_H
#define POSTMEND_APP_COPY_LOOK_H

#include "app/run.h"
#include "finding/finding.h"
#include "record/item_list.h"

struct copy_look {
	const char *path;      /* the file */
	struct item_list list; /* what only it has */
	const char *unread;    /* what of it could not be looked at; NULL: nothing */
	const char *saved;     /* the folder to which all that was listed was written; NULL: it was not */
	const char *refusal;   /* why it is to stay where it is; NULL: it may go */
	const char *aside;     /* where it went, or would; NULL: it stays */
};

/* With --save, and without --plan, what is found is written as .eml files. The system's refusal of a file is
 * a refusal here. */
[[nodiscard]] enum status copy_look_at(struct run *run, const char *path, struct copy_look *out);

/* The findings. */
void copy_look_tell(struct run *run, const struct copy_look *look, struct finding_sink *sink);

#endif
