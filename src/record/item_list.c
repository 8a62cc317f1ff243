/* This file keeps lists of items. */
#include "record/item_list.h"

#include <string.h>

enum { FIRST_ROOM = 64 };

enum status item_list_add(struct arena *arena, struct item_list *list, const struct listed_item *item)
{
	size_t room = list->room ? list->room * 2 : FIRST_ROOM;
	struct listed_item *items;

	if (list->n == list->room) {
		items = arena_array(arena, room, sizeof *items);
		if (!items)
			return ST_NOMEM;
		if (list->n)
			memcpy(items, list->items, list->n * sizeof *items);
		list->items = items;
		list->room = room;
	}
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
