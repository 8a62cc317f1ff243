/* This file makes the folders of an import: by name, each once, opened when the first message comes. */
#include "intake/inner.h"

#include "base/str.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <string.h>

enum { TOP_NID = 0x8022, FOLDER_FIRST = 0x10 };

static bool grow(struct intake *in)
{
	struct intake_place *places =
		in->n_places < INTAKE_FOLDERS_MAX
			? arena_grown(in->setting.arena, in->places, in->n_places, &in->room, sizeof *places)
			: NULL;

	if (!places) {
		intake_fail(in, in->n_places < INTAKE_FOLDERS_MAX ? ST_NOMEM : ST_LIMIT);
		return false;
	}
	in->places = places;
	return true;
}

static bool is_taken(const struct intake *in, uint32_t nid)
{
	for (size_t i = 0; i < in->n_places; i++)
		if (in->places[i].nid == nid)
			return true;
	return false;
}

/* Made in the store at once, so that its number is known; its properties may still grow. */
static bool make(struct intake *in, struct intake_place *place)
{
	struct folder_spec spec = { .nid = place->nid };

	place->props = props_new(in->setting.arena, ndb_out_variant(store_out_ndb(in->store)));
	if (!place->props) {
		intake_fail(in, ST_NOMEM);
		return false;
	}
	props_add_text(place->props, (uint32_t)TAG_DISPLAY_NAME << 16 | PTYP_STRING, place->name);
	spec.props = place->props;
	spec.parent = in->n_places ? in->places[place->parent].nid : SPECIAL_ROOT_FOLDER;
	place->out = store_out_folder(in->store, &spec);
	if (!place->out) {
		intake_fail(in, ndb_out_status(store_out_ndb(in->store)));
		return false;
	}
	place->nid = folder_out_nid(place->out);
	return true;
}

static uint32_t folders_add(struct intake *in, uint32_t parent, const char *name, uint32_t nid)
{
	struct intake_place place = { .parent = parent, .nid = nid, .wished = nid };
	bool is_folder = nid_type((struct nid){ nid }) == NID_TYPE_NORMAL_FOLDER && nid >> 5 >= FOLDER_FIRST;

	if (in->status != ST_OK || !grow(in))
		return 0;
	place.name = arena_strdup(in->setting.arena, name);
	if (nid != SPECIAL_ROOT_FOLDER && (!is_folder || is_taken(in, nid)))
		place.nid = 0;
	if (!place.name || !make(in, &place))
		return 0;
	in->places[in->n_places] = place;
	if (in->n_places) {
		in->places[in->n_places].next = in->places[parent].first;
		in->places[parent].first = (uint32_t)in->n_places;
	}
	return (uint32_t)in->n_places++;
}

/* Of folders that an export from a store brings, the top one is among them. */
bool folders_start(struct intake *in)
{
	(void)folders_add(in, 0, "", SPECIAL_ROOT_FOLDER);
	if (in->n_places && !in->setting.has_own_top)
		in->top = folders_add(in, 0, "Top of Outlook data file", TOP_NID);
	return in->status == ST_OK && in->n_places > 0;
}

uint32_t intake_top(const struct intake *in)
{
	return in->top;
}

uint32_t intake_root(const struct intake *in)
{
	(void)in;
	return 0;
}

void intake_set_top(struct intake *in, uint32_t folder)
{
	if (folder < in->n_places)
		in->top = folder;
}

uint32_t intake_folder(struct intake *in, uint32_t parent, const char *name)
{
	return intake_folder_numbered(in, parent, name, 0);
}

/* Sisters may have one name; their numbers tell them apart then. */
uint32_t intake_folder_numbered(struct intake *in, uint32_t parent, const char *name, uint32_t nid)
{
	if (parent >= in->n_places)
		return 0;
	for (uint32_t i = in->places[parent].first; i; i = in->places[i].next)
		if (strcmp(in->places[i].name, name) == 0 && (!nid || in->places[i].wished == nid))
			return i;
	return folders_add(in, parent, name, nid);
}

void folders_set_class(struct intake *in, uint32_t folder, const char *class)
{
	if (folder < in->n_places && !props_find(in->places[folder].props, TAG_CONTAINER_CLASS))
		props_add_text(in->places[folder].props, (uint32_t)TAG_CONTAINER_CLASS << 16 | PTYP_STRING,
			       class);
}

void intake_folder_class(struct intake *in, uint32_t folder, const char *class)
{
	if (folder < in->n_places && folder != in->top && !in->places[folder].has_items)
		folders_set_class(in, folder, class);
}

struct folder_out *intake_open_folder(struct intake *in, uint32_t folder)
{
	if (folder >= in->n_places || in->status != ST_OK)
		return NULL;
	if (in->places[folder].is_done)
		intake_fail(in, ST_USAGE);
	return in->places[folder].out;
}

void intake_folder_done(struct intake *in, uint32_t folder)
{
	if (folder >= in->n_places || in->places[folder].is_done)
		return;
	in->places[folder].is_done = true;
	folder_out_close(in->places[folder].out);
}
