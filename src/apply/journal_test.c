/* This file tests that journals are read as they were written, and that no bytes harm their reader. */
#include "apply/journal.h"

#include "base/checked.h"
#include "pst/ndb/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 4096 };

static const uint8_t old_bytes[] = "old words", new_bytes[] = "new words", more_bytes[] = "behind the end";

static const struct edit edits[] = {
	{ 100, { old_bytes, 9 }, { new_bytes, 9 }, 0 },
	{ 100, { new_bytes, 9 }, { old_bytes, 9 }, 2 },
	{ 995, { old_bytes, 5 }, { more_bytes, 14 }, 2 },
};
static const struct edit_list list = { edits, COUNT_OF(edits), 1000, 1009 };

static size_t write_journal(uint8_t *to)
{
	size_t at = JOURNAL_HEAD_LEN;

	journal_head_encode(&list, 0xABCD, to);
	for (size_t i = 0; i < list.n; i++) {
		journal_record_encode(&edits[i], to + at);
		at += JOURNAL_RECORD_LEN;
		memcpy(to + at, edits[i].old.at, edits[i].old.len);
		at += edits[i].old.len;
		memcpy(to + at, edits[i].fresh.at, edits[i].fresh.len);
		at += edits[i].fresh.len;
	}
	assert_int_equal(at, journal_len(&list));
	return at;
}

static size_t add_mark(uint8_t *to, size_t at, enum journal_mark mark, uint32_t value)
{
	journal_mark_encode(mark, value, to + at);
	return at + JOURNAL_MARK_LEN;
}

static struct journal read_journal(struct arena *arena, const uint8_t *bytes, size_t len)
{
	struct journal journal;

	assert_int_equal(journal_decode(arena, view_of(bytes, len), &journal), ST_OK);
	return journal;
}

static void test_round_trip(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	uint8_t bytes[ROOM];
	size_t len = write_journal(bytes);
	struct journal j = read_journal(arena, bytes, len);

	(void)state;
	assert_int_equal(j.state, JOURNAL_BEGUN);
	len = add_mark(bytes, len, JOURNAL_READY, 3);
	j = read_journal(arena, bytes, len);
	assert_int_equal(j.state, JOURNAL_WRITING);
	assert_int_equal(j.end, len);
	assert_int_equal(j.head_before, 0xABCD);
	assert_int_equal(j.edits.size_before, 1000);
	assert_int_equal(j.edits.size_after, 1009);
	assert_int_equal(j.edits.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(j.edits.edits[i].at, edits[i].at);
		assert_int_equal(j.edits.edits[i].barrier, edits[i].barrier);
		assert_int_equal(j.edits.edits[i].old.len, edits[i].old.len);
		assert_memory_equal(j.edits.edits[i].fresh.at, edits[i].fresh.at, edits[i].fresh.len);
	}
	len = add_mark(bytes, len, JOURNAL_SYNCED, 7);
	j = read_journal(arena, bytes, len);
	assert_true(j.has_synced && j.last_barrier == 7 && j.state == JOURNAL_WRITING);
	len = add_mark(bytes, len, JOURNAL_SEALED, 99);
	j = read_journal(arena, bytes, len);
	assert_true(j.state == JOURNAL_DONE && j.head_after == 99);
	len = add_mark(bytes, len, JOURNAL_UNDOING, 0);
	assert_int_equal(read_journal(arena, bytes, len).state, JOURNAL_GOING);
	arena_drop(&arena);
}

/* Cut anywhere, it says that nothing was written, or what it said up to there. */
static void test_cut(void **state)
{
	struct arena *arena = arena_new(16 << 20);
	uint8_t bytes[ROOM];
	size_t records = write_journal(bytes), len = add_mark(bytes, records, JOURNAL_READY, 3);

	(void)state;
	len = add_mark(bytes, len, JOURNAL_SEALED, 1);
	for (size_t cut = 0; cut < len; cut++) {
		struct journal j = read_journal(arena, bytes, cut);

		if (cut < records + JOURNAL_MARK_LEN)
			assert_int_equal(j.state, JOURNAL_BEGUN);
		else
			assert_int_equal(j.state, JOURNAL_WRITING);
	}
	arena_drop(&arena);
}

/* Changed anywhere, it never names other bytes than were written. */
static void test_flipped(void **state)
{
	struct arena *arena = arena_new(64 << 20);
	uint8_t bytes[ROOM];
	size_t records = write_journal(bytes), len = add_mark(bytes, records, JOURNAL_READY, 3);

	(void)state;
	for (size_t bit = 0; bit < len * 8; bit++) {
		struct journal j;

		bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1U << bit % 8);
		j = read_journal(arena, bytes, len);
		if (bit / 8 < JOURNAL_HEAD_LEN)
			assert_int_equal(j.state, JOURNAL_FOREIGN);
		else if (bit / 8 < records)
			assert_int_equal(j.state, JOURNAL_DAMAGED);
		else
			assert_int_equal(j.state, JOURNAL_BEGUN);
		bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1U << bit % 8);
	}
	arena_drop(&arena);
}

struct hostile {
	const char *name;
	struct edit edit;
	uint64_t size_before, size_after;
	enum journal_state state;
};

/* Sealed as we seal, but with values that no change has. */
static const struct hostile hostiles[] = {
	{ "a good one", { 10, { old_bytes, 9 }, { new_bytes, 9 }, 0 }, 100, 100, JOURNAL_WRITING },
	{ "behind the store", { 95, { old_bytes, 9 }, { new_bytes, 9 }, 0 }, 100, 100, JOURNAL_DAMAGED },
	{ "at the end of numbers",
	  { UINT64_MAX - 4, { old_bytes, 9 }, { new_bytes, 9 }, 0 },
	  100,
	  100,
	  JOURNAL_DAMAGED },
	{ "more before than after",
	  { 10, { more_bytes, 14 }, { new_bytes, 9 }, 0 },
	  100,
	  100,
	  JOURNAL_DAMAGED },
	{ "a store that shrinks", { 10, { old_bytes, 9 }, { new_bytes, 9 }, 0 }, 100, 99, JOURNAL_FOREIGN },
	{ "a store as large as numbers go",
	  { 10, { old_bytes, 9 }, { new_bytes, 9 }, 0 },
	  0,
	  UINT64_MAX,
	  JOURNAL_FOREIGN },
};

static void test_hostile(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hostiles); i++) {
		const struct hostile *h = &hostiles[i];
		struct edit_list one = { &h->edit, 1, h->size_before, h->size_after };
		uint8_t bytes[ROOM];
		size_t at = JOURNAL_HEAD_LEN;
		struct journal j;

		journal_head_encode(&one, 0, bytes);
		journal_record_encode(&h->edit, bytes + at);
		at += JOURNAL_RECORD_LEN;
		memcpy(bytes + at, h->edit.old.at, h->edit.old.len);
		memcpy(bytes + at + h->edit.old.len, h->edit.fresh.at, h->edit.fresh.len);
		at += h->edit.old.len + h->edit.fresh.len;
		j = read_journal(arena, bytes, add_mark(bytes, at, JOURNAL_READY, 1));
		if (j.state != h->state)
			fail_msg("%s: state %d", h->name, (int)j.state);
	}
	arena_drop(&arena);
}

/* A count of a billion records in a hundred bytes costs nothing. */
static void test_crafted_count(void **state)
{
	struct arena *arena = arena_new(4096);
	uint8_t bytes[ROOM] = { 0 };
	struct edit_list many = { NULL, 0, 10, 10 };
	struct journal j;

	(void)state;
	many.n = 0;
	journal_head_encode(&many, 0, bytes);
	field_put(bytes + 12, 4, 0x3FFFFFFF);
	j = read_journal(arena, bytes, sizeof bytes);
	assert_int_equal(j.state, JOURNAL_FOREIGN);
	assert_true(arena_used(arena) < 4096);
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flipped),       cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_crafted_count),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
