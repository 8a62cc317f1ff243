/* This file reads by which servers a message came, and when (RFC 5321 section 4.4). */
#ifndef POSTMEND_TRIP_HOPS_H
#define POSTMEND_TRIP_HOPS_H

#include "base/arena.h"
#include "record/trip_facts.h"

/* Fills fate->hops, oldest first; of more than HOPS_MAX the newest. */
void hops_read(struct arena *arena, struct view message, struct letter_fate *fate);

/* "Mon, 23 Nov 2026 15:30:07 +0100 (CET)": seconds since 1970; 0 when it is no date. */
wall_time hops_date(struct str text);

#endif
