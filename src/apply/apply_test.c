/* This file kills changes in place at every step, and goes on or takes back afterwards. */
#include "apply/apply.h"
#include "apply/crash_restart.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STORE = 8192, GROWN = 9216, CALLS_MAX = 400 };

struct scene {
	uint8_t before[GROWN], after[GROWN], between[512];
	struct edit edits[8];
	struct edit_list list;
};

static void add(struct scene *s, uint64_t at, size_t len, uint32_t barrier)
{
	struct edit *e = &s->edits[s->list.n++];

	*e = (struct edit){ at, { s->before + at, len }, { s->after + at, len }, barrier };
	if (at >= STORE)
		e->old = view_of(NULL, 0);
}

/* A header that is written twice, pages in two barriers, and a store that grows. */
static struct scene *scene_new(void)
{
	struct scene *s = calloc(1, sizeof *s);

	assert_non_null(s);
	for (size_t i = 0; i < GROWN; i++) {
		s->before[i] = i < STORE ? (uint8_t)(i * 7 + i / 256) : 0;
		s->after[i] = s->before[i];
	}
	for (size_t i = 0; i < 512; i++) {
		s->between[i] = s->before[i] ^ 0x40;
		s->after[i] = s->before[i] ^ 0x81;
	}
	for (size_t i = 2048; i < 6000; i++)
		s->after[i] = (uint8_t)(s->before[i] ^ (i % 3 ? 0x55 : 0));
	memset(s->after + STORE, 0x77, GROWN - STORE);
	s->list = (struct edit_list){ s->edits, 0, STORE, GROWN };
	add(s, STORE, GROWN - STORE, 0);
	add(s, 0, 512, 1);
	s->edits[1].fresh = view_of(s->between, 512);
	add(s, 2048, 1024, 2);
	add(s, 3072, 512, 2);
	add(s, 5000, 1000, 3);
	add(s, 3584, 1416, 3);
	add(s, 0, 512, 4);
	s->edits[6].old = view_of(s->between, 512);
	return s;
}

static bool is_before(const struct crash_disk *d, const struct scene *s)
{
	return d->store.len == STORE && memcmp(d->store.now, s->before, STORE) == 0;
}

static bool is_after(const struct crash_disk *d, const struct scene *s)
{
	return d->store.len == GROWN && memcmp(d->store.now, s->after, GROWN) == 0;
}

static enum status run(struct crash_disk *d, const struct scene *s, const char **why)
{
	struct apply_site site = crash_disk_site(d);

	*why = NULL;
	return apply_run(&site, NULL, &s->list, why);
}

static enum status go_on(struct crash_disk *d, const char **why)
{
	struct apply_site site = crash_disk_site(d);
	struct arena *arena = arena_new(1 << 20);
	enum status st;

	*why = NULL;
	st = apply_resume(&site, arena, why);
	arena_drop(&arena);
	return st;
}

static enum status take_back(struct crash_disk *d, const char **why)
{
	struct apply_site site = crash_disk_site(d);
	struct arena *arena = arena_new(1 << 20);
	enum status st;

	*why = NULL;
	st = apply_undo(&site, arena, why);
	arena_drop(&arena);
	return st;
}

static enum journal_state state_of(struct crash_disk *d)
{
	struct apply_site site = crash_disk_site(d);
	struct arena *arena = arena_new(1 << 20);
	struct journal journal;
	enum journal_state state;

	assert_int_equal(apply_read_journal(&site, arena, &journal), ST_OK);
	state = journal.state;
	arena_drop(&arena);
	return state;
}

static struct crash_disk *disk_of(const struct scene *s)
{
	return crash_disk_new(view_of(s->before, STORE), GROWN);
}

static void test_uninterrupted(void **state)
{
	struct scene *s = scene_new();
	struct crash_disk *d = disk_of(s);
	const char *why;

	(void)state;
	assert_int_equal(run(d, s, &why), ST_OK);
	assert_true(is_after(d, s));
	assert_int_equal(state_of(d), JOURNAL_DONE);
	assert_int_equal(run(d, s, &why), ST_USAGE);
	assert_non_null(why);
	assert_int_equal(go_on(d, &why), ST_USAGE);
	assert_true(is_after(d, s));
	assert_int_equal(take_back(d, &why), ST_OK);
	assert_true(is_before(d, s));
	assert_false(d->has_journal);
	crash_disk_drop(d);
	free(s);
}

/* What undo or resume must make of a disk after a crash. */
static void settle(struct crash_disk *d, const struct scene *s, bool undo)
{
	const char *why;
	enum journal_state state;

	if (!d->has_journal) {
		assert_true(is_before(d, s));
		return;
	}
	state = state_of(d);
	assert_int_not_equal(state, JOURNAL_DAMAGED);
	assert_int_not_equal(state, JOURNAL_FOREIGN);
	if (state == JOURNAL_BEGUN)
		assert_true(is_before(d, s));
	if (undo || state == JOURNAL_BEGUN || state == JOURNAL_GOING) {
		if (take_back(d, &why) != ST_OK)
			fail_msg("undo: %s", why ? why : "?");
		assert_true(is_before(d, s));
		assert_false(d->has_journal);
	} else {
		if (state == JOURNAL_WRITING && go_on(d, &why) != ST_OK)
			fail_msg("resume: %s", why ? why : "?");
		assert_true(is_after(d, s));
		assert_int_equal(state_of(d), JOURNAL_DONE);
	}
}

/* Dies at call n in each way that a disk can; returns false when n is behind the last call. */
static bool crash_at(const struct scene *s, uint64_t n, enum crash_way way, bool undo)
{
	struct crash_disk *d = disk_of(s);
	const char *why;
	bool died;

	d->seed = (uint32_t)(n * 31 + (uint64_t)way);
	d->dies_at = n;
	died = run(d, s, &why) != ST_OK;
	if (died) {
		crash_disk_restart(d, way);
		settle(d, s, undo);
	}
	crash_disk_drop(d);
	return died;
}

static void test_every_step(void **state)
{
	struct scene *s = scene_new();
	uint64_t n = 1, crashes = 0;
	bool died = true;

	(void)state;
	for (; died && n < CALLS_MAX; n++)
		for (int way = 0; way < CRASH_WAYS; way++)
			for (int undo = 0; undo < 2; undo++) {
				died = crash_at(s, n, (enum crash_way)way, undo);
				crashes += died;
			}
	assert_true(n > 30 && n < CALLS_MAX);
	assert_true(crashes > 200);
	free(s);
}

/* The second crash comes while the first is being settled. */
static void crash_twice(const struct scene *s, uint64_t first, uint64_t second, enum crash_way way)
{
	for (int undo = 0; undo < 2; undo++) {
		struct crash_disk *d = disk_of(s);
		const char *why;

		d->seed = (uint32_t)(first * 31 + second);
		d->dies_at = first;
		if (run(d, s, &why) != ST_OK) {
			crash_disk_restart(d, way);
			d->dies_at = second;
			if (d->has_journal && undo)
				(void)take_back(d, &why);
			else if (d->has_journal && state_of(d) == JOURNAL_WRITING)
				(void)go_on(d, &why);
			crash_disk_restart(d, way);
			settle(d, s, undo);
		}
		crash_disk_drop(d);
	}
}

static void test_two_crashes(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	for (uint64_t first = 1; first < 60; first += 3)
		for (uint64_t second = 1; second < 40; second++)
			for (int way = 0; way < CRASH_WAYS; way++)
				crash_twice(s, first, second, (enum crash_way)way);
	free(s);
}

/* Taking back what was finished is killed at every call too. */
static void test_undo_of_done(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	for (uint64_t n = 1; n < 60; n++)
		for (int way = 0; way < CRASH_WAYS; way++) {
			struct crash_disk *d = disk_of(s);
			const char *why;

			assert_int_equal(run(d, s, &why), ST_OK);
			d->calls = 0;
			d->dies_at = n;
			if (take_back(d, &why) != ST_OK) {
				crash_disk_restart(d, (enum crash_way)way);
				settle(d, s, true);
			}
			assert_true(is_before(d, s));
			crash_disk_drop(d);
		}
	free(s);
}

/* One changed byte anywhere that matters stops everything before a byte is written. */
static void test_changed_since(void **state)
{
	static const uint64_t places[] = { 0, 300, 2048, 3071, 5999, 8192, 9215 };
	struct scene *s = scene_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct crash_disk *d = disk_of(s);
		const char *why;

		if (places[i] < STORE) {
			d->store.now[places[i]] ^= 0x08;
			assert_int_equal(run(d, s, &why), ST_USAGE);
			assert_non_null(why);
			assert_false(d->has_journal);
			d->store.now[places[i]] ^= 0x08;
		}
		assert_int_equal(run(d, s, &why), ST_OK);
		d->store.now[places[i]] ^= 0x08;
		assert_int_equal(take_back(d, &why), ST_USAGE);
		assert_non_null(why);
		d->store.now[places[i]] ^= 0x08;
		assert_true(is_after(d, s));
		crash_disk_drop(d);
	}
	free(s);
}

/* In between too: a byte that is neither old nor new. */
static void test_changed_between(void **state)
{
	struct scene *s = scene_new();
	struct crash_disk *d = disk_of(s);
	const char *why;

	(void)state;
	d->dies_at = 40;
	assert_int_not_equal(run(d, s, &why), ST_OK);
	crash_disk_restart(d, CRASH_KEEPS_ALL);
	assert_int_equal(state_of(d), JOURNAL_WRITING);
	d->store.now[2049] ^= 0x02;
	assert_int_equal(go_on(d, &why), ST_USAGE);
	assert_int_equal(take_back(d, &why), ST_USAGE);
	d->store.now[2049] ^= 0x02;
	assert_int_equal(take_back(d, &why), ST_OK);
	assert_true(is_before(d, s));
	crash_disk_drop(d);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uninterrupted), cmocka_unit_test(test_every_step),
		cmocka_unit_test(test_two_crashes),   cmocka_unit_test(test_undo_of_done),
		cmocka_unit_test(test_changed_since), cmocka_unit_test(test_changed_between),
	};

	return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
