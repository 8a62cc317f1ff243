/* This file tests how paragraphs are wrapped, and words of time and size. */
#include "report/paper.h"

#include "base/checked.h"
#include "report/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(const struct buf *out, const char *wanted)
{
	if (!str_is(buf_str(out), wanted))
		fail_msg("\"%.*s\", not \"%s\"", (int)out->len, (const char *)out->at, wanted);
}

static void test_wraps(void **state)
{
	struct paper paper;
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	paper_init(&paper, &out, NULL, false, 40);
	paper_add(&paper, "one two three four five six seven eight nine ten");
	paper_end(&paper, 2, 3);
	check(&out, "  one two three four five six seven\n     eight nine ten\n");
	buf_clear(&out);
	paper_line(&paper, 0, "0123456789012345678901234567890123456789AB");
	check(&out, "0123456789012345678901234567890123456789\nAB\n");
	buf_clear(&out);
	paper_line(&paper, 0, "0123456789012345678901234567890123456789 AB");
	check(&out, "0123456789012345678901234567890123456789\nAB\n");
	paper_fini(&paper);
	buf_fini(&out);
}

static void test_color(void **state)
{
	static const char *const wanted[] = { "a\x1b[31mb\x1b[0m\n", "ab\n" };
	struct paper paper;
	struct buf out;

	(void)state;
	for (int plain = 0; plain < 2; plain++) {
		buf_init(&out, 4096);
		paper_init(&paper, &out, NULL, !plain, 0);
		paper_add(&paper, "a");
		paper_mark(&paper, PAPER_RED);
		paper_add(&paper, "b");
		paper_mark(&paper, PAPER_PLAIN);
		paper_end(&paper, 0, 0);
		check(&out, wanted[plain]);
		paper_fini(&paper);
		buf_fini(&out);
	}
}

/* A peer cannot bring in our own marks, and its text is cut. */
static void test_peer(void **state)
{
	char longer[PAPER_PEER_MAX + 11];
	struct paper paper;
	struct buf out;

	(void)state;
	memset(longer, 'x', sizeof longer);
	buf_init(&out, 4096);
	paper_init(&paper, &out, NULL, true, 0);
	paper_peer(&paper, STR("a\x04z"));
	paper_end(&paper, 0, 0);
	check(&out, "a\\x04z\n");
	buf_clear(&out);
	paper_peer(&paper, STR("250-a\r\n250 b\r\n"));
	paper_end(&paper, 0, 0);
	check(&out, "250-a | 250 b\n");
	buf_clear(&out);
	paper_peer(&paper, (struct str){ .at = longer, .len = sizeof longer });
	paper_end(&paper, 0, 0);
	assert_true(str_find(buf_str(&out), STR("[+ 11 bytes]")) != SIZE_MAX);
	paper_fini(&paper);
	buf_fini(&out);
}

static void test_pad(void **state)
{
	struct paper paper;
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	paper_init(&paper, &out, NULL, true, 0);
	paper_mark(&paper, PAPER_DIM);
	paper_add(&paper, "ab");
	paper_mark(&paper, PAPER_PLAIN);
	paper_pad(&paper, 5);
	paper_add(&paper, "c");
	paper_end(&paper, 0, 0);
	check(&out, "\x1b[2mab\x1b[0m   c\n");
	paper_fini(&paper);
	buf_fini(&out);
}

struct time_case {
	wall_time time;
	const char *wanted;
};

static void test_time(void **state)
{
	static const struct time_case cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },          { 951782400, "2000-02-29T00:00:00Z" },
		{ 951868799, "2000-02-29T23:59:59Z" },  { -1, "1969-12-31T23:59:59Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" }, { 253402300799, "9999-12-31T23:59:59Z" },
		{ INT64_MAX, "9999-12-31T23:59:59Z" },  { INT64_MIN, "0000-01-01T00:00:00Z" },
	};
	char text[WORDS_TIME_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_string_equal(words_time(cases[i].time, text), cases[i].wanted);
}

static void test_amounts(void **state)
{
	char text[WORDS_DURATION_SIZE];

	(void)state;
	assert_string_equal(words_duration(400, text), "0.4 ms");
	assert_string_equal(words_duration(MOMENT_MS(12), text), "12 ms");
	assert_string_equal(words_duration(MOMENT_MS(3200), text), "3.2 s");
	assert_string_equal(words_duration(MOMENT_NEVER, text), "never");
	assert_string_equal(words_bytes(999, text), "999 bytes");
	assert_string_equal(words_bytes(52428800, text), "52.4 MB");
	assert_string_equal(words_bytes(UINT64_MAX, text), "18.4 EB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wraps), cmocka_unit_test(test_color), cmocka_unit_test(test_peer),
		cmocka_unit_test(test_pad),   cmocka_unit_test(test_time),  cmocka_unit_test(test_amounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
