/* This file gives objects that were found by their content the NIDs and folders they had.
 *
 * A table's row shows properties of what it stands for. One whose NID is
 * nowhere belongs to the object that shows the same.
 */
#include "salvage/by_content.h"

#include "base/cursor.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "salvage/named_folders.h"
#include "salvage/table_rows.h"

#include <stdlib.h>
#include <string.h>

enum { POINTS_MIN = 4, SAME_KEY_MAX = 64 };

/* What a row shows; 0 where it shows nothing. */
struct shown {
	uint32_t nid, folder; /* folder 0: that of a table which nobody knows */
	uint64_t key;         /* by which rows are found: a time, or the hash of a text */
	uint64_t modified, delivered, subject, name;
	uint32_t size, count, unread;
	bool is_taken, is_folder;
};

struct shown_list {
	struct arena *arena;
	struct shown *rows;
	size_t n, room;
};

static enum status add(struct shown_list *list, const struct shown *row)
{
	size_t room = list->room ? list->room * 2 : 256;
	struct shown *rows;

	if (list->n == list->room) {
		rows = arena_array(list->arena, room, sizeof *rows);
		if (!rows)
			return ST_NOMEM;
		if (list->n)
			memcpy(rows, list->rows, list->n * sizeof *rows);
		list->rows = rows;
		list->room = room;
	}
	list->rows[list->n++] = *row;
	return ST_OK;
}

static uint64_t number_in(const struct table_rows *t, size_t i, uint32_t id, uint16_t type)
{
	struct view value;
	struct cursor c;

	if (!table_row_value(t, i, id << 16 | type, &value))
		return 0;
	c = cursor_of(value);
	return value.len >= 8 ? cursor_u64le(&c) : cursor_u32le(&c);
}

static uint64_t text_in(const struct table_rows *t, size_t i, uint32_t id)
{
	struct view value;

	if (table_row_value(t, i, id << 16 | PTYP_STRING, &value) ||
	    table_row_value(t, i, id << 16 | PTYP_STRING_8, &value))
		return look_number(value);
	return 0;
}

static struct shown read_row(const struct table_rows *t, size_t i, uint32_t folder)
{
	struct shown s = {
		.nid = table_row_nid(t, i),
		.folder = folder,
		.modified = number_in(t, i, TAG_MODIFICATION_TIME, PTYP_TIME),
		.delivered = number_in(t, i, TAG_DELIVERY_TIME, PTYP_TIME),
		.subject = text_in(t, i, TAG_SUBJECT),
		.name = text_in(t, i, TAG_DISPLAY_NAME),
		.size = (uint32_t)number_in(t, i, TAG_MESSAGE_SIZE, PTYP_INTEGER_32),
		.count = (uint32_t)number_in(t, i, TAG_CONTENT_COUNT, PTYP_INTEGER_32),
		.unread = (uint32_t)number_in(t, i, TAG_CONTENT_UNREAD, PTYP_INTEGER_32),
	};

	s.is_folder = nid_type((struct nid){ s.nid }) == NID_TYPE_NORMAL_FOLDER ||
		      nid_type((struct nid){ s.nid }) == NID_TYPE_SEARCH_FOLDER;
	s.key = s.is_folder ? s.name : s.delivered ? s.delivered : s.modified;
	return s;
}

/* Rows of one table whose NIDs are nowhere. */
static enum status add_table(struct salvage_work *w, struct shown_list *list, const struct node_fact *table,
			     uint32_t folder)
{
	struct table_rows t;
	enum status st = ST_OK;

	if (table_rows_open(&w->reader, table->data, table->subnode, &t))
		for (size_t i = 0; st == ST_OK && i < t.n; i++) {
			struct shown s = read_row(&t, i, folder);

			if (s.nid && !facts_node(&w->out->facts, (struct nid){ s.nid }))
				st = add(list, &s);
		}
	arena_clear(w->reader.arena);
	return st;
}

static bool has_rows(uint32_t nid)
{
	enum nid_type type = nid_type((struct nid){ nid });

	return type == NID_TYPE_HIERARCHY_TABLE || type == NID_TYPE_CONTENTS_TABLE ||
	       type == NID_TYPE_ASSOC_CONTENTS_TABLE;
}

static int compare(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	/* Of two rows for one NID the one whose folder is known. */
	return x->folder > y->folder ? -1 : x->folder < y->folder;
}

static unsigned points(const struct look *look, const struct shown *s)
{
	unsigned n = 0;

	if (s->is_folder)
		return (s->name == look->name ? 3U : 0U) + (s->count == look->count) +
		       (s->unread == look->unread);
	n += s->modified && s->modified == look->modified ? 3 : 0;
	n += s->delivered && s->delivered == look->delivered ? 2 : 0;
	n += s->subject && s->subject == look->subject ? 2 : 0;
	n += s->size && s->size == look->size ? 1 : 0;
	/* An empty subject is an empty cell. */
	n += !s->subject && !look->subject ? 1 : 0;
	return n;
}

/* The row that shows most of the same; none when two do equally well. */
static struct shown *best_row(struct shown_list *list, const struct look *look, uint64_t key)
{
	size_t low = 0, high = list->n;
	struct shown *best = NULL;
	unsigned most = POINTS_MIN - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->rows[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; key && i < list->n && list->rows[i].key == key && i < low + SAME_KEY_MAX; i++) {
		struct shown *s = &list->rows[i];
		unsigned n = s->is_taken || s->is_folder != (look->kind == LOOK_FOLDER) ? 0 : points(look, s);

		if (n > most) {
			most = n;
			best = s;
		}
	}
	return best;
}

/* Rows of two tables for one NID show the same and so stand side by side. */
static void take_row(struct shown_list *list, struct found *f, const struct shown *row)
{
	size_t i = (size_t)(row - list->rows);

	f->nid = row->nid;
	f->folder = row->folder;
	f->is_listed = true;
	while (i > 0 && list->rows[i - 1].key == row->key && list->rows[i - 1].nid == row->nid)
		i--;
	for (; i < list->n && list->rows[i].key == row->key && list->rows[i].nid == f->nid; i++)
		list->rows[i].is_taken = true;
}

static void match(struct shown_list *list, struct found *f)
{
	const struct look *l = &f->look;
	uint64_t key = l->kind == LOOK_FOLDER ? l->name : l->delivered ? l->delivered : l->modified;
	const struct shown *row = best_row(list, l, key);

	if (!row && l->kind == LOOK_MESSAGE)
		row = best_row(list, l, l->modified);
	if (row)
		take_row(list, f, row);
}

/* The folder whose counts are those of a table that nobody knows; 0 when
 * several would do. */
static uint32_t folder_with(const struct found_all *all, size_t n_rows)
{
	uint32_t nid = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct found *f = &all->objects[i];

		if (f->look.kind != LOOK_FOLDER || !f->nid || f->look.count != n_rows)
			continue;
		if (nid)
			return 0;
		nid = f->nid;
	}
	return nid;
}

/* A hierarchy table that lists one of the store's own folders belongs to the
 * folder above that. */
static uint32_t folder_above(struct salvage_work *w, const struct shown_list *list, size_t from)
{
	struct named_folder named[NAMED_FOLDERS_MAX];
	size_t n = named_folders_read(w, named);

	for (size_t i = from; i < list->n; i++)
		for (size_t k = 0; k < n; k++)
			if (named[k].nid == list->rows[i].nid)
				return named[k].parent;
	return 0;
}

/* Rows of tables that have lost their own NIDs: hierarchies first, for the folders'. */
static enum status add_unknown(struct salvage_work *w, struct found_all *all, struct shown_list *list,
			       enum look_kind kind)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < all->n; i++) {
		struct found *f = &all->objects[i];
		struct node_fact table = { 0, 0, f->look.data, f->subnode };
		size_t from = list->n;
		uint32_t folder;

		if (f->look.kind != kind)
			continue;
		st = add_table(w, list, &table, 0);
		folder = kind == LOOK_CONTENTS ? folder_with(all, list->n - from)
					       : folder_above(w, list, from);
		for (size_t k = from; k < list->n; k++)
			list->rows[k].folder = folder;
	}
	return st;
}

static enum status match_kind(struct found_all *all, struct shown_list *list, enum look_kind kind)
{
	if (list->n)
		qsort(list->rows, list->n, sizeof *list->rows, compare);
	for (size_t i = 0; i < all->n; i++)
		if (all->objects[i].look.kind == kind && !all->objects[i].nid)
			match(list, &all->objects[i]);
	return ST_OK;
}

enum status found_match_rows(struct salvage_work *work, struct found_all *all)
{
	const struct check_facts *facts = &work->out->facts;
	struct shown_list list = { .arena = work->scratch };
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < facts->n_nodes; i++)
		if (has_rows(facts->nodes[i].nid))
			st = add_table(work, &list, &facts->nodes[i],
				       (facts->nodes[i].nid & ~0x1FU) | NID_TYPE_NORMAL_FOLDER);
	if (st == ST_OK)
		st = add_unknown(work, all, &list, LOOK_HIERARCHY);
	if (st == ST_OK)
		st = match_kind(all, &list, LOOK_FOLDER);
	if (st == ST_OK)
		st = add_unknown(work, all, &list, LOOK_CONTENTS);
	if (st == ST_OK)
		st = match_kind(all, &list, LOOK_MESSAGE);
	return st;
}
