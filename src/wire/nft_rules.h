/* This file finds, in what `nft -j list ruleset` prints, the rules that stop connections which this computer
 * begins. */
#ifndef POSTMEND_WIRE_NFT_RULES_H
#define POSTMEND_WIRE_NFT_RULES_H

#include "base/arena.h"
#include "base/str.h"
#include "record/firewall_facts.h"

/* Rules of chains at the hook "output" whose verdict is drop or reject, for all TCP or for ports that are
 * named. One with a condition that says nothing of ports, addresses or programs is left out; beyond
 * FIREWALL_RULES_MAX the rest is left out. False when the text is no such list. Texts are copied into the
 * arena. */
[[nodiscard]] bool nft_rules_read(struct arena *arena, struct str text, struct firewall_facts *out);

#endif
