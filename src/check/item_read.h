/* This file reads single properties of a node's property context, silently. */
#ifndef POSTMEND_CHECK_ITEM_READ_H
#define POSTMEND_CHECK_ITEM_READ_H

#include "check/node_read.h"
#include "pst/ltp/property.h"

struct item {
	struct heap heap;
	struct bth properties;
	const struct node_reader *reader;
	uint64_t subnode; /* BID */
};

/* False when the node has no property context that could be read. What it
 * holds lies in the reader's arena. */
[[nodiscard]] bool item_open(const struct node_reader *reader, const struct node_fact *node,
			     struct item *out);

/* The same of a part of a node: the BIDs of a subnode's data and own subnodes. */
[[nodiscard]] bool item_open_part(const struct node_reader *reader, uint64_t data, uint64_t subnode,
				  struct item *out);

/* Gives each property; `value` is of inline ones the four bytes, of others the
 * bytes in the heap, and empty for one in a subnode. False ends the walk. */
struct item_walk {
	void *context;
	bool (*property)(void *context, const struct property *property, struct view value);
};
void item_properties(const struct item *item, const struct item_walk *walk);

/* The subnode of this item, or false. */
[[nodiscard]] bool item_subnode(const struct item *item, uint32_t nid, struct subnode *out);

/* Opens any heap, whatever its client. */
[[nodiscard]] bool item_open_heap(const struct node_reader *reader, uint64_t data, struct heap *out);

/* The property and the bytes of its value: of inline ones the four of the
 * record. False when there is none, or its value lies in a subnode too large
 * to hold in memory or leads nowhere. */
[[nodiscard]] bool item_property(const struct item *item, uint16_t id, struct property *property_out,
				 struct view *value_out);

/* The same for a value of up to `max` bytes. */
[[nodiscard]] bool item_property_long(const struct item *item, uint16_t id, size_t max,
				      struct property *property_out, struct view *value_out);

/* The same, but of a value in a subnode nothing is read and the view is empty:
 * for values of any length, which item_subnode() then finds. */
[[nodiscard]] bool item_property_head(const struct item *item, uint16_t id, struct property *property_out,
				      struct view *value_out);

/* An integer property of at most four bytes. */
[[nodiscard]] bool item_integer(const struct item *item, uint16_t id, uint32_t *out);

/* Text in UTF-8 of at most `max` characters, in `arena`; NULL when there is none. */
const char *item_text(const struct item *item, struct arena *arena, uint16_t id, size_t max);

/* A message's subject line as people read it, or NULL. */
const char *item_subject(const struct item *item, struct arena *arena);

#endif
