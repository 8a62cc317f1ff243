/* This file tests the verdict over checked stores. */
#include "diagnose/stores.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int arena_up(void **state)
{
	*state = arena_new(8 << 20);
	return *state ? 0 : -1;
}

static int arena_down(void **state)
{
	struct arena *arena = *state;

	arena_drop(&arena);
	return 0;
}

static void say(struct finding_sink *sink, enum code code, const char *path, uint64_t at)
{
	finding_add(
		sink, code,
		&(struct subject){ .kind = SUBJECT_STORE, .path = path, .has_offset = true, .offset = at });
}

static void one_kind_is_one_cause(void **state)
{
	struct finding_sink *sink = finding_sink_new(*state);
	struct store_facts stores[] = { { .path = "a.pst", .is_whole = true },
					{ .path = "b.pst", .is_whole = true } };
	struct store_case facts = { stores, COUNT_OF(stores), false };
	struct diagnosis d;

	say(sink, CODE_STORE_FILE_SIZE_ODD, "a.pst", 0);
	say(sink, CODE_STORE_MAP_LEAKED, "a.pst", 1);
	say(sink, CODE_STORE_BLOCK_CHECKSUM_WRONG, "a.pst", 2);
	say(sink, CODE_STORE_BLOCK_CHECKSUM_WRONG, "a.pst", 3);
	say(sink, CODE_STORE_FILE_CUT, "a.pst", 4);
	assert_int_equal(diagnose_stores(*state, &facts, sink, &d), ST_OK);
	assert_int_equal(d.verdict, VERDICT_TROUBLE);
	assert_int_equal(d.n_causes, 3);
	assert_int_equal(d.causes[0]->code, CODE_STORE_FILE_CUT);
	assert_int_equal(d.causes[1]->code, CODE_STORE_BLOCK_CHECKSUM_WRONG);
	assert_int_equal(d.causes[1]->subject.offset, 2);
	assert_int_equal(d.causes[2]->code, CODE_STORE_MAP_LEAKED);
	assert_string_equal(d.headline, "1 of 2 files are in trouble.");
	say(sink, CODE_STORE_BLOCK_CHECKSUM_WRONG, "b.pst", 2);
	assert_int_equal(diagnose_stores(*state, &facts, sink, &d), ST_OK);
	assert_int_equal(d.n_causes, 4);
	assert_string_equal(d.headline, "2 of 2 files are in trouble.");
}

static void a_full_list_keeps_the_gravest(void **state)
{
	static const char *const paths[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
					     "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x",
					     "y", "z", "A", "B", "C", "D", "E", "F", "G", "H", "I", "J" };
	struct finding_sink *sink = finding_sink_new(*state);
	struct store_facts stores[COUNT_OF(paths)] = { 0 };
	struct store_case facts = { stores, COUNT_OF(stores), false };
	struct diagnosis d;

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		stores[i].path = paths[i];
		say(sink, CODE_STORE_MAP_LEAKED, paths[i], 0);
	}
	say(sink, CODE_STORE_FILE_CUT, "J", 0);
	assert_int_equal(diagnose_stores(*state, &facts, sink, &d), ST_OK);
	assert_int_equal(d.n_causes, DIAGNOSE_CAUSES_MAX);
	assert_int_equal(d.causes[0]->code, CODE_STORE_FILE_CUT);
	assert_string_equal(d.causes[1]->subject.path, "a");
}

struct row {
	const char *name;
	struct store_facts store;
	enum code code; /* said when not CODE_COUNT */
	bool cancelled;
	enum verdict verdict;
	const char *headline;
};

static const struct row rows[] = {
	{ "whole",
	  { .path = "a", .messages = 7, .folders = 2, .is_whole = true },
	  CODE_COUNT,
	  false,
	  VERDICT_HEALTHY,
	  "The store is whole: 7 messages in 2 folders." },
	{ "notes alone",
	  { .path = "a", .messages = 7, .folders = 2, .is_whole = true },
	  CODE_STORE_FILE_SIZE_ODD,
	  false,
	  VERDICT_HEALTHY,
	  "The store is whole: 7 messages in 2 folders." },
	{ "quick",
	  { .path = "a", .is_quick = true, .is_whole = true },
	  CODE_COUNT,
	  false,
	  VERDICT_HEALTHY,
	  "Header, pages, blocks and allocation are sound; what is in the messages was not looked at." },
	{ "stopped",
	  { .path = "a", .is_whole = true },
	  CODE_COUNT,
	  true,
	  VERDICT_UNDECIDED,
	  "The check was stopped; up to there nothing is wrong." },
	{ "not whole",
	  { .path = "a" },
	  CODE_STORE_CHECK_INCOMPLETE,
	  false,
	  VERDICT_UNDECIDED,
	  "The check could not look at everything; what it saw is sound." },
	{ "missing",
	  { .path = "a", .unreadable = "no such file" },
	  CODE_COUNT,
	  false,
	  VERDICT_UNDECIDED,
	  "1 of 1 files cannot be opened." },
	{ "a web page",
	  { .path = "a", .is = "html", .is_text = "a web page" },
	  CODE_STORE_FILE_NOT_A_STORE,
	  false,
	  VERDICT_TROUBLE,
	  "This is no Outlook store but a web page." },
	{ "damaged",
	  { .path = "a", .is_whole = true },
	  CODE_STORE_FILE_CUT,
	  false,
	  VERDICT_TROUBLE,
	  "The store is damaged: the file is shorter than its header says." },
	{ "damaged and stopped",
	  { .path = "a" },
	  CODE_STORE_FILE_CUT,
	  true,
	  VERDICT_TROUBLE,
	  "The store is damaged: the file is shorter than its header says." },
};

static void verdicts_and_headlines(void **state)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct finding_sink *sink = finding_sink_new(*state);
		struct store_case facts = { &rows[i].store, 1, rows[i].cancelled };
		struct diagnosis d;

		if (rows[i].code != CODE_COUNT)
			say(sink, rows[i].code, "a", 0);
		assert_int_equal(diagnose_stores(*state, &facts, sink, &d), ST_OK);
		if (d.verdict != rows[i].verdict || strcmp(d.headline, rows[i].headline) != 0)
			fail_msg("%s: %s, \"%s\"", rows[i].name, verdict_name(d.verdict), d.headline);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_kind_is_one_cause, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(a_full_list_keeps_the_gravest, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(verdicts_and_headlines, arena_up, arena_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
