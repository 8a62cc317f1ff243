/* This file tells which mail house a server belongs to. */
#ifndef POSTMEND_DIAGNOSE_HOUSE_H
#define POSTMEND_DIAGNOSE_HOUSE_H

#include "facts/moves.h"
#include "facts/providers.h"

#include <stdbool.h>

/* The provider whose domain the host belongs to, or NULL. */
const struct provider *house_of(const char *host);

/* True when the house of this host has all these bits of enum provider_hint. */
bool house_wants(const char *host, uint32_t hints);

/* True when somebody registered one domain for both hosts. */
bool house_is_same(const char *a, const char *b);

/* What became of the domain that the host belongs to, when its mail has gone elsewhere; or NULL. */
const struct move *house_move(const char *host);

#endif
