/* This file decides what goes where: folders in their order, items in their folders, what is kept as it is.
 *
 * A plan writes nothing. It is what "--plan" tells of and what the writing
 * side follows.
 */
#ifndef POSTMEND_CONVERT_PLAN_H
#define POSTMEND_CONVERT_PLAN_H

#include "convert/convert.h"
#include "convert/keep.h"
#include "convert/message.h"

struct folder_plan {
	uint32_t nid;                 /* in the new store */
	size_t parent;                /* in plan->folders; the root's is itself */
	const struct node_fact *node; /* of the source, or NULL: it is made */
	const char *name;             /* UTF-8; NULL: it has one of its own */
	bool is_search;
	size_t first, associated, end; /* its items: messages, then associated ones */
	uint32_t n_children;
	/* Filled while it is written. */
	uint32_t n_messages, n_unread, n_associated;
	struct props *props;                   /* what its parent's table shows */
	bool keeps_contents, keeps_associated; /* these tables are carried as they are */
};

struct item_plan {
	uint32_t node;   /* index in the source's nodes */
	uint32_t folder; /* index in plan->folders */
	bool is_associated;
};

enum { NAME_MAP_STREAM_MAX = 4 << 20 };

enum plan_mark {
	PLAN_KEPT = 1,   /* its blocks are carried as they are */
	PLAN_LOST = 2,   /* nothing of it could be carried */
	PLAN_UNSENT = 4, /* it waits no more to be sent */
};

struct plan {
	struct arena *arena;
	const struct convert_options *options;
	struct source items, tables; /* two desks: of the item at hand, of the folder at hand */
	struct keep keep;
	bool same_form; /* blocks of the source fit the new store */
	struct folder_plan *folders;
	size_t n_folders, room_folders;
	size_t root, subtree, wastebasket, finder, outbox, lost; /* indices; SIZE_MAX: none */
	struct item_plan *rows; /* the items, by folder, messages first, in ascending order of NIDs */
	size_t n_items;
	uint8_t *marks;       /* by node: bits of enum plan_mark */
	uint32_t next_folder; /* index of the next new folder's NID */
	uint64_t unique;      /* the first row version that is free */
	bool names_in_doubt; /* the map of named properties is lost, damaged or an older one: items are looked
				at one by one */
	bool names_are_lost; /* and not even its old part is certain */
};

/* Everything that can be decided before the first byte is written. */
[[nodiscard]] enum status plan_make(struct plan *plan, struct arena *arena, const struct salvage *salvage,
				    const struct convert_options *options);
void plan_drop(struct plan *plan);

/* Its last part: what is carried block by block. */
[[nodiscard]] enum status plan_kept(struct plan *plan);

/* Whether a node is among those that are not carried block by block. */
bool plan_suspects(const struct plan *plan, uint32_t nid);

/* The folder with this NID, or SIZE_MAX. */
size_t plan_folder_of(const struct plan *plan, uint32_t nid);

/* "Top of Personal Folders/Inbox", in the arena; NULL when memory ended. */
const char *plan_path(struct arena *arena, const struct plan *plan, size_t folder);

#endif
