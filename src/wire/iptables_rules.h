/* This file finds, in what `iptables-save -c` and its kin print, the rules that stop connections which this
 * computer begins. */
#ifndef POSTMEND_WIRE_IPTABLES_RULES_H
#define POSTMEND_WIRE_IPTABLES_RULES_H

#include "base/arena.h"
#include "base/str.h"
#include "record/firewall_facts.h"

/* Adds rules to *facts whose target is DROP or REJECT, for all TCP or for ports that are named: of the chain
 * OUTPUT of every table, and of chains that it leads to. What several programs print may stand one behind the
 * other; each begins with a comment that says which. A rule with a condition that says nothing of ports,
 * addresses or programs is left out, and so is all that a jump with one leads to; beyond FIREWALL_RULES_MAX
 * the rest is left out. False when the text is no such list. Texts are copied into the arena. */
[[nodiscard]] bool iptables_rules_read(struct arena *arena, struct str text, struct firewall_facts *facts);

#endif
