/* This file says what each look's mending options mean: which items, and what is done with them. */
#include "app/store_change.h"

#include "base/str.h"
#include "pst/ltp/property.h"
#include "pst/msg/tags.h"

#include <stdio.h>
#include <string.h>

enum { ID_SIZE = 32 };

#define COLUMN(tag, type) ((uint32_t)(tag) << 16 | (type))

bool store_change_is_named(const char *list, const struct listed_item *item)
{
	struct str rest = list ? str_of(list) : STR("");
	char id[ID_SIZE], part_id[ID_SIZE];

	if (!list)
		return false;
	if (strcmp(list, "all") == 0)
		return true;
	snprintf(id, sizeof id, "0x%X", (unsigned)item->nid);
	snprintf(part_id, sizeof part_id, "0x%X.%u", (unsigned)item->nid, (unsigned)item->part);
	while (rest.at) {
		struct str one = str_cut(&rest, ',');

		if (str_is_nocase(one, item->part ? part_id : id))
			return true;
	}
	return false;
}

void store_change_act(struct store_change *s, struct listed_item *item, const char *action, const char *to)
{
	item->action = action;
	item->to = to;
	s->n++;
}

/* A message that is being sent; a row of the queue without one can only go. */
static const char *choose_mail(struct store_change *s)
{
	const struct options *o = &s->look->run->options;

	if (o->release && o->remove)
		return "--release or --remove, not both";
	if (s->look->kind->which == LOOK_OUTBOX && o->release && !*o->release)
		return "--release: expected \"all\" or the number of a message, such as 0x200024";
	if (o->remove && !*o->remove)
		return "--remove: expected \"all\" or the number of a message, such as 0x200024";
	for (size_t i = 0; i < s->look->list.n; i++) {
		struct listed_item *item = &s->look->list.items[i];
		bool gone = strcmp(item->state, "gone") == 0;

		if (store_change_is_named(o->remove, item) ||
		    (gone && store_change_is_named(o->release, item)))
			store_change_act(s, item, "remove", NULL);
		else if (store_change_is_named(o->release, item))
			store_change_act(s, item, "release", NULL);
	}
	return NULL;
}

static const char *choose_password(struct store_change *s)
{
	for (size_t i = 0; s->look->run->options.clear_password && i < s->look->list.n; i++)
		store_change_act(s, &s->look->list.items[i], "clear", NULL);
	return NULL;
}

const char *store_change_choose(struct store_change *s)
{
	switch (s->look->kind->which) {
	case LOOK_OUTBOX:
	case LOOK_RECEIPTS:
		return choose_mail(s);
	case LOOK_DUPLICATES:
		return store_change_choose_doubles(s);
	case LOOK_RULES:
		return store_change_choose_rules(s);
	case LOOK_PASSWORD:
		return choose_password(s);
	}
	return "there is nothing that can be changed here";
}

/* A draft again: nobody sends it, the user can. */
static void release(struct store_change *s, const struct listed_item *item, uint32_t drafts)
{
	uint32_t flags = change_integer(s->change, item->nid, TAG_MESSAGE_FLAGS);
	uint32_t submit = change_integer(s->change, item->nid, TAG_SUBMIT_FLAGS);

	change_unqueue(s->change, item->nid);
	change_set_integer(s->change, item->nid, COLUMN(TAG_MESSAGE_FLAGS, PTYP_INTEGER_32),
			   (flags & ~(uint32_t)MESSAGE_SUBMIT) | MESSAGE_UNSENT);
	if (submit)
		change_set_integer(s->change, item->nid, COLUMN(TAG_SUBMIT_FLAGS, PTYP_INTEGER_32), 0);
	change_move(s->change, item->nid, drafts);
}

static bool has_action(const struct store_change *s, const char *action)
{
	for (size_t i = 0; i < s->look->list.n; i++)
		if (s->look->list.items[i].action && strcmp(s->look->list.items[i].action, action) == 0)
			return true;
	return false;
}

static void do_one(struct store_change *s, const struct listed_item *item, uint32_t folder)
{
	if (strcmp(item->action, "release") == 0)
		release(s, item, folder);
	else if (strcmp(item->action, "clear") == 0)
		change_set_store_integer(s->change, COLUMN(TAG_PST_PASSWORD, PTYP_INTEGER_32), 0);
	else if (strcmp(item->action, "disable") == 0)
		store_change_disable(s, item);
	else if (strcmp(item->action, "move") == 0 || strcmp(item->action, "set-aside") == 0)
		change_move(s->change, item->nid, folder);
	else if (strcmp(item->state, "gone") == 0)
		change_unqueue(s->change, item->nid);
	else if (strcmp(item->action, "remove") == 0)
		change_remove(s->change, item->nid);
}

void store_change_do(struct store_change *s)
{
	uint32_t folder = 0;

	if (has_action(s, "release"))
		folder = change_drafts(s->change);
	else if (has_action(s, "move") || has_action(s, "set-aside"))
		folder = change_folder(s->change, s->folder);
	for (size_t i = 0; i < s->look->list.n; i++)
		if (s->look->list.items[i].action)
			do_one(s, &s->look->list.items[i], folder);
}
