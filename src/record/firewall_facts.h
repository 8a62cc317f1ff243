/* This file holds what this computer's own firewall says about connections that leave it. */
#ifndef POSTMEND_RECORD_FIREWALL_FACTS_H
#define POSTMEND_RECORD_FIREWALL_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FIREWALL_RULES_MAX = 16, FIREWALL_PORTS_MAX = 8 };

struct port_range {
	uint16_t first, last;
};

/* A rule that stops what goes to some ports, or to all. */
struct firewall_rule {
	const char *where;                           /* family, table and chain */
	unsigned family;                             /* 4, 6, or 0 for both */
	bool rejects;                                /* it answers, instead of dropping in silence */
	bool for_some;                               /* for one user, group or program only */
	const char *to;                              /* an address, or NULL for all */
	struct port_range ports[FIREWALL_PORTS_MAX]; /* none: all */
	size_t n_ports;
	bool counts;
	uint64_t packets; /* met so far, where it counts */
};

struct firewall_facts {
	bool read;
	struct firewall_rule rules[FIREWALL_RULES_MAX];
	size_t n_rules;
};

#endif
