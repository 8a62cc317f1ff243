/* This file tests the journal of a group of changes: what it holds comes back, and nothing else is believed.
 */
#include "apply/group.h"

#include "base/checked.h"
#include "os/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_CAP = 16 << 20, SUM = DIGEST_SHA256_LEN };

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(ARENA_CAP);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_drop(&arena);
	return 0;
}

static struct view text(const char *from)
{
	return view_of(from, strlen(from));
}

static void make(struct buf *out)
{
	static struct change_span spans[2];
	static struct change changes[3];
	struct change_group group = { "a title", changes, COUNT_OF(changes) };

	spans[0] = (struct change_span){ 5, text("143"), text("9933") };
	spans[1] = (struct change_span){ 9, view_of(NULL, 0), text("tls\n") };
	changes[0] = (struct change){ .path = "/a/b", .to = "", .spans = spans, .n_spans = 2 };
	changes[1] = (struct change){ .kind = CHANGE_NAME, .path = "/a/c", .to = "/a/c.old" };
	changes[2] = (struct change){ .kind = CHANGE_KEY, .path = "HKEY_CURRENT_USER\\a", .to = "" };
	assert_int_equal(group_complete(arena, &changes[0], text("port 143\nhost x\n")), ST_OK);
	assert_int_equal(changes[0].size_after, 21);
	buf_init(out, 1 << 16);
	group_encode(&group, out);
	assert_false(buf_failed(out));
}

static void test_comes_back(void **state)
{
	struct change_group group;
	struct buf bytes;

	(void)state;
	make(&bytes);
	assert_int_equal(group_decode(arena, buf_view(&bytes), &group), ST_OK);
	assert_int_equal(group.n, 3);
	assert_string_equal(group.title, "a title");
	assert_string_equal(group.at[0].path, "/a/b");
	assert_int_equal(group.at[0].n_spans, 2);
	assert_memory_equal(group.at[0].spans[0].fresh.at, "9933", 4);
	assert_int_equal(group.at[1].kind, CHANGE_NAME);
	assert_string_equal(group.at[1].to, "/a/c.old");
	assert_int_equal(group.at[2].kind, CHANGE_KEY);
	assert_string_equal(group.at[2].path, "HKEY_CURRENT_USER\\a");
	buf_fini(&bytes);
}

static void test_cut_or_flipped(void **state)
{
	struct change_group group;
	struct buf bytes;

	(void)state;
	make(&bytes);
	for (size_t n = 0; n < bytes.len; n++)
		assert_int_equal(group_decode(arena, view_of(bytes.at, n), &group), ST_USAGE);
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.at[i] ^= 0x20;
		assert_int_equal(group_decode(arena, buf_view(&bytes), &group), ST_USAGE);
		bytes.at[i] ^= 0x20;
	}
	buf_fini(&bytes);
}

static void expect_fits(const struct change *change)
{
	for (size_t i = 0; i < change->n_spans; i++)
		assert_true(change->spans[i].at + change->spans[i].old.len <= change->size_before);
}

/* With the sum made right again, as somebody might who means harm: whatever comes out fits itself. */
static void test_forged(void **state)
{
	struct change_group group;
	struct buf bytes;

	(void)state;
	make(&bytes);
	for (size_t i = 0; i + SUM < bytes.len; i++) {
		uint8_t old = bytes.at[i];

		bytes.at[i] = (uint8_t)~old;
		assert_true(digest_sha256(view_of(bytes.at, bytes.len - SUM), bytes.at + bytes.len - SUM));
		if (group_decode(arena, buf_view(&bytes), &group) == ST_OK)
			for (size_t k = 0; k < group.n; k++)
				expect_fits(&group.at[k]);
		bytes.at[i] = old;
	}
	buf_fini(&bytes);
}

static void test_spans_that_do_not_fit(void **state)
{
	static const struct {
		const char *name, *file, *old;
		uint64_t at;
		enum status expected;
	} rows[] = {
		{ "fits", "port 143\n", "143", 5, ST_OK },
		{ "other bytes", "port 110\n", "143", 5, ST_USAGE },
		{ "beyond the end", "port 143\n", "143", 8, ST_USAGE },
		{ "far beyond", "port 143\n", "143", UINT64_MAX, ST_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct change_span span = { rows[i].at, text(rows[i].old), text("993") };
		struct change change = { .path = "/a", .to = "", .spans = &span, .n_spans = 1 };

		if (group_complete(arena, &change, text(rows[i].file)) != rows[i].expected)
			fail_msg("%s", rows[i].name);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cut_or_flipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_spans_that_do_not_fit, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
