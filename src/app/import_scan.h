/* This file finds the mail in files and folders before it is imported: what each file is, and in which
 * folder. */
#ifndef POSTMEND_APP_IMPORT_SCAN_H
#define POSTMEND_APP_IMPORT_SCAN_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum import_kind {
	IMPORT_LETTER,
	IMPORT_MAILBOX,
	IMPORT_LINES,
	IMPORT_CARD,   /* a calendar, or address cards */
	IMPORT_BESIDE, /* such a file that an export wrote beside a letter, which names it */
	IMPORT_OTHER
};

struct import_file {
	const char *path;
	const char *folder; /* names with "/" between; "" for the place itself */
	const char *why;    /* of IMPORT_OTHER: what it is instead */
	enum import_kind kind;
	uint64_t size;
	uint32_t nid; /* that an export put into the name, or 0 */
	bool is_unread, is_flagged, is_answered, is_draft;
	const char *beside; /* of a letter: the calendar or card of the same item, or NULL */
};

/* `why` of what stands beside a mailbox file: its messages are there as mail, and lines of JSON have the
 * rest. */
extern const char *const import_beside;

struct import_scan {
	struct arena *arena;
	struct import_file *files; /* by folder, then by path */
	size_t n, room;
	uint64_t bytes;
	bool is_export; /* all of it was written by an export from a store: folders lie below the root */
	const char
		*top; /* of such: the name of the folder that users see as the top; NULL where lines say it */
};

/* ST_IO and why for a path that is not there; ST_LIMIT for more files or deeper folders than there can be. */
[[nodiscard]] enum status import_scan_add(struct import_scan *scan, const char *path, const char **why_out);
void import_scan_end(struct import_scan *scan);

#endif
