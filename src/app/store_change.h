/* This file runs what the looks into a store can mend: in the store itself, with a journal to take it back.
 */
#ifndef POSTMEND_APP_STORE_CHANGE_H
#define POSTMEND_APP_STORE_CHANGE_H

#include "app/store_look.h"
#include "edit/change.h"

/* True when an option asks for a change, or for a plan of one. */
bool store_change_is_asked(const struct run *run);

/* The look with its mending; the one word is the store. Returns the exit code. */
int store_change_run(struct run *run, const struct look_kind *kind);

/* What is to be done with the items of one look. */
struct store_change {
	struct look *look; /* of the store before */
	struct change *change;
	const char *folder; /* where moved messages go, or NULL */
	size_t n;           /* items that have an action */
};

/* Gives the items that the options name an action; the sentence of why not, or NULL. */
const char *store_change_choose(struct store_change *s);

/* The same for doubles. */
const char *store_change_choose_doubles(struct store_change *s);
void store_change_act(struct store_change *s, struct listed_item *item, const char *action, const char *to);

/* The same for rules; disabling one on paper; and the bytes of the store's longest list, none without one. */
const char *store_change_choose_rules(struct store_change *s);
void store_change_disable(struct store_change *s, const struct listed_item *item);
struct view store_change_rules_stream(struct store_change *s);

/* Does on paper what the items' actions say. */
void store_change_do(struct store_change *s);

/* True when this list names the item: "all", or its number. */
bool store_change_is_named(const char *list, const struct listed_item *item);

#endif
