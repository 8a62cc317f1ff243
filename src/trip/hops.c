/* This file reads by which servers a message came, and when. */
#include "trip/hops.h"

#include "base/checked.h"
#include "trip/part.h"

enum { DAY = 86400, HOUR = 3600 };

/* The next word, parted by blanks; comments are for people. */
static struct str word_of(struct str *rest)
{
	struct str word;

	do
		word = str_cut(rest, ' ');
	while (word.at && word.len == 0);
	return word;
}

static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool read_month(struct str word, int64_t *out)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_is_nocase(word, names[i])) {
			*out = (int64_t)i + 1;
			return true;
		}
	return false;
}

static bool read_time(struct str word, int64_t *out)
{
	uint64_t hour, minute, second = 0;

	if (!str_to_u64(str_cut(&word, ':'), 23, &hour) || !str_to_u64(str_cut(&word, ':'), 59, &minute))
		return false;
	if (word.at && !str_to_u64(word, 60, &second))
		return false;
	*out = (int64_t)(hour * HOUR + minute * 60 + second);
	return true;
}

static int64_t read_zone(struct str word)
{
	uint64_t number;

	if (word.len != 5 || !str_to_u64(str_skip(word, 1), 9999, &number))
		return 0;
	number = number / 100 * HOUR + number % 100 * 60;
	return word.at[0] == '-' ? -(int64_t)number : (int64_t)number;
}

wall_time hops_date(struct str text)
{
	size_t comma = str_find_char(text, ',');
	struct str rest = comma == SIZE_MAX ? text : str_skip(text, comma + 1);
	uint64_t day, year;
	int64_t month, time;

	if (!str_to_u64(word_of(&rest), 31, &day) || !read_month(word_of(&rest), &month) ||
	    !str_to_u64(word_of(&rest), 9999, &year) || day == 0 || year < 1970 ||
	    !read_time(word_of(&rest), &time))
		return 0;
	return days_from_civil((int64_t)year, month, (int64_t)day) * DAY + time - read_zone(word_of(&rest));
}

static struct hop read_hop(struct str line)
{
	struct str rest = line, date = STR(""), word, by = STR("");

	while (rest.at)
		date = str_cut(&rest, ';');
	rest = line;
	while ((word = word_of(&rest)).at)
		if (by.len == 0 && str_is_nocase(word, "by"))
			by = word_of(&rest);
	if (by.len && by.at[by.len - 1] == ';')
		by.len--;
	return (struct hop){ .by = by, .at = hops_date(str_trim(date)) };
}

void hops_read(struct arena *arena, struct view message, struct letter_fate *fate)
{
	struct parts parts;
	struct str rest;

	parts_read(message, &parts);
	rest = parts.head;
	while (rest.at && rest.len && fate->n_hops < HOPS_MAX) {
		struct str line = part_header(arena, &rest, "Received");

		if (line.len)
			fate->hops[fate->n_hops++] = read_hop(line);
	}
	for (size_t i = 0; i < fate->n_hops / 2; i++) {
		struct hop one = fate->hops[i];

		fate->hops[i] = fate->hops[fate->n_hops - 1 - i];
		fate->hops[fate->n_hops - 1 - i] = one;
	}
}
