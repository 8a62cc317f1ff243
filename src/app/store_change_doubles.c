/* This file decides which of several exact doubles stays and which go. */
#include "app/store_change.h"

#include "base/cursor.h"
#include "check/item_read.h"
#include "check/mailbox_facts.h"
#include "pst/msg/tags.h"

#include <stdlib.h>
#include <string.h>

enum { READ_ARENA = 64 << 20, TIME_LEN = 8 };

/* A message that has a double: what decides whether it stays. */
struct member {
	uint32_t nid, group; /* group: the number of any member, the same for all of them */
	size_t item;         /* its place in the list, plus 1; 0 for one that is only a double of others' */
	uint64_t time, size;
	bool in_folder;
};

struct doubles {
	struct store_change *s;
	struct member *rows; /* sorted by NID */
	size_t n;
	struct node_reader reader;
	const char *keep, *folder; /* folder: of "in FOLDER", or NULL */
};

static bool is_exact(const struct listed_item *item)
{
	return item->other && strcmp(item->state, "exact") == 0;
}

static int compare(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->nid > y->nid) - (x->nid < y->nid);
}

static size_t find(const struct doubles *d, uint32_t nid)
{
	size_t low = 0, high = d->n;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (d->rows[middle].nid <= nid)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static size_t group_of(struct doubles *d, size_t i)
{
	while (d->rows[i].group != i) {
		d->rows[i].group = d->rows[d->rows[i].group].group;
		i = d->rows[i].group;
	}
	return i;
}

/* Everybody once, sorted; then who belongs together. */
static bool gather(struct doubles *d)
{
	struct item_list *list = &d->s->look->list;
	size_t n = 0;

	d->rows = arena_array(d->s->look->run->arena, 2 * list->n + 1, sizeof *d->rows);
	if (!d->rows)
		return false;
	for (size_t i = 0; i < list->n; i++)
		if (is_exact(&list->items[i])) {
			d->rows[d->n++].nid = list->items[i].nid;
			d->rows[d->n++].nid = list->items[i].other;
		}
	if (d->n)
		qsort(d->rows, d->n, sizeof *d->rows, compare);
	for (size_t i = 0; i < d->n; i++)
		if (n == 0 || d->rows[n - 1].nid != d->rows[i].nid)
			d->rows[n++] = d->rows[i];
	d->n = n;
	for (size_t i = 0; i < d->n; i++)
		d->rows[i].group = (uint32_t)i;
	for (size_t i = 0; i < list->n; i++) {
		struct listed_item *item = &list->items[i];

		if (!is_exact(item))
			continue;
		d->rows[find(d, item->nid)].item = i + 1;
		d->rows[group_of(d, find(d, item->nid))].group = (uint32_t)group_of(d, find(d, item->other));
	}
	return true;
}

static bool is_folder_named(const char *path, const char *wanted)
{
	size_t len = path ? strlen(path) : 0, want = strlen(wanted);

	return path && len >= want && strcmp(path + len - want, wanted) == 0 &&
	       (len == want || path[len - want - 1] == '/');
}

static void read_member(struct doubles *d, struct member *m)
{
	const struct check_facts *facts = d->reader.facts;
	const struct node_fact *node = facts_node(facts, (struct nid){ m->nid });
	uint32_t size = 0;
	struct property p;
	struct view value;
	struct item item;

	if (node && item_open(&d->reader, node, &item)) {
		if (item_property(&item, TAG_CREATION_TIME, &p, &value) && value.len == TIME_LEN) {
			struct cursor c = cursor_of(value);

			m->time = cursor_u64le(&c);
		}
		if (item_integer(&item, TAG_MESSAGE_SIZE, &size))
			m->size = size;
	}
	if (d->folder)
		m->in_folder = is_folder_named(facts_folder_path(d->reader.arena, facts, m->nid), d->folder);
	arena_clear(d->reader.arena);
}

/* Without a preference the older, and of equal ones the lower number. */
static bool is_better(const struct doubles *d, const struct member *a, const struct member *b)
{
	if (a->in_folder != b->in_folder)
		return a->in_folder;
	if (strcmp(d->keep, "fullest") == 0 && a->size != b->size)
		return a->size > b->size;
	if (strcmp(d->keep, "newest") == 0)
		return a->time != b->time ? a->time > b->time : a->nid > b->nid;
	return a->time != b->time ? a->time < b->time : a->nid < b->nid;
}

/* The one that the others were called doubles of may be the one that goes. */
static struct listed_item *list_first(struct doubles *d, const struct member *m, uint32_t kept)
{
	struct look *look = d->s->look;
	struct listed_item item = { .nid = m->nid,
				    .other = kept,
				    .state = "exact",
				    .size = m->size,
				    .folder = facts_folder_path(look->run->arena, d->reader.facts, m->nid) };

	if (item_list_add(look->run->arena, &look->list, &item) != ST_OK)
		return NULL;
	return &look->list.items[look->list.n - 1];
}

static const char *act_on(struct doubles *d, size_t i, uint32_t kept)
{
	const struct options *o = &d->s->look->run->options;
	struct member *m = &d->rows[i];
	struct listed_item *item = m->item ? &d->s->look->list.items[m->item - 1] : NULL;

	/* Numbers on the line mean those alone. */
	if (o->remove && *o->remove && strcmp(o->remove, "all") != 0 &&
	    !store_change_is_named(o->remove, &(struct listed_item){ .nid = m->nid }))
		return NULL;
	if (!item)
		item = list_first(d, m, kept);
	if (!item)
		return "memory ended";
	store_change_act(d->s, item, o->remove ? "remove" : "move", o->remove ? NULL : d->s->folder);
	return NULL;
}

static const char *choose(struct doubles *d)
{
	uint32_t *best = arena_array(d->s->look->run->arena, d->n + 1, sizeof *best);
	const char *why = best ? NULL : "memory ended";

	for (size_t i = 0; !why && i < d->n; i++)
		best[i] = UINT32_MAX;
	for (size_t i = 0; !why && i < d->n; i++) {
		uint32_t *b = &best[group_of(d, i)];

		read_member(d, &d->rows[i]);
		if (*b == UINT32_MAX || is_better(d, &d->rows[i], &d->rows[*b]))
			*b = (uint32_t)i;
	}
	for (size_t i = 0; !why && i < d->n; i++) {
		uint32_t kept = best[group_of(d, i)];

		if (kept != i)
			why = act_on(d, i, d->rows[kept].nid);
	}
	return why;
}

const char *store_change_choose_doubles(struct store_change *s)
{
	const struct options *o = &s->look->run->options;
	struct doubles d = { .s = s, .keep = o->keep ? o->keep : "oldest" };
	const char *why = "memory ended";

	if (o->remove && o->move_to)
		return "--move-to or --remove, not both";
	if (strncmp(d.keep, "in ", 3) == 0)
		d.folder = d.keep + 3;
	else if (strcmp(d.keep, "oldest") != 0 && strcmp(d.keep, "newest") != 0 &&
		 strcmp(d.keep, "fullest") != 0)
		return "--keep: expected oldest, newest, fullest or in FOLDER";
	s->folder = o->move_to ? o->move_to : "Duplicates";
	d.reader = (struct node_reader){ .facts = change_facts(s->change), .arena = arena_new(READ_ARENA) };
	d.reader.room = d.reader.arena ? arena_alloc(s->look->run->arena, NODE_READER_ROOM) : NULL;
	if (d.reader.room && gather(&d))
		why = choose(&d);
	arena_drop(&d.reader.arena);
	return why;
}
