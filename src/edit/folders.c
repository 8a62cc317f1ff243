/* This file finds the folder that messages are moved to, or makes it. */
#include "edit/change_inner.h"

#include "check/mailbox_facts.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"
#include "write/props.h"

#include <string.h>

enum { TAG_DRAFTS = 0x36D7, TEMPLATE_HIERARCHY_NID = 0x60D, TEMPLATE_CONTENTS_NID = 0x60E };
enum { TEMPLATE_ASSOCIATED_NID = 0x60F, FOLDER_PARTS = 4 };

#define COLUMN(tag, type) ((uint32_t)(tag) << 16 | (type))

static bool is_folder(struct change *c, uint32_t nid)
{
	return nid_type((struct nid){ nid }) == NID_TYPE_NORMAL_FOLDER && nodes_find(&c->work, nid);
}

/* The folder that a property of an object names by its EntryID, or 0. */
static uint32_t named_folder(struct change *c, uint32_t object, uint16_t id)
{
	const struct node_fact *node = nodes_find(&c->work, object);
	struct entry_id entry;
	struct property p;
	struct view value;
	struct item item;
	uint32_t nid = 0;

	if (node && item_open(&c->work.scratch, node, &item) && item_property(&item, id, &p, &value) &&
	    entry_id_decode(value, &entry))
		nid = entry.nid.v;
	arena_clear(c->work.scratch.arena);
	return is_folder(c, nid) ? nid : 0;
}

/* The IPM subtree. */
static uint32_t top_of(struct change *c)
{
	uint32_t nid = named_folder(c, SPECIAL_MESSAGE_STORE, TAG_IPM_SUBTREE);

	return nid ? nid : SPECIAL_ROOT_FOLDER;
}

static uint32_t find_below(struct change *c, uint32_t parent, const char *name)
{
	const struct check_facts *facts = c->work.facts;

	for (size_t i = 0; i < facts->n_folders; i++)
		if (facts->folders[i].parent == parent && facts->folders[i].name &&
		    strcmp(facts->folders[i].name, name) == 0 && is_folder(c, facts->folders[i].nid))
			return facts->folders[i].nid;
	return 0;
}

/* The block of a table without rows, which the store has as a template. */
static uint64_t template_data(struct change *c, uint32_t nid)
{
	const struct node_fact *node = nodes_find(&c->work, nid);

	if (!node || node->data == 0 || node->subnode) {
		work_fail(&c->work, ST_IO, "the store has no template for folders; mend it first");
		return 0;
	}
	return node->data;
}

/* What the row in the table above says of a new folder. */
struct new_folder {
	struct view name, class;
	uint8_t zeros[8];
	uint16_t text;
};

static bool give_cell(void *context, uint32_t tag, struct view *out)
{
	struct new_folder *f = context;

	*out = view_of(f->zeros, sizeof f->zeros);
	switch (tag >> 16) {
	case TAG_DISPLAY_NAME:
		*out = f->name;
		return (tag & 0xFFFF) == f->text;
	case TAG_CONTAINER_CLASS:
		*out = f->class;
		return (tag & 0xFFFF) == f->text;
	case TAG_CONTENT_COUNT:
	case TAG_CONTENT_UNREAD:
		return (tag & 0xFFFF) == PTYP_INTEGER_32;
	case TAG_SUBFOLDERS:
		return (tag & 0xFFFF) == PTYP_BOOLEAN;
	default:
		return false;
	}
}

static void put_properties(struct change *c, uint32_t nid, const struct new_folder *f)
{
	struct props_edit *p = objects_new_props(&c->objects, nid);

	if (!p)
		return;
	props_edit_set(p, TAG_DISPLAY_NAME, f->text, f->name);
	props_edit_set_integer(p, TAG_CONTENT_COUNT, PTYP_INTEGER_32, 0);
	props_edit_set_integer(p, TAG_CONTENT_UNREAD, PTYP_INTEGER_32, 0);
	props_edit_set_integer(p, TAG_SUBFOLDERS, PTYP_BOOLEAN, 0);
	props_edit_set(p, TAG_CONTAINER_CLASS, f->text, f->class);
}

/* A folder and its three tables have one index; it is above all that were given to any of the four. */
static uint32_t new_index(struct change *c)
{
	static const enum nid_type types[FOLDER_PARTS] = { NID_TYPE_NORMAL_FOLDER, NID_TYPE_HIERARCHY_TABLE,
							   NID_TYPE_CONTENTS_TABLE,
							   NID_TYPE_ASSOC_CONTENTS_TABLE };
	struct header *h = &c->work.facts->header;
	uint32_t index = 0;

	for (size_t i = 0; i < FOLDER_PARTS; i++) {
		uint32_t nid = nodes_number(&c->work, types[i]);

		index = nid >> 5 > index ? nid >> 5 : index;
	}
	for (size_t i = 0; i < FOLDER_PARTS; i++)
		h->nid_marks[types[i]] = index;
	return index;
}

static uint32_t make_folder(struct change *c, uint32_t parent, const char *name)
{
	const struct variant *v = c->work.facts->variant;
	struct new_folder f = { .text = v->string_type_low == PTYP_STRING_8 ? PTYP_STRING_8 : PTYP_STRING };
	struct rows_source source = { &f, give_cell };
	struct rows_edit *above = objects_rows(&c->objects, (parent & ~0x1FU) | NID_TYPE_HIERARCHY_TABLE);
	uint32_t index = new_index(c), nid = index << 5 | NID_TYPE_NORMAL_FOLDER;
	uint64_t hierarchy = template_data(c, TEMPLATE_HIERARCHY_NID);
	uint64_t contents = template_data(c, TEMPLATE_CONTENTS_NID);
	uint64_t associated = template_data(c, TEMPLATE_ASSOCIATED_NID);

	f.name = props_text(c->work.arena, v, name);
	f.class = props_text(c->work.arena, v, "IPF.Note");
	if (!above || !f.name.len || !f.class.len)
		work_fail(&c->work, ST_IO, "the folder above has no table of folders");
	if (!work_goes_on(&c->work))
		return 0;
	c->is_changed = true;
	nodes_add(&c->work, &(struct node_fact){ .nid = nid, .parent = parent });
	nodes_add(&c->work,
		  &(struct node_fact){ .nid = index << 5 | NID_TYPE_HIERARCHY_TABLE, .data = hierarchy });
	nodes_add(&c->work,
		  &(struct node_fact){ .nid = index << 5 | NID_TYPE_CONTENTS_TABLE, .data = contents });
	nodes_add(&c->work, &(struct node_fact){ .nid = index << 5 | NID_TYPE_ASSOC_CONTENTS_TABLE,
						 .data = associated });
	put_properties(c, nid, &f);
	rows_edit_add(above, nid, &source);
	objects_touch_folder(&c->objects, parent);
	objects_touch_folder(&c->objects, nid);
	return work_goes_on(&c->work) ? nid : 0;
}

uint32_t change_folder(struct change *c, const char *name)
{
	uint32_t top = top_of(c), nid = find_below(c, top, name);

	return nid ? nid : make_folder(c, top, name);
}

uint32_t change_drafts(struct change *c)
{
	const struct check_facts *facts = c->work.facts;
	uint32_t nid = named_folder(c, SPECIAL_ROOT_FOLDER, TAG_DRAFTS);

	/* Outlook keeps the name of the folder in the Inbox too. */
	for (size_t i = 0; i < facts->n_folders && !nid; i++)
		if (nid_type((struct nid){ facts->folders[i].nid }) == NID_TYPE_NORMAL_FOLDER)
			nid = named_folder(c, facts->folders[i].nid, TAG_DRAFTS);
	return nid ? nid : change_folder(c, "Drafts");
}
