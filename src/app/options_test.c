/* This file tests the reading of command lines: what is taken and what is refused. */
#include "app/options.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ARGS_MAX = 8 };

struct refused_case {
	const char *args[ARGS_MAX];
	const char *why; /* a part of the line */
};

static size_t count(const char *const *args)
{
	size_t n = 0;

	while (n < ARGS_MAX && args[n])
		n++;
	return n;
}

static void test_refused(void **state)
{
	static const struct refused_case cases[] = {
		{ { "--frobnicate" }, "--frobnicate: no such option" },
		{ { "-x" }, "-x: no such option" },
		{ { "--json=yes" }, "--json takes no value" },
		{ { "--html" }, "--html: expected FILE behind it" },
		{ { "--html", "" }, "--html: expected a value" },
		{ { "--html=" }, "--html: expected a value" },
		{ { "--user", "an\nna" }, "--user: expected a value without control characters" },
		{ { "--deadline", "soon" }, "--deadline: expected seconds" },
		{ { "--deadline", "0" }, "--deadline: expected seconds" },
		{ { "--deadline", "-1" }, "--deadline: expected seconds" },
		{ { "--deadline", "1e3" }, "--deadline: expected seconds" },
		{ { "--deadline", "1.2.3" }, "--deadline: expected seconds" },
		{ { "--deadline", "86401" }, "--deadline: expected seconds" },
		{ { "--https-port", "0" }, "--https-port: expected a port from 1 to 65535, not \"0\"" },
		{ { "--https-port=70000" }, "--https-port: expected a port" },
		{ { "--color", "sometimes" }, "--color: expected auto, always or never, not \"sometimes\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena *arena = arena_new(1 << 20);
		const char *why = NULL;
		struct options options;

		assert_int_equal(options_parse(arena, count(cases[i].args), cases[i].args, &options, &why),
				 ST_USAGE);
		assert_non_null(why);
		if (strncmp(why, cases[i].why, strlen(cases[i].why)) != 0)
			fail_msg("\"%s\", not \"%s\"", why, cases[i].why);
		arena_drop(&arena);
	}
}

static void test_taken(void **state)
{
	static const char *const args[] = { "--json", "probe", "--deadline=2.5", "imaps://h", "--user",
					    "anna",   "--",    "--html",         "-" };
	struct arena *arena = arena_new(1 << 20);
	const char *why = NULL;
	struct options options;

	(void)state;
	assert_int_equal(options_parse(arena, COUNT_OF(args), args, &options, &why), ST_OK);
	assert_true(options.json);
	assert_false(options.quiet);
	assert_true(options.deadline > 2.49 && options.deadline < 2.51);
	assert_string_equal(options.user, "anna");
	assert_null(options.html);
	assert_int_equal(options.n_words, 4);
	assert_string_equal(options.words[0], "probe");
	assert_string_equal(options.words[2], "--html");
	assert_string_equal(options.words[3], "-");
	assert_int_equal(options.given,
			 OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_DEADLINE) | OPTION_BIT(OPTION_USER));
	assert_int_equal(options_check(arena, &options, OPTION_BIT(OPTION_JSON), "probe", &why), ST_USAGE);
	assert_non_null(strstr(why, "--deadline: probe does not take it"));
	assert_int_equal(options_check(arena, &options, options.given, "probe", &why), ST_OK);
	arena_drop(&arena);
}

/* Each option stands once, and its place in the struct is its own. */
static void test_table(void **state)
{
	size_t n;
	const struct option_row *rows = options_table(&n);
	uint64_t seen = 0;

	(void)state;
	assert_int_equal(n, OPTION_COUNT);
	for (size_t i = 0; i < n; i++) {
		assert_false(seen & OPTION_BIT(rows[i].option));
		seen |= OPTION_BIT(rows[i].option);
		assert_int_equal(rows[i].kind == OPTION_FLAG, rows[i].value == NULL);
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(rows[i].name, rows[k].name);
			assert_int_not_equal(rows[i].at, rows[k].at);
		}
	}
}

static void test_no_memory(void **state)
{
	static const char *const args[] = { "probe", "--deadline", "never" };
	const char *why = NULL;
	struct options options;

	(void)state;
	for (uint64_t n = 1; n < 3; n++) {
		struct arena *arena = arena_new(1 << 20);

		arena_fail_at(n, true);
		assert_int_not_equal(options_parse(arena, COUNT_OF(args), args, &options, &why), ST_OK);
		arena_fail_at(0, false);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
