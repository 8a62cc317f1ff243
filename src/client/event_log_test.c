/* This file tests the reader of Windows' event logs: whole ones, cut ones, and what is none. */
#include "client/event_log.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LOG_LEN = 4096 + 65536, RECORDS_AT = 512 };

struct row {
	const char *name, *text;
	const char *prog_id; /* NULL: nothing is found */
	uint32_t ms;
};

static const struct row rows[] = {
	{ "as Outlook writes it",
	  "Outlook loaded\r\n\r\nName: A\r\nProgID: A.Connect\r\nLoad Behavior: 3\r\nHKLM: 1\r\n"
	  "Boot Time (Milliseconds): 31 \r\n\r\n",
	  "A.Connect", 31 },
	{ "in German", "ProgID: A.Connect\r\nStartzeit (Millisekunden): 1204\r\n", "A.Connect", 1204 },
	{ "line feeds alone", "ProgID: A\nBoot Time (Milliseconds): 0\n", "A", 0 },
	{ "no time", "ProgID: A.Connect\r\nLoad Behavior: 3\r\n", NULL, 0 },
	{ "no number", "ProgID: A.Connect\r\nBoot Time (Milliseconds): soon\r\n", NULL, 0 },
	{ "a number that is too large", "ProgID: A.Connect\r\nBoot Time (Milliseconds): 4294967296\r\n", NULL,
	  0 },
	{ "a time of nobody", "ProgID:\r\nBoot Time (Milliseconds): 31\r\n", NULL, 0 },
	{ "another event", "The program crashed", NULL, 0 },
};

static void put(uint8_t *to, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* One record behind what is there; the chunk then ends behind it. */
static void add_record(uint8_t *bytes, const char *text, uint64_t written, size_t gap)
{
	uint8_t *chunk = bytes + 4096, *record;
	size_t end = chunk[48] | (size_t)chunk[49] << 8, len = 28 + gap + 2 * strlen(text);

	end = end ? end : RECORDS_AT;
	record = chunk + end;
	put(record, 0x2A2A, 4);
	put(record + 4, len, 4);
	put(record + 16, written, 8);
	for (size_t i = 0; text[i]; i++)
		record[24 + gap + 2 * i] = (uint8_t)text[i];
	put(record + len - 4, len, 4);
	put(chunk + 48, end + len, 4);
}

static uint8_t *new_log(struct arena *arena)
{
	uint8_t *bytes = arena_alloc(arena, LOG_LEN);

	assert_non_null(bytes);
	memset(bytes, 0, LOG_LEN);
	memcpy(bytes, "ElfFile", 8);
	memcpy(bytes + 4096, "ElfChnk", 8);
	return bytes;
}

static void test_rows(void **state)
{
	struct event_load loads[EVENT_LOADS_MAX];
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows) * 2; i++) {
		const struct row *row = &rows[i / 2];
		struct arena *arena = arena_new(1 << 20);
		uint8_t *bytes = new_log(arena);

		/* The text begins at an odd place too. */
		add_record(bytes, row->text, 1, 5 + i % 2);
		if (!event_log_read(arena, view_of(bytes, LOG_LEN), loads, &n) || n != (row->prog_id != NULL))
			fail_msg("%s: %zu found", row->name, n);
		if (n && (strcmp(loads[0].prog_id, row->prog_id) != 0 || loads[0].ms != row->ms))
			fail_msg("%s: %s %u", row->name, loads[0].prog_id, (unsigned)loads[0].ms);
		arena_drop(&arena);
	}
}

static void test_newest(void **state)
{
	static const char slow[] = "ProgID: A\nT (ms): 9\n\nProgID: B\nT (ms): 7\n",
			  fast[] = "ProgID: a\nT (ms): 1\n";
	struct event_load loads[EVENT_LOADS_MAX];
	struct arena *arena = arena_new(1 << 20);
	uint8_t *bytes = new_log(arena);
	size_t n;

	(void)state;
	add_record(bytes, slow, 20, 0);
	add_record(bytes, fast, 10, 0);
	assert_true(event_log_read(arena, view_of(bytes, LOG_LEN), loads, &n));
	assert_int_equal(n, 2);
	assert_int_equal(loads[0].ms, 9);
	assert_int_equal(loads[1].ms, 7);
	add_record(bytes, fast, 30, 0);
	assert_true(event_log_read(arena, view_of(bytes, LOG_LEN), loads, &n));
	assert_int_equal(n, 2);
	assert_int_equal(loads[0].ms, 1);
	arena_drop(&arena);
}

/* Every length, and every byte of the heads changed: no more is found than there is. */
static void test_damaged(void **state)
{
	struct event_load loads[EVENT_LOADS_MAX];
	size_t n;

	(void)state;
	for (size_t i = 0; i < 4096 + RECORDS_AT + 200; i++) {
		struct arena *arena = arena_new(1 << 20);
		uint8_t *bytes = new_log(arena);

		add_record(bytes, rows[0].text, 1, 0);
		assert_int_equal(event_log_read(arena, view_of(bytes, i), loads, &n), i >= 8);
		assert_true(n == 0);
		bytes[i] ^= 0xFF;
		assert_int_equal(event_log_read(arena, view_of(bytes, LOG_LEN), loads, &n), i >= 8);
		assert_true(n <= 1);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_newest),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
