/* This file turns counts of days and seconds into dates. */
#include "base/calendar.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, DAYS_OF_400_YEARS = 146097, DAYS_TO_MARCH_OF_0 = 719468 };
enum { OLE_DAYS = 25569, OLE_FIRST = -657434, OLE_LAST = 2958465 };
#define FIRST         (-62135596800LL) /* 0001-01-01 */
#define LAST          253402300799LL   /* 9999-12-31 23:59:59 */
#define FILETIME_1970 11644473600LL

/* Years begin in March here, so that the leap day is their last. */
static void set_date(struct calendar *c, int64_t days)
{
	int64_t shifted = days + DAYS_TO_MARCH_OF_0;
	int64_t era = (shifted >= 0 ? shifted : shifted - DAYS_OF_400_YEARS + 1) / DAYS_OF_400_YEARS;
	unsigned of_era = (unsigned)(shifted - era * DAYS_OF_400_YEARS);
	unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * of_year + 2) / 153;

	c->day = of_year - (153 * month + 2) / 5 + 1;
	c->month = month < 10 ? month + 3 : month - 9;
	c->year = (int64_t)year + era * 400 + (c->month <= 2);
}

struct calendar calendar_of(wall_time time)
{
	wall_time t = time < FIRST ? FIRST : time > LAST ? LAST : time;
	int64_t seconds = (t % DAY + DAY) % DAY, days = (t - seconds) / DAY;
	struct calendar c = {
		.hour = (unsigned)(seconds / 3600),
		.minute = (unsigned)(seconds / 60 % 60),
		.second = (unsigned)(seconds % 60),
		.weekday = (unsigned)(((days + 4) % 7 + 7) % 7),
	};

	set_date(&c, days);
	return c;
}

wall_time calendar_of_filetime(uint64_t filetime)
{
	return (wall_time)(filetime / 10000000) - FILETIME_1970;
}

bool calendar_of_ole(uint64_t bits, wall_time *out)
{
	double days;

	memcpy(&days, &bits, sizeof days);
	/* Not a number compares with nothing. */
	if (!(days >= OLE_FIRST && days <= OLE_LAST))
		return false;
	*out = (wall_time)((days - OLE_DAYS) * DAY + (days < OLE_DAYS ? -0.5 : 0.5));
	return true;
}

void calendar_print(wall_time time, char out[CALENDAR_SIZE])
{
	struct calendar c = calendar_of(time);

	snprintf(out, CALENDAR_SIZE, "%04u-%02u-%02u %02u:%02u", (unsigned)c.year % 10000, c.month % 100,
		 c.day % 100, c.hour % 100, c.minute % 100);
}

void calendar_print_iso(wall_time time, char out[CALENDAR_SIZE])
{
	struct calendar c = calendar_of(time);

	snprintf(out, CALENDAR_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)c.year % 10000,
		 c.month % 100, c.day % 100, c.hour % 100, c.minute % 100, c.second % 100);
}
