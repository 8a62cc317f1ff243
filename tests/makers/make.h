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
#include "pst/msg/entry_id.h"
#include "store_out_file.h"
#include "words.h"
#include "write/message_out.h"

#include <stdio.h>

void make_store(const struct plan *plan, const char *path, FILE *manifest);

enum message_flag {
	MESSAGE_READ = 0x1,
	MESSAGE_SUBMIT = 0x4,
	MESSAGE_UNSENT = 0x8,
	MESSAGE_FROM_ME = 0x20,
	MESSAGE_ASSOCIATED = 0x40,
};

struct folder {
	struct folder_out *out;
	struct folder *parent; /* NULL for the root */
	const char *path;
};

enum { FOLDERS_FIXED = 12 };

struct maker {
	const struct plan *plan;
	struct store_out_file file;
	struct store_out *store;
	struct ndb_out *out; /* the store's */
	const struct variant *v;
	struct arena *arena; /* lives as long as the maker */
	FILE *manifest;
	struct folder *folders;
	size_t n_folders;
	struct folder *root, *top, *finder, *deleted, *inbox, *outbox, *sent, *contacts, *calendar, *views;
	struct folder *junk_search, *unread_search;
	uint64_t n_messages; /* made so far, and the number of the next */
};

/* What a message is besides its text. */
struct message_plan {
	const char *class;
	uint32_t flags;                 /* of enum message_flag */
	bool is_mail;                   /* has a sender and recipients */
	uint64_t attachments, embedded; /* how many; how deep */
	uint64_t named;                 /* made-up named properties */
	void (*extra)(struct maker *maker, struct props *props, struct dice *dice);
	uint32_t submit_flags;  /* in the outgoing queue */
	const char *message_id; /* NULL: one of its own */
};

/* The EntryID of a node of this store. */
void make_entry_id(const struct maker *maker, uint32_t nid, uint8_t to[static ENTRY_ID_LEN]);

/* Writes a message into a folder, and its rows. */
void make_message(struct maker *maker, struct folder *folder, const struct message_plan *spec);

/* The items of a folder that are no plain mail. */
void make_kinds(struct maker *maker, struct folder *folder);

/* What is in trouble without being damaged, of a folder. */
void make_troubles(struct maker *maker, struct folder *folder);

/* The properties of a list of one rule that runs. */
void make_good_rules(struct maker *maker, struct props *props, struct dice *dice);

void make_folder_list(struct maker *maker);
void make_contents(struct maker *maker); /* everything in the folders */

/* The time of the n-th event, as FILETIME. */
uint64_t make_time(uint64_t n);

#endif
