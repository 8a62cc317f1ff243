/* This file keeps lists of items. */
#include "record/item_list.h"

#include <string.h>

enum status item_list_add(struct arena *arena, struct item_list *list, const struct listed_item *item)
{
	struct listed_item *items = arena_grown(arena, list->items, list->n, &list->room, sizeof *items);

	if (!items)
		return ST_NOMEM;
	list->items = items;
	list->items[list->n++] = *item;
	return ST_OK;
}

void item_list_why(struct listed_item *item, const char *id)
{
	for (size_t i = 0; i < item->n_why; i++)
		if (strcmp(item->why[i], id) == 0)
			return;
	if (item->n_why < ITEM_WHY_MAX)
		item->why[item->n_why++] = id;
}
