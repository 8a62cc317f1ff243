/* This file names points in time; no room below "os" reads a clock.
 *
 * A moment is in microseconds on a clock that only goes forward and whose zero
 * is the start of the run. A wall time is in seconds since 1970-01-01 UTC.
 */
#ifndef POSTMEND_BASE_MOMENT_H
#define POSTMEND_BASE_MOMENT_H

#include <stdint.h>

typedef int64_t moment;    /* microseconds since the run began */
typedef int64_t wall_time; /* seconds since 1970 UTC */

#define MOMENT_NEVER  INT64_MAX
#define MOMENT_MS(ms) ((moment)(ms)*1000)
#define MOMENT_S(s)   ((moment)(s)*1000000)

static inline double moment_to_ms(moment m)
{
	return (double)m / 1000.0;
}

#endif
