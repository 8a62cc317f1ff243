/* This file tests that lines come out the same however their bytes are cut. */
#include "wire/line.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 16 };

static const struct {
	const char *name;
	struct str bytes;
	const char *lines; /* each in brackets */
	bool bare_lf, nul, too_long;
} rows[] = {
	{ "nothing", STR(""), "", false, false, false },
	{ "one line", STR("abc\r\n"), "[abc]", false, false, false },
	{ "an unfinished line", STR("abc"), "", false, false, false },
	{ "a line and a half", STR("abc\r\nde"), "[abc]", false, false, false },
	{ "empty lines", STR("\r\n\r\n"), "[][]", false, false, false },
	{ "bare LF", STR("abc\nde\r\n"), "[abc][de]", true, false, false },
	{ "LF alone", STR("\n"), "[]", true, false, false },
	{ "bare CR stays", STR("a\rb\r\n"), "[a\rb]", false, false, false },
	{ "two CR", STR("a\r\r\n"), "[a\r]", false, false, false },
	{ "NUL", STR("a\0b\r\n"), "[a", false, true, false },
	{ "as long as allowed", STR("123456789012345\r\n"), "[123456789012345]", false, false, false },
	{ "one byte too long", STR("1234567890123456\r\n"), "", false, false, true },
	{ "endless", STR("12345678901234567890123456789012345678901234567890"), "", false, false, true },
};

/* Feeds `n` bytes at a time and writes each line in brackets. */
static void feed(struct line *line, struct str bytes, size_t n, char *out, size_t room)
{
	size_t len = 0;

	while (bytes.len) {
		struct view piece = str_view(str_head(bytes, n));
		struct str text;

		bytes = str_skip(bytes, n);
		while (line_take(line, &piece, &text)) {
			assert_true(len + text.len + 3 < room);
			out[len++] = '[';
			if (text.len)
				memcpy(out + len, text.at, text.len);
			len += text.len;
			out[len++] = ']';
		}
	}
	out[len] = '\0';
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (size_t n = 1; n <= 64; n += n == 1 ? 1 : n) {
			struct arena *arena = arena_new(4096);
			struct line line;
			char out[128];

			line_init(&line, arena, CAP);
			feed(&line, rows[i].bytes, n, out, sizeof out);
			if (strcmp(out, rows[i].lines) != 0 || line.has_bare_lf != rows[i].bare_lf ||
			    line.has_nul != rows[i].nul || line.too_long != rows[i].too_long)
				fail_msg("%s in pieces of %zu gave \"%s\"", rows[i].name, n, out);
			arena_drop(&arena);
		}
	}
}

static void test_literal_is_dropped(void **state)
{
	static const struct str before = STR("a {3}\r\n"), after = STR("x\ny tail\r\nnext\r\n");

	(void)state;
	for (size_t n = 1; n < 20; n++) {
		struct arena *arena = arena_new(4096);
		struct line line;
		char out[64];

		line_init(&line, arena, CAP);
		feed(&line, before, n, out, sizeof out);
		assert_string_equal(out, "[a {3}]");
		line_drop(&line, 3);
		feed(&line, after, n, out, sizeof out);
		assert_string_equal(out, "[a {3} tail][next]");
		assert_false(line.has_bare_lf);
		arena_drop(&arena);
	}
}

static void test_reset_forgets(void **state)
{
	struct arena *arena = arena_new(4096);
	struct line line;
	char out[64];

	(void)state;
	line_init(&line, arena, CAP);
	feed(&line, STR("half"), 4, out, sizeof out);
	assert_int_equal(line_pending(&line), 4);
	line_reset(&line);
	feed(&line, STR("new\r\n"), 5, out, sizeof out);
	assert_string_equal(out, "[new]");
	assert_int_equal(line_pending(&line), 0);
	arena_drop(&arena);
}

static void test_memory_ends(void **state)
{
	struct arena *arena = arena_new(64);
	struct view bytes = view_of("abc\r\n", 5);
	struct line line;
	struct str text;

	(void)state;
	line_init(&line, arena, CAP * 64);
	assert_false(line_take(&line, &bytes, &text));
	assert_true(arena_failed(arena));
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_literal_is_dropped),
		cmocka_unit_test(test_reset_forgets),
		cmocka_unit_test(test_memory_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
