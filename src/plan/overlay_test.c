/* This file tests that an overlay shows what was written over what was there. */
#include "plan/overlay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 5000, ROOM = 8000 };

static enum status read_plain(const struct image *image, uint64_t at, void *to, size_t len)
{
	memcpy(to, (const uint8_t *)image->context + at, len);
	return ST_OK;
}

struct twin {
	struct arena *arena;
	uint8_t base[ROOM], plain[ROOM];
	struct image image;
	struct overlay *overlay;
	uint64_t size;
};

static struct twin *twin_new(void)
{
	struct twin *t = calloc(1, sizeof *t);

	assert_non_null(t);
	t->arena = arena_new(1 << 20);
	for (size_t i = 0; i < SIZE; i++)
		t->base[i] = t->plain[i] = (uint8_t)(i * 13 + i / 97);
	t->image = (struct image){ .size = SIZE, .read = read_plain, .context = t->base };
	t->overlay = overlay_new(t->arena, &t->image);
	t->size = SIZE;
	assert_non_null(t->overlay);
	return t;
}

static void twin_drop(struct twin *t)
{
	arena_drop(&t->arena);
	free(t);
}

static void put(struct twin *t, uint64_t at, size_t len, uint8_t seed)
{
	uint8_t bytes[ROOM];

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(seed + i * 3);
	assert_int_equal(overlay_write(t->overlay, at, view_of(bytes, len)), ST_OK);
	memcpy(t->plain + at, bytes, len);
	if (at + len > t->size)
		t->size = at + len;
}

static void compare(const struct twin *t, const struct overlay *overlay)
{
	uint8_t bytes[ROOM];
	const struct image *image = overlay_image(overlay);

	assert_int_equal(image->size, t->size);
	for (size_t at = 0; at < t->size; at += 211)
		for (size_t len = 0; at + len <= t->size && len < 1300; len += 173) {
			assert_int_equal(image_read(image, at, bytes, len), ST_OK);
			assert_memory_equal(bytes, t->plain + at, len);
		}
	assert_int_equal(image_read(image, t->size, bytes, 1), ST_LIMIT);
	assert_int_equal(image_read(image, UINT64_MAX, bytes, 1), ST_LIMIT);
}

static void test_writes(void **state)
{
	struct twin *t = twin_new();

	(void)state;
	compare(t, t->overlay);
	put(t, 0, 1, 9);
	put(t, 511, 2, 40);
	put(t, 1024, 512, 77);
	put(t, 1000, 1500, 3);
	compare(t, t->overlay);
	put(t, 4990, 300, 5);
	put(t, 6000, 10, 6);
	compare(t, t->overlay);
	for (unsigned i = 0; i < 200; i++)
		put(t, i * 37 % 4000, i % 90, (uint8_t)i);
	compare(t, t->overlay);
	twin_drop(t);
}

static void test_trial_over_draft(void **state)
{
	struct twin *t = twin_new();
	struct overlay *below = t->overlay, *trial;

	(void)state;
	put(t, 700, 100, 1);
	trial = overlay_new(t->arena, overlay_image(below));
	assert_non_null(trial);
	compare(t, trial);
	t->overlay = trial;
	put(t, 750, 600, 8);
	put(t, 4900, 400, 8);
	compare(t, trial);
	assert_int_equal(overlay_merge(below, trial), ST_OK);
	compare(t, below);
	twin_drop(t);
}

static void test_order(void **state)
{
	struct twin *t = twin_new();
	const uint8_t *bytes;
	uint64_t last = 0;

	(void)state;
	put(t, 4000, 10, 1);
	put(t, 10, 600, 1);
	put(t, 2000, 1, 1);
	assert_int_equal(overlay_sort(t->overlay), ST_OK);
	assert_int_equal(overlay_count(t->overlay), 4);
	for (size_t i = 0; i < 4; i++) {
		uint64_t at = overlay_sector(t->overlay, i, &bytes);

		assert_true(i == 0 || at > last);
		assert_memory_equal(bytes, t->plain + at, 512);
		last = at;
	}
	twin_drop(t);
}

static void test_refuses(void **state)
{
	struct twin *t = twin_new();

	(void)state;
	assert_int_equal(overlay_write(t->overlay, UINT64_MAX - 3, view_of(t->plain, 8)), ST_LIMIT);
	arena_fail_at(1, true);
	assert_int_equal(overlay_write(t->overlay, 0, view_of(t->plain, 8)), ST_NOMEM);
	arena_fail_at(0, false);
	twin_drop(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_trial_over_draft),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests_name("overlay", tests, NULL, NULL);
}
