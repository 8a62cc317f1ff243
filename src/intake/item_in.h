/* This file reads items of a store that stand as JSON (docs/SCHEMA.md). */
#ifndef POSTMEND_INTAKE_ITEM_IN_H
#define POSTMEND_INTAKE_ITEM_IN_H

#include "intake/inner.h"
#include "intake/json_in.h"

/* Reads one property, { and } included, and adds it. `list` takes what is too long for a heap; NULL for rows
 * of tables. False when something of it could not be taken over. */
[[nodiscard]] bool property_in(struct intake *in, struct json_in *j, struct props *props,
			       struct subnodes_out *list);

#endif
