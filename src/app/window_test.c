/* This file tests what is made of a double-click and of files that are dropped. */
#include "app/window.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *answer; /* NULL: Ctrl-C */

static enum status give_answer(const char *question, struct buf *into)
{
	assert_non_null(strstr(question, "address"));
	if (answer)
		buf_add_text(into, answer);
	return answer ? ST_OK : ST_CANCEL;
}

static bool ends_in_pst(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && strcmp(path + len - 4, ".pst") == 0;
}

static void test_words(void **state)
{
	static const struct {
		const char *words[3], *answer;
		bool help;
		enum status status;
		const char *expected[5];
	} rows[] = {
		{ { NULL }, "  anna@example.org \r", false, ST_OK, { "anna@example.org" } },
		{ { NULL }, " ", false, ST_CANCEL, { NULL } },
		{ { NULL }, NULL, false, ST_CANCEL, { NULL } },
		{ { NULL }, NULL, true, ST_OK, { NULL } },
		{ { "a.pst", "b.pst" }, NULL, false, ST_OK, { "store", "check", "a.pst", "b.pst" } },
		{ { "a.pst", "explain" }, NULL, false, ST_OK, { "a.pst", "explain" } },
		{ { "anna@example.org" }, NULL, false, ST_OK, { "anna@example.org" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 16);
		const char *words[3];
		struct options options = { .words = words, .help = rows[i].help };
		size_t n = 0;

		while (rows[i].words[options.n_words]) {
			words[options.n_words] = rows[i].words[options.n_words];
			options.n_words++;
		}
		answer = rows[i].answer;
		assert_int_equal(window_words(arena, &options, give_answer, ends_in_pst), rows[i].status);
		for (; rows[i].expected[n]; n++)
			assert_string_equal(options.words[n], rows[i].expected[n]);
		assert_int_equal(options.n_words, n);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
