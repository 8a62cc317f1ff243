/* This file changes the properties of an object ([MS-PST] 2.3.3). */
#ifndef POSTMEND_EDIT_PROPS_EDIT_H
#define POSTMEND_EDIT_PROPS_EDIT_H

#include "edit/bth_edit.h"
#include "pst/ltp/property.h"

struct props_edit {
	struct heap_edit heap;
	struct bth_edit records;
	struct subnodes subnodes;
};

/* Fails the work when they cannot be read. */
void props_edit_open(struct props_edit *p, struct work *w, uint64_t data, uint64_t subnode);
/* An object without properties. */
void props_edit_new(struct props_edit *p, struct work *w);

[[nodiscard]] bool props_edit_has(struct props_edit *p, uint16_t id);
/* `type` is one of those whose value the record itself holds. */
void props_edit_set_integer(struct props_edit *p, uint16_t id, uint16_t type, uint32_t value);
/* Any other type; what is too long for a heap becomes a subnode. */
void props_edit_set(struct props_edit *p, uint16_t id, uint16_t type, struct view value);

/* The object's new data and list of subnodes, which nobody holds, or the old ones. */
void props_edit_end(struct props_edit *p, uint64_t *data_out, uint64_t *subnode_out);

#endif
