/* This file says what is done with rules: switched off, set aside, written into a file. */
#include "app/store_change.h"

#include "base/str.h"
#include "rules/rules.h"

#include <string.h>

enum { TAG_RULES_STREAM = 0x6802, TAG_RULE_STATE = 0x65E9, STATE_ENABLED = 1, RULES_ARENA = 256 << 20 };
enum { TYPE_INTEGER = 3, TYPE_BINARY = 0x102, ENABLED_LEN = 4 };

#define COLUMN(tag, type) ((uint32_t)(tag) << 16 | (type))

/* A list that cannot be read has no rule to be switched off. */
static bool is_rule(const struct listed_item *item)
{
	return item->part || str_starts_nocase(str_of(item->class ? item->class : ""), STR("IPM.Rule.")) ||
	       str_starts_nocase(str_of(item->class ? item->class : ""), STR("IPM.ExtendedRule."));
}

static bool is_damaged(const struct listed_item *item)
{
	return strcmp(item->state, "damaged") == 0;
}

/* "all" means what is damaged as a whole; a list of which one rule is damaged has to be named. */
static bool goes_aside(const char *list, const struct listed_item *item)
{
	struct listed_item whole = { .nid = item->nid };

	if (!list || !is_damaged(item))
		return false;
	if (strcmp(list, "all") == 0)
		return item->part == 0;
	return store_change_is_named(list, &whole) || store_change_is_named(list, item);
}

static bool is_moved_already(const struct item_list *list, size_t n, uint32_t nid)
{
	for (size_t i = 0; i < n; i++)
		if (list->items[i].nid == nid && list->items[i].action &&
		    strcmp(list->items[i].action, "set-aside") == 0)
			return true;
	return false;
}

const char *store_change_choose_rules(struct store_change *s)
{
	const struct options *o = &s->look->run->options;
	struct item_list *list = &s->look->list;

	if (o->disable && !*o->disable)
		return "--disable: expected \"all\" or the number of a rule, such as 0x8008.1";
	if (o->set_aside && !*o->set_aside)
		return "--set-aside: expected \"all\" or the number of what is damaged, such as 0x8008";
	s->folder = CONTENT_RULES_ASIDE;
	for (size_t i = 0; i < list->n; i++) {
		struct listed_item *item = &list->items[i];

		if (goes_aside(o->set_aside, item) && !is_moved_already(list, i, item->nid))
			store_change_act(s, item, "set-aside", s->folder);
		else if (is_rule(item) && item->is_on && store_change_is_named(o->disable, item))
			store_change_act(s, item, "disable", NULL);
	}
	return NULL;
}

/* The stream keeps its length: the word that says so becomes 0. */
static void disable_in_list(struct store_change *s, const struct listed_item *item)
{
	struct arena *arena = arena_new(RULES_ARENA);
	struct view stream = change_bytes(s->change, item->nid, TAG_RULES_STREAM);
	uint8_t *copy = arena && stream.len ? arena_copy(arena, stream.at, stream.len) : NULL;
	struct rules rules;

	if (copy && rules_read(arena, stream, &rules) == ST_OK && item->part <= rules.n &&
	    rules.rules[item->part - 1].enabled_at + ENABLED_LEN <= stream.len) {
		memset(copy + rules.rules[item->part - 1].enabled_at, 0, ENABLED_LEN);
		change_set_bytes(s->change, item->nid, COLUMN(TAG_RULES_STREAM, TYPE_BINARY),
				 view_of(copy, stream.len));
	}
	arena_drop(&arena);
}

void store_change_disable(struct store_change *s, const struct listed_item *item)
{
	uint32_t state;

	if (item->part) {
		disable_in_list(s, item);
		return;
	}
	state = change_integer(s->change, item->nid, TAG_RULE_STATE);
	change_set_integer(s->change, item->nid, COLUMN(TAG_RULE_STATE, TYPE_INTEGER),
			   state & ~(uint32_t)STATE_ENABLED);
}

struct view store_change_rules_stream(struct store_change *s)
{
	struct view best = { 0 };

	for (size_t i = 0; i < s->look->list.n; i++) {
		const struct listed_item *item = &s->look->list.items[i];
		struct view stream = { 0 };

		if (item->part == 1)
			stream = change_bytes(s->change, item->nid, TAG_RULES_STREAM);
		if (stream.len > best.len)
			best = stream;
	}
	return best;
}
