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
	/* The new store's PidTagRecordKey, for one that will stand beside the old one; else the old one's is
	 * kept, and this is used where that is lost. */
	uint8_t record_key[RECORD_KEY_LEN];
	bool changes_key;
	bool anew; /* nothing is carried block by block: every object is laid out anew */
	/* The same for these nodes alone, in ascending order: messages, folders and their tables. */
	const uint32_t *suspects;
	size_t n_suspects;
	/* Part `part` of the items, for stores that are split, counted from 0; all when `part_bytes` is 0. */
	uint64_t part_bytes;
	uint64_t part;
	/* Called now and then; false cancels. May be NULL. */
	bool (*tick)(void *context, uint64_t done, uint64_t total);
	void *context;
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
	uint64_t parts;           /* of a store that is split: how many there are */
	uint64_t size;            /* of the new store, bytes */
};

/* ST_NOMEM, ST_CANCEL, ST_LIMIT (a table, value or count beyond what stores can have), what the sink said;
 * damage of the source is no failure. */
[[nodiscard]] enum status convert_store(struct arena *arena, const struct salvage *salvage,
					const struct convert_options *options, const struct store_sink *sink,
					struct convert_ledger *out);

#endif
