/* This file tests that near pieces are read together, far ones alone, and that a bad place spoils no
 * neighbour. */
#include "check/read_window.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 300 << 10, BAD = 200 << 10 };

struct device {
	uint64_t reads, refused;
};

static uint8_t byte_at(uint64_t at)
{
	return (uint8_t)(at * 7 + (at >> 8));
}

/* A device of which one byte cannot be read. */
static enum status read_device(const struct image *image, uint64_t at, void *to, size_t len)
{
	struct device *d = image->context;

	d->reads++;
	if (at <= BAD && BAD - at < len) {
		d->refused++;
		memset(to, 0, len);
		return ST_IO;
	}
	for (size_t i = 0; i < len; i++)
		((uint8_t *)to)[i] = byte_at(at + i);
	return ST_OK;
}

/* False when a byte is not the device's. */
static bool is_right(const uint8_t *bytes, uint64_t at, size_t len)
{
	size_t n = 0;

	while (n < len && bytes[n] == byte_at(at + n))
		n++;
	return n == len;
}

static void reads(void **state)
{
	static const struct {
		const char *name;
		uint64_t at, step, n, most;
		size_t len;
	} rows[] = {
		{ "pages in a row", 0, 512, 100, 2, 512 },
		{ "pages backwards", 100 << 10, (uint64_t)-512, 100, 9, 512 },
		{ "far ones alone", 0, 40 << 10, 4, 4, 512 },
		{ "up to the last byte", SIZE - 1024, 512, 2, 2, 512 },
		{ "nothing at the end", SIZE, 0, 2, 2, 0 },
		{ "larger than the window", 0, 70 << 10, 2, 2, 70 << 10 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct device device = { 0 };
		struct image image = { SIZE, read_device, &device };
		static struct read_window window;
		static uint8_t to[80 << 10];

		window = (struct read_window){ 0 };
		for (uint64_t k = 0; k < rows[i].n; k++) {
			uint64_t at = rows[i].at + k * rows[i].step;

			assert_int_equal(read_window_get(&window, &image, at, to, rows[i].len), ST_OK);
			if (!is_right(to, at, rows[i].len))
				fail_msg("%s: at %u", rows[i].name, (unsigned)at);
		}
		if (device.reads > rows[i].most)
			fail_msg("%s: %u reads", rows[i].name, (unsigned)device.reads);
	}
}

static void refusals(void **state)
{
	struct device device = { 0 };
	struct image image = { SIZE, read_device, &device };
	static struct read_window window;
	uint8_t to[512];

	(void)state;
	for (uint64_t at = BAD - 8192; at < BAD + 8192; at += sizeof to) {
		bool holds_it = at <= BAD && BAD - at < sizeof to;

		assert_int_equal(read_window_get(&window, &image, at, to, sizeof to),
				 holds_it ? ST_IO : ST_OK);
		assert_int_equal(to[0], holds_it ? 0 : byte_at(at));
	}
	assert_true(device.refused > 1);
	assert_int_equal(read_window_get(&window, &image, SIZE - 4, to, 8), ST_LIMIT);
	assert_int_equal(read_window_get(&window, &image, UINT64_MAX, to, 8), ST_LIMIT);
	assert_int_equal(read_window_get(NULL, &image, 5, to, 8), ST_OK);
	assert_int_equal(to[0], byte_at(5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
