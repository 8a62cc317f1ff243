/* This file writes what a picture shows of a store into a new one: for repairs, and for other forms of
 *stores.
 *
 *	st = convert_store(arena, salvage, &options, &sink, &ledger);
 *
 * The new store is Unicode with 512-byte pages and a PST, whatever the source
 * was. Messages keep their NIDs, folders theirs; every item of the source ends
 * in exactly one of the ledger's counts. What is damaged and carried all the
 * same is marked for its reader.
 */
#ifndef POSTMEND_CONVERT_CONVERT_H
#define POSTMEND_CONVERT_CONVERT_H

#include "finding/finding.h"
#include "pst/store_sink.h"
#include "salvage/salvage.h"

enum { RECORD_KEY_LEN = 16 };

struct convert_options {
	const char *path;              /* of the source, for findings */
	struct finding_sink *findings; /* takes one for each item that lost something */
	struct arena *texts;           /* of the findings: lives as long as they do */
	/* PidTagRecordKey of the new store, or of each part by its number less 1, where the old one's is not
	 * kept: see changes_key. */
	const uint8_t (*record_keys)[RECORD_KEY_LEN];
	/* The new store gets a key of its own, and the EntryIDs in it follow. Not so a PST that is Unicode
	 * already, nor part 1 of one: it takes the old one's place, and what is sound is not touched. */
	bool changes_key;
	bool clears_password; /* else the new store asks for the old one's */
	bool anew;            /* nothing is carried block by block: every object is laid out anew */
	/* The same for these nodes alone, in ascending order: messages, folders and their tables. */
	const uint32_t *suspects;
	size_t n_suspects;
	/* Of a store that is split: by node the part that it goes to, counted from 1, and the part that is
	 * written. NULL: all go here. Part 1 has all folders, others those that they need. */
	const uint32_t *parts;
	uint32_t part;
	struct convert_weights *weights; /* filled when not NULL, to split by */
	/* Called now and then; false cancels. May be NULL. */
	bool (*tick)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/* What things take in the new store, bytes, its trees included. */
struct convert_weights {
	uint64_t *items; /* by node; room for all, zeros before */
	uint64_t rest;   /* all that is no item */
};

/* Messages and associated items; in == kept + recovered + marked + lost. */
struct convert_ledger {
	uint64_t in;
	uint64_t kept;      /* whole, and where they were */
	uint64_t recovered; /* whole, and found without the store's own trees or put elsewhere */
	uint64_t marked;    /* a part is missing, and they say so */
	uint64_t lost;
	uint64_t messages, associated; /* in the new store */
	uint64_t folders, folders_made;
	uint64_t in_lost_and_found;
	uint64_t older, deleted;  /* older versions; items that had been deleted */
	uint64_t characters_lost; /* of 8-bit text, without a meaning in their code page */
	uint64_t left_out;        /* nodes and subnodes that the new form has no place for */
	uint64_t kept_bytes;      /* carried block by block */
	uint64_t size;            /* of the new store, bytes */
};

/* ST_NOMEM, ST_CANCEL, ST_LIMIT (a table, value or count beyond what stores can have), what the sink said;
 * damage of the source is no failure. */
[[nodiscard]] enum status convert_store(struct arena *arena, const struct salvage *salvage,
					const struct convert_options *options, const struct store_sink *sink,
					struct convert_ledger *out);

#endif
