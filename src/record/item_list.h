/* This file holds what a look into a store has listed: waiting mail, receipts, doubles, rules.
 *
 * Texts live in the arena of whoever listed them; names, subjects and what
 * a rule says are the store's own words.
 */
#ifndef POSTMEND_RECORD_ITEM_LIST_H
#define POSTMEND_RECORD_ITEM_LIST_H

#include "base/arena.h"
#include "base/moment.h"
#include "base/status.h"

#include <stdbool.h>

enum { ITEM_WHY_MAX = 8 };

struct listed_item {
	uint32_t nid;                         /* 0: it stands in no store */
	uint32_t other;                       /* NID of what it is a double of, or 0 */
	const char *folder, *class, *subject; /* NULL where there is none */
	const char *state;                    /* one word of ours */
	const char *tells;                    /* a sentence for people, or NULL */
	bool has_time;
	wall_time time;
	uint64_t size;                 /* bytes */
	const char *why[ITEM_WHY_MAX]; /* ids of findings */
	size_t n_why;
	uint32_t part;      /* from 1: which rule of the list that the node holds; 0 the node as a whole */
	bool is_on;         /* a rule that is switched on, whatever else is wrong with it */
	const char *action; /* what was or would be done with it: "release"; NULL nothing */
	const char *to;     /* the folder or file where it goes, or NULL */
	bool is_written;    /* it was done, and is no plan any more */
};

struct item_list {
	struct listed_item *items;
	size_t n, room;
};

/* Copies the item behind the others. ST_NOMEM. */
[[nodiscard]] enum status item_list_add(struct arena *arena, struct item_list *list,
					const struct listed_item *item);

/* Adds an id once; beyond ITEM_WHY_MAX it is dropped. */
void item_list_why(struct listed_item *item, const char *id);

#endif
