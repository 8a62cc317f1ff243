/* This file names how postmend's own work can end.
 *
 * A status is about the doctor, never about the patient: a mail server that
 * refuses, a store that is broken and a certificate that has expired are
 * findings (see "finding/finding.h"), and the work that found them ended ST_OK.
 */
#ifndef POSTMEND_BASE_STATUS_H
#define POSTMEND_BASE_STATUS_H

enum status {
	ST_OK,     /* done */
	ST_MORE,   /* not done: call again with more bytes or later */
	ST_NOMEM,  /* memory ended, or an arena's cap was met */
	ST_IO,     /* the operating system refused a read, write or sync */
	ST_LIMIT,  /* a cap given at birth was met */
	ST_CANCEL, /* the user asked to stop */
	ST_USAGE,  /* the caller's words make no sense: exit 16 */
	ST_BUG,    /* an assumption of ours does not hold */
};

#endif
