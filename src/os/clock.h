/* This file reads the two clocks: one that only goes forward, and the wall's. */
#ifndef POSTMEND_OS_CLOCK_H
#define POSTMEND_OS_CLOCK_H

#include "base/moment.h"

/* A run's own zero. */
struct clock {
	uint64_t zero; /* nanoseconds of the system's monotonic clock */
};

void clock_start(struct clock *clock);
moment clock_now(const struct clock *clock);

/* Seconds since 1970 as this computer believes: it may be wrong. */
wall_time clock_wall(void);

#endif
