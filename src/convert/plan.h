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
	bool is_out;                   /* it stands in other parts of a store that is split */
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

enum plan_mark {
	PLAN_KEPT = 1,      /* its blocks are carried as they are */
	PLAN_LOST = 2,      /* nothing of it could be carried */
	PLAN_UNSENT = 4,    /* it waits no more to be sent */
	PLAN_ELSEWHERE = 8, /* another part has it */
};

struct plan {
	struct arena *arena;
	const struct convert_options *options;
	struct source items, tables; /* two desks: of the item at hand, of the folder at hand */
	struct keep keep;
	const uint8_t *old_key; /* PidTagRecordKey of the source, or NULL */
	bool changes_key;       /* see struct convert_options */
	bool same_form;         /* blocks of the source are carried as they are where they can */
	struct folder_plan *folders;
	size_t n_folders, room_folders;
	size_t root, subtree, wastebasket, finder, outbox, lost; /* indices; SIZE_MAX: none */
	struct item_plan *rows; /* the items, by folder, messages first, in ascending order of NIDs */
	size_t n_items;
	uint8_t *marks;       /* by node: bits of enum plan_mark */
	uint32_t next_folder; /* index of the next new folder's NID */
	uint64_t unique;      /* the first row version that is free */
	/* A bit for each ID whose name is certain; NULL: all are. Where not, items are looked at one by one.
	 */
	const uint8_t *names_known;
};

/* Everything that can be decided before the first byte is written. */
[[nodiscard]] enum status plan_make(struct plan *plan, struct arena *arena, const struct salvage *salvage,
				    const struct convert_options *options);
void plan_drop(struct plan *plan);

/* Leaves folders out that a part of a split store does not need. */
void plan_leave_out(struct plan *plan);

/* Whether a part, or the store as a whole when there are none, gets another key than the source. */
bool plan_changes_key(const struct plan *plan, uint32_t part);

/* Its last part: what is carried block by block. */
[[nodiscard]] enum status plan_kept(struct plan *plan);

/* Nodes of the store's own, of type NID_TYPE_INTERNAL, that are made anew whatever the source has. */
bool plan_makes(uint32_t nid);

/* The templates of tables of which nobody has said what they are for; they may have rows. */
bool plan_is_undocumented(uint32_t nid);

/* Whether a node is among those that are not carried block by block. */
bool plan_suspects(const struct plan *plan, uint32_t nid);

/* The folder with this NID, or SIZE_MAX; those that are left out are none. */
size_t plan_folder_of(const struct plan *plan, uint32_t nid);

/* "Top of Personal Folders/Inbox", in the arena; NULL when memory ended. */
const char *plan_path(struct arena *arena, const struct plan *plan, size_t folder);

#endif
