/* This file reads the two clocks: one that only goes forward, and the wall's. */
#include "os/clock.h"

#include <time.h>
#include <uv.h>

void clock_start(struct clock *clock)
{
	clock->zero = uv_hrtime();
}

moment clock_now(const struct clock *clock)
{
	return (moment)((uv_hrtime() - clock->zero) / 1000);
}

wall_time clock_wall(void)
{
	return (wall_time)time(NULL);
}
