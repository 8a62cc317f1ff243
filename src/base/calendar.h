/* This file turns counts of days and seconds into dates; all times are UTC. */
#ifndef POSTMEND_BASE_CALENDAR_H
#define POSTMEND_BASE_CALENDAR_H

#include "base/moment.h"

#include <stdbool.h>

struct calendar {
	int64_t year;
	unsigned month, day;           /* from 1 */
	unsigned hour, minute, second; /* from 0 */
	unsigned weekday;              /* 0 is Sunday */
};

/* Any time of the years 1 to 9999; others are the nearest of these. */
struct calendar calendar_of(wall_time time);

/* FILETIME, 100 ns since 1601, of which the fraction of a second is dropped. */
wall_time calendar_of_filetime(uint64_t filetime);

/* Days since 1899-12-30 with a fraction, as the bits of a double; false when
 * that is no time of these years. */
bool calendar_of_ole(uint64_t bits, wall_time *out);

/* "2021-05-12 09:30" and "2021-05-12T09:30:05Z". */
enum { CALENDAR_SIZE = 24 };
void calendar_print(wall_time time, char out[CALENDAR_SIZE]);
void calendar_print_iso(wall_time time, char out[CALENDAR_SIZE]);

#endif
