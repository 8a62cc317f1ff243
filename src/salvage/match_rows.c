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

enum { POINTS_MIN = 4, SAME_KEY_MAX = 64, OWNERS_MAX = 4096 };

/* What a row shows; 0 where it shows nothing. */
struct shown {
	uint32_t nid, folder; /* folder 0: that of a table which nobody knows */
	uint64_t key;         /* by which rows are found: a time, or the hash of a text */
	uint64_t modified, delivered, subject, name, class;
	uint32_t size, count, unread;
	uint32_t table; /* of unknown ones: which; 0 for those that are known */
	bool is_taken, is_folder;
};

/* A table whose folder nobody knows. */
struct unknown_table {
	uint8_t kind; /* enum look_kind */
	size_t n_rows, n_unread;
	uint32_t folder; /* once it is known */
	bool was_tried;
};

struct shown_list {
	struct arena *arena;
	struct shown *rows;
	size_t n, room;
	struct unknown_table *tables; /* number 1 is the first; in the order of their BIDs */
	size_t n_tables;
};

static enum status add(struct shown_list *list, const struct shown *row)
{
	struct shown *rows = arena_grown(list->arena, list->rows, list->n, &list->room, sizeof *rows);

	if (!rows)
		return ST_NOMEM;
	list->rows = rows;
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

/* What a message is looked for by: hidden ones have no times in their rows. */
static uint64_t key_of(uint64_t delivered, uint64_t modified, uint64_t name)
{
	if (delivered)
		return delivered;
	return modified ? modified : name;
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
		.class = text_in(t, i, TAG_MESSAGE_CLASS),
		.size = (uint32_t)number_in(t, i, TAG_MESSAGE_SIZE, PTYP_INTEGER_32),
		.count = (uint32_t)number_in(t, i, TAG_CONTENT_COUNT, PTYP_INTEGER_32),
		.unread = (uint32_t)number_in(t, i, TAG_CONTENT_UNREAD, PTYP_INTEGER_32),
	};

	s.is_folder = nid_type((struct nid){ s.nid }) == NID_TYPE_NORMAL_FOLDER ||
		      nid_type((struct nid){ s.nid }) == NID_TYPE_SEARCH_FOLDER;
	s.key = s.is_folder ? s.name : key_of(s.delivered, s.modified, s.name);
	return s;
}

/* Rows of one table whose NIDs are nowhere. */
static enum status add_rows(struct salvage_work *w, struct shown_list *list, const struct table_rows *t,
			    uint32_t folder)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < t->n; i++) {
		struct shown s = read_row(t, i, folder);

		s.table = folder ? 0 : (uint32_t)list->n_tables;
		if (s.nid && !facts_node(&w->out->facts, (struct nid){ s.nid }))
			st = add(list, &s);
	}
	return st;
}

static enum status add_table(struct salvage_work *w, struct shown_list *list, const struct node_fact *table)
{
	struct table_rows t;
	enum status st = ST_OK;

	if (work_open_table(w, table->data, table->subnode, &t))
		st = add_rows(w, list, &t, (table->nid & ~0x1FU) | NID_TYPE_NORMAL_FOLDER);
	arena_clear(w->reader.arena);
	return st;
}

static size_t count_unread(const struct table_rows *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += !(number_in(t, i, TAG_MESSAGE_FLAGS, PTYP_INTEGER_32) & MESSAGE_READ);
	return n;
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
	if (x->folder != y->folder)
		return x->folder > y->folder ? -1 : 1;
	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	if (x->modified != y->modified)
		return x->modified > y->modified ? -1 : 1;
	return x->subject < y->subject ? -1 : x->subject > y->subject;
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
	n += s->name && s->name == look->name ? 3 : 0;
	n += s->class && s->class == look->class ? 1 : 0;
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
	f->table = row->table;
	f->is_listed = true;
	while (i > 0 && list->rows[i - 1].key == row->key && list->rows[i - 1].nid == row->nid)
		i--;
	for (; i < list->n && list->rows[i].key == row->key && list->rows[i].nid == f->nid; i++)
		list->rows[i].is_taken = true;
}

static void match(struct shown_list *list, struct found *f)
{
	const struct look *l = &f->look;
	uint64_t key = l->kind == LOOK_FOLDER ? l->name : key_of(l->delivered, l->modified, l->name);
	const struct shown *row = best_row(list, l, key);

	if (!row && l->kind == LOOK_MESSAGE)
		row = best_row(list, l, l->modified);
	if (!row && l->kind == LOOK_MESSAGE)
		row = best_row(list, l, l->name);
	if (row)
		take_row(list, f, row);
}

/* A hierarchy table that lists one of the store's own folders belongs to the
 * folder above that. */
static void place_by_store(struct salvage_work *w, struct shown_list *list)
{
	struct named_folder named[NAMED_FOLDERS_MAX];
	size_t n = named_folders_read(w, named);

	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < n && list->rows[i].table; k++)
			if (named[k].nid == list->rows[i].nid)
				list->tables[list->rows[i].table - 1].folder = named[k].parent;
}

static unsigned bit_of(enum look_kind kind)
{
	return kind == LOOK_HIERARCHY ? 1 : 2;
}

/* Which folders have their tables already. */
static void note_owners(struct found_all *all, const struct shown_list *list, enum look_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n_tables && n < OWNERS_MAX; i++) {
		if (!list->tables[i].folder || list->tables[i].kind != kind)
			continue;
		n++;
		for (size_t k = 0; k < all->n; k++)
			if (all->objects[k].nid == list->tables[i].folder)
				all->objects[k].owns |= (uint8_t)bit_of(kind);
	}
}

/* Whether a folder's own properties speak of such a table, and it has none yet. */
static bool wants(const struct found *f, const struct unknown_table *t)
{
	if (f->look.kind != LOOK_FOLDER || !f->nid || f->is_deleted ||
	    f->owns & bit_of((enum look_kind)t->kind))
		return false;
	if (t->kind == LOOK_HIERARCHY)
		return f->look.has_subfolders;
	return f->look.count == t->n_rows && f->look.unread == t->n_unread;
}

static bool alike(const struct unknown_table *a, const struct unknown_table *b)
{
	return a->kind == b->kind && b->n_rows && !b->folder && !b->was_tried &&
	       (a->kind == LOOK_HIERARCHY || (a->n_rows == b->n_rows && a->n_unread == b->n_unread));
}

/* As many tables as there are folders that they fit: a folder and its table are
 * saved together, so that both have the same order. */
static void place_in_order(struct found_all *all, struct shown_list *list, size_t like)
{
	struct unknown_table key = list->tables[like];
	size_t n_tables = 0, n_folders = 0, next = 0;

	for (size_t i = 0; i < list->n_tables; i++)
		n_tables += alike(&key, &list->tables[i]);
	for (size_t i = 0; i < all->n; i++)
		n_folders += wants(&all->objects[i], &key);
	for (size_t i = like; i < list->n_tables; i++) {
		if (!alike(&key, &list->tables[i]))
			continue;
		list->tables[i].was_tried = true;
		while (n_tables == n_folders && next < all->n && !wants(&all->objects[next], &key))
			next++;
		if (n_tables != n_folders || next == all->n)
			continue;
		list->tables[i].folder = all->objects[next].nid;
		all->objects[next].owns |= (uint8_t)bit_of((enum look_kind)key.kind);
	}
}

/* What was found by rows of unknown tables gets the folders of those. */
static void place_found(struct found_all *all, struct shown_list *list, enum look_kind tables)
{
	note_owners(all, list, tables);
	for (size_t i = 0; i < list->n_tables; i++)
		if (list->tables[i].kind == tables && alike(&list->tables[i], &list->tables[i]))
			place_in_order(all, list, i);
	for (size_t i = 0; i < all->n; i++) {
		struct found *f = &all->objects[i];

		if (f->table && list->tables[f->table - 1].kind == tables &&
		    list->tables[f->table - 1].folder != f->nid)
			f->folder = list->tables[f->table - 1].folder;
	}
}

/* Rows of tables that have lost their own NIDs. */
static enum status add_unknown(struct salvage_work *w, const struct found_all *all, struct shown_list *list,
			       enum look_kind kind)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < all->n; i++) {
		const struct found *f = &all->objects[i];
		struct unknown_table *table = &list->tables[list->n_tables];
		struct table_rows t;

		if (f->look.kind != kind || f->is_deleted)
			continue;
		if (work_open_table(w, f->look.data, f->subnode, &t)) {
			*table = (struct unknown_table){ .kind = (uint8_t)kind, .n_rows = t.n };
			table->n_unread = kind == LOOK_CONTENTS ? count_unread(&t) : 0;
			list->n_tables++;
			st = add_rows(w, list, &t, 0);
		}
		arena_clear(w->reader.arena);
	}
	return st;
}

static void match_kind(struct found_all *all, struct shown_list *list, enum look_kind kind)
{
	if (list->n)
		qsort(list->rows, list->n, sizeof *list->rows, compare);
	for (size_t i = 0; i < all->n; i++)
		if (all->objects[i].look.kind == kind && !all->objects[i].nid && !all->objects[i].is_deleted)
			match(list, &all->objects[i]);
}

enum status found_match_rows(struct salvage_work *work, struct found_all *all)
{
	const struct check_facts *facts = &work->out->facts;
	struct shown_list list = { .arena = work->scratch };
	enum status st = ST_OK;

	list.tables = arena_array(work->scratch, all->n, sizeof *list.tables);
	if (!list.tables)
		return ST_NOMEM;
	for (size_t i = 0; st == ST_OK && i < facts->n_nodes; i++)
		if (has_rows(facts->nodes[i].nid))
			st = add_table(work, &list, &facts->nodes[i]);
	if (st == ST_OK)
		st = add_unknown(work, all, &list, LOOK_HIERARCHY);
	if (st != ST_OK)
		return st;
	place_by_store(work, &list);
	match_kind(all, &list, LOOK_FOLDER);
	place_found(all, &list, LOOK_HIERARCHY);
	st = add_unknown(work, all, &list, LOOK_CONTENTS);
	if (st != ST_OK)
		return st;
	match_kind(all, &list, LOOK_MESSAGE);
	place_found(all, &list, LOOK_CONTENTS);
	return ST_OK;
}
