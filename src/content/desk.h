/* This file is what the looks into a store share: reading an item, listing it, reporting of it. */
#ifndef POSTMEND_CONTENT_DESK_H
#define POSTMEND_CONTENT_DESK_H

#include "check/item_read.h"
#include "check/mailbox_facts.h"
#include "check/row_read.h"
#include "content/content.h"

enum {
	DESK_ARENA_MAX = 192 << 20, /* for reading one thing at a time */
	DESK_TEXT_MAX = 400,
};

struct desk {
	const struct content_setting *setting;
	struct check_facts *facts;
	struct node_reader reader; /* its arena is cleared from item to item */
};

[[nodiscard]] enum status desk_open(struct desk *desk, const struct content_setting *setting,
				    struct check_facts *facts);
void desk_close(struct desk *desk);

/* What nearly every look asks of a message. Texts are in the setting's arena. */
struct desk_message {
	const struct node_fact *node;
	struct item item;
	struct listed_item listed; /* node, folder, class, subject, time and size are filled */
	uint32_t flags;            /* PidTagMessageFlags; 0 without */
	uint32_t submit_flags;
	bool has_submit_time, has_deferred;
	wall_time submit_time, deferred;
};

/* False when its properties cannot be read. What it holds stays until the reader's arena is cleared. */
[[nodiscard]] bool desk_read(struct desk *desk, const struct node_fact *node, struct desk_message *out);

/* Says why the item is listed, and reports it. NULL when memory ended. */
struct finding *desk_report(struct desk *desk, struct listed_item *item, enum code code);

[[nodiscard]] enum status desk_list(struct desk *desk, const struct listed_item *item);

/* NID of the Outbox, or 0. */
uint32_t desk_outbox(struct desk *desk);

/* A set of NIDs that grows in the setting's arena. */
struct desk_nids {
	uint32_t *rows;
	size_t n, room;
	bool is_whole; /* what it was gathered from could be read */
};
bool desk_nids_has(const struct desk_nids *nids, uint32_t nid);

/* Messages whose folder's table says that they are being sent. */
void desk_find_submitted(struct desk *desk, struct desk_nids *out);

bool desk_is_associated(const struct node_fact *node);
bool desk_is_message(const struct node_fact *node);

#endif
