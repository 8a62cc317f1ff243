/* This file is what the parts of the maker of whole stores share.
 *
 *	make_store(&plan, "out.pst", manifest);
 *
 * The manifest, when there is one, gets a line of JSON for each message:
 * folder (path), nid, class, subject, associated, recipients, embedded (subject
 * or null) and attachments, each with name, size and CRC-32.
 */
#ifndef POSTMEND_TESTS_MAKERS_MAKE_H
#define POSTMEND_TESTS_MAKERS_MAKE_H

#include "base/buf.h"
#include "named.h"
#include "plan.h"
#include "store_out_file.h"
#include "words.h"
#include "write/templates.h"

#include <stdio.h>

void make_store(const struct plan *plan, const char *path, FILE *manifest);

enum {
	NID_STORE = 0x21,
	NID_NAMES = 0x61,
	NID_ROOT = 0x122,
	NID_ATTACHMENTS = 0x671, /* of a message, as its subnode */
	NID_RECIPIENTS = 0x692,
	RECORD_KEY_LEN = 16,
};

enum message_flag {
	MESSAGE_READ = 0x1,
	MESSAGE_UNMODIFIED = 0x2,
	MESSAGE_SUBMIT = 0x4,
	MESSAGE_UNSENT = 0x8,
	MESSAGE_HAS_ATTACHMENTS = 0x10,
	MESSAGE_FROM_ME = 0x20,
	MESSAGE_ASSOCIATED = 0x40,
};

struct folder {
	uint32_t nid;
	struct folder *parent;    /* NULL for the root */
	const char *name, *class; /* class NULL for none */
	const char *path;
	uint64_t n_messages, n_unread, n_associated, n_children;
	bool is_search;
	struct props *props; /* once it is written */
};

enum { FOLDERS_FIXED = 12 };

struct maker {
	const struct plan *plan;
	struct store_out_file file;
	struct ndb_out *out;
	const struct variant *v;
	struct arena *arena; /* lives as long as the maker */
	FILE *manifest;
	uint64_t templates[TEMPLATE_COUNT]; /* BIDs of tables without rows */
	uint8_t record_key[RECORD_KEY_LEN];
	struct folder *folders;
	size_t n_folders;
	struct folder *root, *top, *finder, *deleted, *inbox, *outbox, *sent, *contacts, *calendar, *views;
	struct folder *junk_search, *unread_search;
	uint64_t n_messages; /* made so far, and the number of the next */
	struct table_out outgoing, unread;
};

/* What a message is besides its text. */
struct message_spec {
	const char *class;
	uint32_t flags;                 /* of enum message_flag */
	bool is_mail;                   /* has a sender and recipients */
	uint64_t attachments, embedded; /* how many; how deep */
	uint64_t named;                 /* made-up named properties */
	void (*extra)(struct maker *maker, struct props *props, struct dice *dice);
};

/* Writes a message into a folder and its rows; `contents` is the folder's table
 * for this kind, the associated one for associated messages. */
void make_message(struct maker *maker, struct folder *folder, struct table_out *contents,
		  const struct message_spec *spec);

/* The items of a folder that are no plain mail. */
void make_kinds(struct maker *maker, struct folder *folder, struct table_out *contents,
		struct table_out *associated);

void make_folder_list(struct maker *maker);
void make_folders(struct maker *maker); /* with all that is in them */

/* Writes a table node with rows, or with the template's block when there are none. */
void make_table(struct maker *maker, uint32_t nid, struct table_out *table, enum template_table template);

/* The time of the n-th event, as FILETIME. */
uint64_t make_time(uint64_t n);

#endif
