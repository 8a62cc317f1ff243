/* This file writes every message of a store as what it would be on the Internet.
 *
 * Where to, it is handed in: a path below the place of export, made of names
 * that are harmless on every system (safe_name.h), with "/" between. The same
 * store gives the same files, byte for byte.
 */
#ifndef POSTMEND_CONTENT_EXPORT_H
#define POSTMEND_CONTENT_EXPORT_H

#include "check/item_read.h"
#include "content/content.h"
#include "mail/encode.h"

enum export_format { EXPORT_EML, EXPORT_MBOX, EXPORT_MAILDIR, EXPORT_JSON, EXPORT_FORMATS };

/* The place of export. Files are opened on several workers at once, one at a time on each. */
struct export_place {
	void *context;
	char flags_mark; /* between a Maildir's name and its flags: ":" where a file's name may hold one */
	bool (*make_folder)(void *context, const char *path);
	/* NULL when it cannot be made; it must be new. */
	struct mail_sink *(*open)(void *context, unsigned worker, const char *path);
	bool (*close)(void *context, unsigned worker);
};

struct export_counts {
	uint64_t messages;   /* of the store */
	uint64_t written;    /* of these */
	uint64_t incomplete; /* of these: a part could not be read */
	uint64_t folders;    /* that have any */
};

struct export_setting {
	struct content_setting content; /* list may be NULL */
	enum export_format format;
	bool associated; /* hidden items too */
	struct export_place place;
};

/* ST_IO when the place refused something: the export ends there. */
[[nodiscard]] enum status export_store(const struct export_setting *setting, struct check_facts *facts,
				       struct export_counts *out);

/* One message alone. False when it cannot be read. */
bool export_message(const struct node_reader *reader, const struct node_fact *node, struct mail_sink *sink);

#endif
