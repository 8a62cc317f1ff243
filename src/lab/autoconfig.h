/* This file writes the practice domain's autoconfig document. */
#ifndef POSTMEND_LAB_AUTOCONFIG_H
#define POSTMEND_LAB_AUTOCONFIG_H

#include "base/arena.h"
#include "lab/zone.h"

/* config-v1.1.xml (draft-ietf-mailmaint-autoconfig) for the same servers as the
 * zone of this setup has; NULL when memory ended. */
[[nodiscard]] const char *autoconfig_document(struct arena *arena, const struct zone_setup *setup);

#endif
