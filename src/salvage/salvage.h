/* This file gives the best picture that can be had of a store, damaged or not.
 *
 *	struct salvage *s;
 *	st = salvage_store(arena, &image, &options, &s);
 *	reader = (struct node_reader){ &s->facts, ... };
 *
 * The picture is what a check gathers of a sound store: blocks and nodes that
 * node_read.h and item_read.h read, so that whoever takes items out of it need
 * not know how they were found. Beside it stands for each node how it was
 * found and how its folder is known.
 *
 * The image is read once from end to end, and parts of it again. Damage,
 * however bad, is ST_OK and a smaller picture; a file without anything of a
 * store in it gives facts.variant NULL. Other results: ST_NOMEM, ST_CANCEL.
 *
 * Memory, all from the arena and living as long: 36 bytes for each block found
 * and 28 for each node, and copies of small lists of subnodes, a 64th of the
 * store and 48 MiB at most. What is only needed on the way is returned.
 */
#ifndef POSTMEND_SALVAGE_SALVAGE_H
#define POSTMEND_SALVAGE_SALVAGE_H

#include "check/check.h"
#include "check/facts.h"

enum salvage_origin {
	SALVAGE_TREE,    /* the tree that the header leads to, or the newest whole one */
	SALVAGE_PAGE,    /* a page that no tree leads to any more; nothing newer speaks against it */
	SALVAGE_OLDER,   /* an older version: the newest is lost, or its blocks are */
	SALVAGE_ROW,     /* recognised by its content; a row of a table or an older version gave its NID */
	SALVAGE_CONTENT, /* recognised by its content; its NID is made up */
	SALVAGE_DELETED, /* deleted, but whole: there only with options.deleted */
	SALVAGE_ORIGINS,
};

/* How it is known where a folder or message belongs. */
enum salvage_place {
	SALVAGE_PLACE_NONE,     /* it is not: the node's parent is 0, and it goes to Lost and found */
	SALVAGE_PLACE_PARENT,   /* its own entry says so */
	SALVAGE_PLACE_ROW,      /* a row of a folder's table */
	SALVAGE_PLACE_ENTRY_ID, /* the store names it among its own folders */
};

struct salvage_node {
	uint8_t origin; /* enum salvage_origin */
	uint8_t place;  /* enum salvage_place; of folders and messages */
	/* Of what was recognised by its content: it had subnodes (recipients,
	 * attachments, long values), and they are missing or no more than a guess. */
	bool lacks_subnodes;
};

/* A folder or search folder, in ascending order of NIDs. Parents lead to the
 * root folder or to 0 and never in circles. */
struct salvage_folder {
	uint32_t nid, parent; /* the root's parent is itself; 0: not known */
	const char *name;     /* UTF-8, the store's words; NULL when it is not known */
	bool has_node;        /* false: only what is in it or above it tells of it */
	uint8_t place;        /* enum salvage_place */
};

/* A folder or message that rows or children name and that is nowhere. */
struct salvage_lost {
	uint32_t nid;
	uint32_t folder; /* where it was listed */
};

struct salvage {
	/* Variant, header, blocks, nodes; facts.have tells FACT_CONTENT and FACT_DECODED too.
	 * Where the header was lost its fields are 0 but for version and crypt_method. A
	 * folder's or message's parent is a NID of `folders`, or 0. */
	struct check_facts facts;
	struct salvage_node *nodes; /* one for each of facts.nodes */
	struct salvage_folder *folders;
	size_t n_folders;
	struct salvage_lost *lost; /* in ascending order of NIDs */
	size_t n_lost;
	bool header_lost; /* variant and cipher were voted on */
	bool tail_moved;  /* bytes had come in or gone missing: facts.image shows the store as it was */
	bool trees_whole; /* both trees could be read from their roots down: nothing had to be guessed */
	uint64_t n_of[SALVAGE_ORIGINS]; /* nodes by origin */
	uint64_t n_unreadable;          /* blocks that are known of and damaged */
};

struct salvage_options {
	struct check_runner runner;
	bool deleted; /* also what was deleted and is whole */
	/* As in check_options; may be NULL. */
	bool (*tick)(void *context, uint64_t done, uint64_t total);
	void *context;
};

[[nodiscard]] enum status salvage_store(struct arena *arena, const struct image *image,
					const struct salvage_options *options, struct salvage **out);

/* The folder, or NULL. O(log n). */
const struct salvage_folder *salvage_folder(const struct salvage *salvage, uint32_t nid);

#endif
