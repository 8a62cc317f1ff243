/* This file spells where in the tree of folders a node is. */
#include "check/mailbox_facts.h"

enum { DEPTH_MAX = 32 };

struct folder_fact *facts_folder(const struct check_facts *facts, uint32_t nid)
{
	size_t low = 0, high = facts->n_folders;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (facts->folders[middle].nid < nid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < facts->n_folders && facts->folders[low].nid == nid ? &facts->folders[low] : NULL;
}

/* A folder's tables and queues share its index; a message names its folder as parent. */
static const struct folder_fact *start(const struct check_facts *facts, uint32_t nid)
{
	static const uint8_t folder_types[NID_TYPE_COUNT] = {
		[NID_TYPE_NORMAL_FOLDER] = NID_TYPE_NORMAL_FOLDER,
		[NID_TYPE_HIERARCHY_TABLE] = NID_TYPE_NORMAL_FOLDER,
		[NID_TYPE_CONTENTS_TABLE] = NID_TYPE_NORMAL_FOLDER,
		[NID_TYPE_ASSOC_CONTENTS_TABLE] = NID_TYPE_NORMAL_FOLDER,
		[NID_TYPE_SEARCH_FOLDER] = NID_TYPE_SEARCH_FOLDER,
		[NID_TYPE_SEARCH_CONTENTS_TABLE] = NID_TYPE_SEARCH_FOLDER,
		[NID_TYPE_SEARCH_CRITERIA_OBJECT] = NID_TYPE_SEARCH_FOLDER,
		[NID_TYPE_SEARCH_UPDATE_QUEUE] = NID_TYPE_SEARCH_FOLDER,
	};
	enum nid_type type = nid_type((struct nid){ nid });
	const struct node_fact *node;

	if (folder_types[type])
		return facts_folder(facts, (nid & ~0x1FU) | folder_types[type]);
	if (type != NID_TYPE_NORMAL_MESSAGE && type != NID_TYPE_ASSOC_MESSAGE)
		return NULL;
	node = facts_node(facts, (struct nid){ nid });
	return node ? facts_folder(facts, node->parent) : NULL;
}

const char *facts_folder_path(struct arena *arena, const struct check_facts *facts, uint32_t nid)
{
	const struct folder_fact *folder = start(facts, nid);
	const char *path = NULL;

	for (int depth = 0; folder && depth < DEPTH_MAX; depth++) {
		/* The root has no name, and a path needs none of it. */
		if (folder->parent == folder->nid)
			break;
		if (folder->name)
			path = path ? arena_printf(arena, "%s/%s", folder->name, path)
				    : arena_strdup(arena, folder->name);
		folder = facts_folder(facts, folder->parent);
	}
	return path;
}
