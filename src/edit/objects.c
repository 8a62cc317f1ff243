/* This file keeps the tables and folders that a change has opened, until all of them are written at its end.
 */
#include "edit/objects.h"

#include "base/checked.h"
#include "pst/msg/tags.h"

enum { HIDDEN_COUNT = 0x6635, HIDDEN_UNREAD = 0x6636 };

#define COLUMN(tag, type) ((uint32_t)(tag) << 16 | (type))

static struct object *find(const struct objects *o, uint32_t nid)
{
	for (struct object *object = o->first; object; object = object->next)
		if (object->nid == nid)
			return object;
	return NULL;
}

static struct object *add(struct objects *o, uint32_t nid, bool is_table)
{
	struct object *object = work_goes_on(o->w) ? arena_alloc(o->w->arena, sizeof *object) : NULL;

	if (!object) {
		work_fail(o->w, ST_NOMEM, NULL);
		return NULL;
	}
	object->nid = nid;
	object->is_table = is_table;
	object->next = o->first;
	o->first = object;
	return object;
}

struct rows_edit *objects_rows(struct objects *o, uint32_t nid)
{
	struct object *object = find(o, nid);
	const struct node_fact *node = nodes_find(o->w, nid);

	if (!work_goes_on(o->w))
		return NULL;
	if (!object && (!node || node->data == 0))
		return NULL;
	if (!object) {
		object = add(o, nid, true);
		if (object)
			rows_edit_open(&object->rows, o->w, node);
	}
	return object && work_goes_on(o->w) ? &object->rows : NULL;
}

static struct props_edit *objects_props(struct objects *o, uint32_t nid)
{
	struct object *object = find(o, nid);
	const struct node_fact *node = nodes_find(o->w, nid);

	if (!work_goes_on(o->w) || (!object && !node))
		return NULL;
	if (!object) {
		object = add(o, nid, false);
		if (object)
			props_edit_open(&object->props, o->w, node->data, node->subnode);
	}
	return object && work_goes_on(o->w) ? &object->props : NULL;
}

struct props_edit *objects_new_props(struct objects *o, uint32_t nid)
{
	struct object *object = add(o, nid, false);

	if (object)
		props_edit_new(&object->props, o->w);
	return object && work_goes_on(o->w) ? &object->props : NULL;
}

void objects_touch_folder(struct objects *o, uint32_t nid)
{
	struct touched_folder *folder;

	for (folder = o->folders; folder; folder = folder->next)
		if (folder->nid == nid)
			return;
	folder = arena_alloc(o->w->arena, sizeof *folder);
	if (!folder) {
		work_fail(o->w, ST_NOMEM, NULL);
		return;
	}
	*folder = (struct touched_folder){ o->folders, nid };
	o->folders = folder;
}

/* A number of a folder, and the cell of the table above that repeats it. Folders without it stay so. */
static void set_number(struct objects *o, const struct node_fact *node, uint32_t tag, uint32_t value)
{
	struct props_edit *props = objects_props(o, node->nid);
	struct rows_edit *above = objects_rows(o, (node->parent & ~0x1FU) | NID_TYPE_HIERARCHY_TABLE);
	struct view cell;

	if (!props || !props_edit_has(props, (uint16_t)(tag >> 16)))
		return;
	props_edit_set_integer(props, (uint16_t)(tag >> 16), (uint16_t)tag, value);
	if (above && rows_edit_cell(above, node->nid, tag, &cell))
		rows_edit_set_integer(above, node->nid, tag, value);
}

static void count_table(struct objects *o, const struct node_fact *folder, enum nid_type type)
{
	struct rows_edit *rows = objects_rows(o, (folder->nid & ~0x1FU) | type);
	bool hidden = type == NID_TYPE_ASSOC_CONTENTS_TABLE;

	if (!rows)
		return;
	set_number(o, folder, COLUMN(hidden ? HIDDEN_COUNT : TAG_CONTENT_COUNT, PTYP_INTEGER_32),
		   (uint32_t)rows->n);
	set_number(o, folder, COLUMN(hidden ? HIDDEN_UNREAD : TAG_CONTENT_UNREAD, PTYP_INTEGER_32),
		   (uint32_t)rows_edit_count_without(rows, COLUMN(TAG_MESSAGE_FLAGS, PTYP_INTEGER_32),
						     MESSAGE_READ));
}

static void count_folder(struct objects *o, uint32_t nid)
{
	static const enum nid_type tables[] = { NID_TYPE_CONTENTS_TABLE, NID_TYPE_ASSOC_CONTENTS_TABLE,
						NID_TYPE_SEARCH_CONTENTS_TABLE };
	const struct node_fact *node = nodes_find(o->w, nid);
	struct rows_edit *below;

	if (!node)
		return;
	/* Only tables that a change has opened can have another number of rows. */
	for (size_t i = 0; i < COUNT_OF(tables); i++)
		if (find(o, (nid & ~0x1FU) | tables[i]))
			count_table(o, node, tables[i]);
	if (!find(o, (nid & ~0x1FU) | NID_TYPE_HIERARCHY_TABLE))
		return;
	below = objects_rows(o, (nid & ~0x1FU) | NID_TYPE_HIERARCHY_TABLE);
	if (below)
		set_number(o, node, COLUMN(TAG_SUBFOLDERS, PTYP_BOOLEAN), below->n > 0);
}

void objects_end(struct objects *o)
{
	for (struct touched_folder *f = o->folders; f && work_goes_on(o->w); f = f->next)
		count_folder(o, f->nid);
	for (struct object *object = o->first; object && work_goes_on(o->w); object = object->next) {
		uint64_t data, subnode;

		if (object->is_table)
			rows_edit_end(&object->rows, &data, &subnode);
		else
			props_edit_end(&object->props, &data, &subnode);
		if (work_goes_on(o->w))
			nodes_set(o->w, object->nid, data, subnode);
	}
}
