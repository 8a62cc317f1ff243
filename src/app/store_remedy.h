/* This file names the command that mends what was found in a store. */
#ifndef POSTMEND_APP_STORE_REMEDY_H
#define POSTMEND_APP_STORE_REMEDY_H

#include "finding/finding.h"
#include "record/store_facts.h"

/* Gives each finding that a repair answers its command line: in place where
 * nothing but derived parts is wrong and the store may be written, else into a
 * new store. ST_NOMEM. */
[[nodiscard]] enum status store_remedy_name(struct arena *arena, struct finding_sink *sink,
					    const struct store_facts *store);

/* Gives each finding about an item that can be changed where it stands the command line for that. ST_NOMEM.
 */
[[nodiscard]] enum status store_remedy_items(struct arena *arena, struct finding_sink *sink,
					     const struct store_facts *store);

#endif
