/* This file tests the replay of transaction logs: both kinds, gaps, hashes, other hives' logs. */
#include "hive/replay.h"

#include "base/checked.h"
#include "hive/hive_maker.h"
#include "hive/marvin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_CAP = 4 << 20, ENTRY_LEN = 1024, PAGE_LEN = 512, LOG_MAX = 8192 };

static const uint64_t seed = UINT64_C(0x82EF4D887A4E55C5);

static struct arena *arena;
static uint8_t hive[HIVE_MAKER_LEN], log_1[LOG_MAX], log_2[LOG_MAX];

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(ARENA_CAP);
	hive_maker_empty(hive);
	/* The hive was being written as number 6. */
	put_u32(hive + CELL_SEQUENCE_AT, 6);
	put_u32(hive + CELL_SEQUENCE_AT + 4, 5);
	put_u64(hive + CELL_WRITTEN_AT, 77);
	hive_maker_seal(hive);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_drop(&arena);
	return 0;
}

static void start_log(uint8_t *log, uint32_t type, uint32_t sequence)
{
	memset(log, 0, LOG_MAX);
	memcpy(log, hive, CELL_SECTOR_LEN);
	put_u32(log + CELL_SEQUENCE_AT, sequence);
	put_u32(log + CELL_SEQUENCE_AT + 4, sequence);
	put_u32(log + CELL_TYPE_AT, type);
	hive_maker_seal(log);
}

/* One page at a place of the bins, filled with this byte. Grows the bins to `bins_len`. */
static void put_entry(uint8_t *log, unsigned number, uint32_t sequence, uint32_t at, uint32_t bins_len)
{
	uint8_t *entry = log + CELL_SECTOR_LEN + (size_t)number * ENTRY_LEN;

	memcpy(entry, "HvLE", 4);
	put_u32(entry + 4, ENTRY_LEN);
	put_u32(entry + 12, sequence);
	put_u32(entry + 16, bins_len);
	put_u32(entry + 20, 1);
	put_u32(entry + 40, at);
	put_u32(entry + 44, PAGE_LEN);
	memset(entry + 48, (int)sequence, PAGE_LEN);
	put_u64(entry + 24, marvin_hash(seed, view_of(entry + 40, ENTRY_LEN - 40)));
	put_u64(entry + 32, marvin_hash(seed, view_of(entry, 32)));
}

static struct hive_replay replay(size_t n_logs)
{
	const struct view logs[] = { view_of(log_1, LOG_MAX), view_of(log_2, LOG_MAX) };
	struct hive_replay out;

	assert_int_equal(hive_replay(arena, view_of(hive, sizeof hive), logs, n_logs, &out), ST_OK);
	return out;
}

static uint8_t byte_of(const struct hive_replay *done, size_t at)
{
	assert_true(HIVE_HEADER_LEN + at < done->bytes.len);
	return done->bytes.at[HIVE_HEADER_LEN + at];
}

static void test_new_logs(void **state)
{
	struct hive_replay done;
	struct hive after;

	(void)state;
	start_log(log_1, 6, 6);
	put_entry(log_1, 0, 6, 2048, HIVE_BIN_UNIT);
	put_entry(log_1, 1, 7, 2560, 2 * HIVE_BIN_UNIT); /* the bins grow */
	start_log(log_2, 6, 4);
	put_entry(log_2, 0, 4, 3072, HIVE_BIN_UNIT); /* the hive has it */
	put_entry(log_2, 1, 5, 3072, HIVE_BIN_UNIT);
	done = replay(2);
	assert_true(done.is_current);
	assert_int_equal(done.n_entries, 3);
	assert_int_equal(byte_of(&done, 2048), 6);
	assert_int_equal(byte_of(&done, 2560), 7);
	assert_int_equal(byte_of(&done, 3072), 5);
	assert_int_equal(done.bytes.len, HIVE_HEADER_LEN + 2 * HIVE_BIN_UNIT);
	assert_int_equal(hive_open(done.bytes, &after), HIVE_FINE);
	assert_false(after.is_dirty);
	assert_int_equal(after.sequence_1, 7);
}

static void test_entries_that_do_not_follow(void **state)
{
	struct hive_replay done;

	(void)state;
	start_log(log_1, 6, 6);
	put_entry(log_1, 0, 7, 2048, HIVE_BIN_UNIT); /* a gap */
	done = replay(1);
	assert_false(done.is_current);
	assert_int_equal(done.n_entries, 0);
	assert_ptr_equal(done.bytes.at, hive);
	start_log(log_2, 6, 9);
	put_entry(log_2, 0, 9, 2560, HIVE_BIN_UNIT);
	done = replay(2); /* with both logs the first may be later; not the next */
	assert_int_equal(done.n_entries, 1);
	assert_int_equal(byte_of(&done, 2560), 0);
	put_entry(log_1, 0, 5, 2048, HIVE_BIN_UNIT);
	put_entry(log_1, 1, 7, 2560, HIVE_BIN_UNIT); /* a gap behind the first */
	done = replay(1);
	assert_int_equal(done.n_entries, 1);
	assert_int_equal(byte_of(&done, 2560), 0);
	put_entry(log_1, 1, 6, 2560, HIVE_BIN_UNIT);
	log_1[CELL_SECTOR_LEN + ENTRY_LEN + 100] ^= 1; /* a hash that is wrong */
	assert_int_equal(replay(1).n_entries, 1);
	put_entry(log_1, 1, 6, HIVE_BIN_UNIT - PAGE_LEN + 8, HIVE_BIN_UNIT); /* beyond the bins */
	assert_int_equal(replay(1).n_entries, 1);
}

static void start_old_log(uint32_t sequence)
{
	start_log(log_1, 1, sequence);
	memcpy(log_1 + CELL_SECTOR_LEN, "DIRT", 4);
	log_1[CELL_SECTOR_LEN + 4] = 0x50; /* the sectors 4 and 6 */
	memset(log_1 + (size_t)2 * CELL_SECTOR_LEN, 0xAA, CELL_SECTOR_LEN);
	memset(log_1 + (size_t)3 * CELL_SECTOR_LEN, 0xBB, CELL_SECTOR_LEN);
}

static void test_old_logs(void **state)
{
	struct hive_replay done;

	(void)state;
	start_old_log(5);
	done = replay(1);
	assert_true(done.is_current);
	assert_int_equal(done.n_pages, 2);
	assert_int_equal(byte_of(&done, 2048), 0xAA);
	assert_int_equal(byte_of(&done, 2560), 0);
	assert_int_equal(byte_of(&done, 3072), 0xBB);
	start_old_log(3); /* an earlier one */
	assert_false(replay(1).is_current);
	start_old_log(5);
	put_u64(log_1 + CELL_WRITTEN_AT, 78); /* another hive's */
	hive_maker_seal(log_1);
	assert_false(replay(1).is_current);
	start_old_log(5);
	put_u32(log_1 + CELL_SEQUENCE_AT, 6); /* a log that was not finished */
	hive_maker_seal(log_1);
	assert_false(replay(1).is_current);
	start_old_log(5);
	log_1[CELL_SECTOR_LEN] = 'd';
	assert_false(replay(1).is_current);
}

/* A header that was half written is taken from the log. */
static void test_broken_header(void **state)
{
	struct hive_replay done;
	struct hive after;

	(void)state;
	start_log(log_1, 6, 5);
	put_entry(log_1, 0, 5, 2048, HIVE_BIN_UNIT);
	hive[CELL_ROOT_AT] = 0x77;
	done = replay(1);
	assert_true(done.is_current);
	assert_int_equal(hive_open(done.bytes, &after), HIVE_FINE);
	assert_false(after.is_dirty);
	assert_false(replay(0).is_current);
}

static void test_clean_hive_and_every_length(void **state)
{
	(void)state;
	start_log(log_1, 6, 5);
	put_entry(log_1, 0, 5, 2048, HIVE_BIN_UNIT);
	for (size_t len = 0; len < (size_t)2 * ENTRY_LEN; len++) {
		const struct view part = view_of(log_1, len);
		struct hive_replay out;

		arena_clear(arena);
		assert_int_equal(hive_replay(arena, view_of(hive, sizeof hive), &part, 1, &out), ST_OK);
		assert_int_equal(out.n_entries, len >= CELL_SECTOR_LEN + ENTRY_LEN);
	}
	put_u32(hive + CELL_SEQUENCE_AT, 5);
	hive_maker_seal(hive);
	assert_true(replay(1).is_current);
	assert_int_equal(replay(1).n_entries, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_new_logs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_entries_that_do_not_follow, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_old_logs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_broken_header, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_clean_hive_and_every_length, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
