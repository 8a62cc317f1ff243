/* This file asks the firewall of the Windows that runs for its state, through its own interface. */
#ifndef POSTMEND_OS_FIREWALL_STATE_H
#define POSTMEND_OS_FIREWALL_STATE_H

#include <stdbool.h>

/* Bits of profiles: 1 domain, 2 private, 4 public. */
struct firewall_state {
	unsigned in_use;       /* those of the networks that the computer is in; 0 not told */
	unsigned told_enabled; /* of which the next is told */
	unsigned enabled;      /* switched on */
	unsigned told_shut;    /* of which the next is told */
	unsigned shut;         /* what no rule allows is not let out */
};

/* False where there is no such interface, or it tells nothing. What policies say is counted in. */
[[nodiscard]] bool firewall_state_read(struct firewall_state *out);

#endif
