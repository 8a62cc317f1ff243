/* This file describes a store to be made: how many of what, and in which form.
 *
 * The same plan gives the same bytes, on every machine.
 */
#ifndef POSTMEND_TESTS_MAKERS_PLAN_H
#define POSTMEND_TESTS_MAKERS_PLAN_H

#include "write/ndb_out.h"

#include <stdio.h>

struct range {
	uint64_t from, to;
};

struct plan {
	struct ndb_options ndb;
	bool compress;          /* 4K only: blocks that shrink are stored as zlib streams */
	const char *kinds_path; /* NULL, or a file as long as the store: enum byte_kind of each byte */
	uint64_t seed;
	uint64_t folders;         /* of the user, beside those that every store has */
	uint64_t folder_depth;    /* they nest as deep as this */
	uint64_t messages;        /* spread over the folders */
	uint64_t associated;      /* hidden messages in the first folder */
	uint64_t recipients;      /* at most, for each message */
	uint64_t attach_every;    /* every n-th message has attachments; 0 none has */
	uint64_t attach_count;    /* so many each */
	struct range attachments; /* bytes */
	struct range body;        /* characters */
	uint64_t embed_every;     /* every n-th message has a message in an attachment; 0 none */
	uint64_t embed_depth;     /* and that has one, and so on */
	uint64_t named;           /* named properties beside those of the usual kinds */
	bool troubles;            /* stuck mail, hidden receipts, doubles, rules that do not run */
	bool kinds; /* contacts, appointments, receipts, rules, a message to be sent, a search */
};

/* Words that name plans: minimal, small, rich, deep, big, ... ; false for others. */
bool plan_of_recipe(const char *name, struct plan *out);
void plan_print_recipes(FILE *to);

/* One option of a plan, with its value. False, after a line to stderr, when it has no meaning. */
bool plan_read_option(const char *name, const char *text, struct plan *plan);
void plan_print_options(FILE *to);

#endif
