/* This file shows how far long work is. */
#include "app/progress.h"

#include "os/terminal.h"
#include "report/words.h"

#include <stdio.h>
#include <string.h>

enum {
	EVERY = 100000,      /* microseconds between two drawings */
	FIRST = 300000,      /* what ends sooner needs no bar */
	RATE_FROM = 500000,  /* sooner a rate says nothing */
	SURE_FROM = 5000000, /* later it is shown however little is done */
	BAR_MAX = 30,
	NUMBERS = 48, /* columns for what stands behind the bar */
};

void progress_start(struct progress *progress, bool wanted)
{
	*progress = (struct progress){ .shows = wanted && terminal_is(TERMINAL_ERROR) };
	clock_start(&progress->clock);
}

static void add_left(char *text, size_t size, uint64_t seconds)
{
	if (seconds >= 3600)
		snprintf(text, size, "  %llu:%02llu:%02llu left", (unsigned long long)(seconds / 3600),
			 (unsigned long long)(seconds / 60 % 60), (unsigned long long)(seconds % 60));
	else
		snprintf(text, size, "  %llu:%02llu left", (unsigned long long)(seconds / 60),
			 (unsigned long long)(seconds % 60));
}

const char *progress_line(char line[PROGRESS_LINE_SIZE], unsigned width, uint64_t done, uint64_t total,
			  moment elapsed)
{
	unsigned bar = width > NUMBERS + 4 ? width - NUMBERS : 4;
	double share = total ? (double)done / (double)total : 0.0;
	char of[WORDS_DURATION_SIZE], rate[WORDS_DURATION_SIZE], left[32] = "",
								 speed[WORDS_DURATION_SIZE + 8] = "";
	char hashes[BAR_MAX + 1];
	unsigned filled;

	if (bar > BAR_MAX)
		bar = BAR_MAX;
	filled = (unsigned)(share * bar);
	if (filled > bar)
		filled = bar;
	memset(hashes, '#', filled);
	memset(hashes + filled, '.', bar - filled);
	hashes[bar] = '\0';
	words_bytes(total, of);
	if (done && elapsed >= RATE_FROM && (done >= total / 50 || elapsed >= SURE_FROM)) {
		double per_second = (double)done * 1e6 / (double)elapsed;

		snprintf(speed, sizeof speed, "  %s/s", words_bytes((uint64_t)per_second, rate));
		add_left(left, sizeof left,
			 (uint64_t)((double)(total - (done < total ? done : total)) / per_second));
	}
	snprintf(line, PROGRESS_LINE_SIZE, "[%s] %3u %% of %s%s%s", hashes, (unsigned)(share * 100.0), of,
		 speed, left);
	return line;
}

void progress_tick(struct progress *progress, uint64_t done, uint64_t total)
{
	moment now = clock_now(&progress->clock);
	char line[PROGRESS_LINE_SIZE];
	unsigned width;

	if (!progress->shows || now < FIRST || (progress->drawn && now - progress->shown < EVERY))
		return;
	width = terminal_width(TERMINAL_ERROR);
	progress->shown = now;
	fprintf(stderr, "\r%-*.*s", (int)(width > 1 ? width - 1 : 1), (int)(width > 1 ? width - 1 : 1),
		progress_line(line, width, done, total, now));
	fflush(stderr);
	progress->drawn = true;
}

void progress_end(struct progress *progress)
{
	unsigned width;

	if (!progress->drawn)
		return;
	width = terminal_width(TERMINAL_ERROR);
	fprintf(stderr, "\r%*s\r", (int)(width > 1 ? width - 1 : 1), "");
	fflush(stderr);
	progress->drawn = false;
}
