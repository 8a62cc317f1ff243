/* This file reads which folders the store itself names. */
#include "salvage/named_folders.h"

#include "base/checked.h"
#include "check/item_read.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

/* The top of the folders that people see comes first: others are in it. */
static const struct {
	uint16_t id;
	bool in_top;
} rows[] = {
	{ TAG_IPM_SUBTREE, false },  { TAG_FINDER, false },         { TAG_VIEWS, false },
	{ TAG_COMMON_VIEWS, false }, { TAG_IPM_WASTEBASKET, true }, { TAG_IPM_OUTBOX, true },
	{ TAG_IPM_SENT_MAIL, true },
};

static uint32_t folder_named(const struct item *store, uint16_t id)
{
	struct property p;
	struct view value;
	struct entry_id entry;

	if (!item_property(store, id, &p, &value) || p.type != PTYP_BINARY ||
	    !entry_id_decode(value, &entry) || nid_type(entry.nid) != NID_TYPE_NORMAL_FOLDER)
		return 0;
	return entry.nid.v;
}

size_t named_folders_read(struct salvage_work *work, struct named_folder out[static NAMED_FOLDERS_MAX])
{
	const struct node_fact *node = facts_node(&work->out->facts, (struct nid){ SPECIAL_MESSAGE_STORE });
	struct item store;
	size_t n = 0;

	if (node && item_open(&work->reader, node, &store)) {
		uint32_t top = folder_named(&store, TAG_IPM_SUBTREE);

		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			uint32_t nid = folder_named(&store, rows[i].id);

			if (nid && nid != SPECIAL_ROOT_FOLDER && (top || !rows[i].in_top))
				out[n++] = (struct named_folder){ nid, rows[i].in_top ? top
										      : SPECIAL_ROOT_FOLDER };
		}
	}
	arena_clear(work->reader.arena);
	return n;
}
