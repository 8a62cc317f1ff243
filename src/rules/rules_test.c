/* This file tests the reader of rules with streams made here, whole, cut and bent. */
#include "rules/rules.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 1 << 16 };

/* A stream in the layout of one version. */
struct version {
	const char *writer;
	uint32_t signature;
	uint8_t n_numbers, n_states;
	bool has_mark, is_wide, has_len, has_footer;
};

static const struct version versions[] = {
	{ "Outlook 2010 or later", 1310720, 10, 4, true, true, true, true },
	{ "Outlook 2007", 1200000, 10, 4, true, true, true, true },
	{ "Outlook 2003", 1100000, 10, 4, true, true, true, true },
	{ "Outlook 2002", 1000000, 10, 4, true, true, true, true },
	{ "Outlook 2000", 980413, 8, 3, false, false, false, true },
	{ "Outlook 98", 970812, 8, 3, false, false, false, true },
	{ "Outlook 2003, for older ones", 0, 9, 2, false, false, false, true },
	{ "Outlook 97", 0, 0, 2, false, false, false, false },
};

static void put(struct buf *b, uint64_t value, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_add_byte(b, (uint8_t)(value >> (8 * i)));
}

static void put_characters(struct buf *b, bool is_wide, const char *text)
{
	for (size_t i = 0; text[i]; i++)
		put(b, (uint8_t)text[i], is_wide ? 2 : 1);
}

static void put_text(struct buf *b, bool is_wide, const char *text)
{
	size_t len = strlen(text);

	if (len >= 0xFF)
		put(b, 0xFF, 1);
	put(b, len, len >= 0xFF ? 2 : 1);
	put_characters(b, is_wide, text);
}

static void put_class(struct buf *b, bool is_first)
{
	put(b, is_first ? 0xFFFF : 0x8001, 2);
	if (!is_first)
		return;
	put(b, 0, 2);
	put(b, 12, 2);
	buf_add_text(b, "CRuleElement");
}

static void put_head(struct buf *b, uint32_t id)
{
	put(b, id, 4);
	put(b, 1, 4);
	put(b, 0, 4);
}

static void put_words(struct buf *b, bool is_wide, uint32_t id, const char *one, const char *two)
{
	put(b, id, 4);
	put(b, two ? 2 : 1, 4);
	put(b, 0, 4);
	put_text(b, is_wide, one);
	if (!two)
		return;
	put(b, 0, 4);
	put_text(b, is_wide, two);
}

/* One list of properties: a name of 3001 at the block's end. */
static void put_person(struct buf *b, bool is_wide, uint32_t id, const char *name)
{
	size_t len = (strlen(name) + 1) * (is_wide ? 2 : 1);

	put_head(b, id);
	put(b, 1, 4);
	put(b, 0, 4);
	put(b, 1, 4);
	put(b, 16 + len, 4);
	put(b, is_wide ? 0x3001001F : 0x3001001E, 4);
	put(b, 0, 4);
	put(b, 16, 4);
	put(b, 0, 4);
	put_characters(b, is_wide, name);
	put(b, 0, is_wide ? 2 : 1);
	put(b, 1, 4);
	put(b, 0, 4);
}

static void put_folder(struct buf *b, const struct version *v, const char *name)
{
	put_head(b, RULE_MOVE);
	put(b, 4, 4);
	put(b, 0x11223344, 4);
	put(b, 0, 4);
	put_text(b, v->is_wide, name);
	if (v->signature || v->n_numbers)
		put(b, 1, 4);
}

static const char long_word[] =
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	"aaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

enum { N_ELEMENTS = 7 };

static void put_elements(struct buf *b, const struct version *v, bool is_first)
{
	put_class(b, is_first);
	put_head(b, 0x190);
	put(b, RULE_AFTER_ARRIVAL, 4);
	put_class(b, false);
	put_head(b, 0x64);
	put(b, 1, 4);
	put_class(b, false);
	put_words(b, v->is_wide, 0xCD, "offer", long_word);
	put_class(b, false);
	put_person(b, v->is_wide, 0xCB, "Ann");
	put_class(b, false);
	put_folder(b, v, "Ads");
	put_class(b, false);
	put(b, RULE_STOP, 4);
	put(b, 0, 4);
	put_class(b, false);
	put(b, 0x20A, 4);
	put(b, 0, 4);
}

static void put_rule(struct buf *b, const struct version *v, const char *name, bool is_first)
{
	struct buf body;

	if (v->has_mark)
		put(b, v->signature, 4);
	put_text(b, v->is_wide, name);
	put(b, is_first, 4);
	for (unsigned i = 0; i < v->n_states; i++)
		put(b, 0, 4);
	buf_init(&body, CAP);
	put(&body, N_ELEMENTS, 2);
	put_elements(&body, v, is_first);
	if (v->has_len)
		put(b, body.len, 4);
	buf_add(b, buf_view(&body));
	buf_fini(&body);
}

static void put_stream(struct buf *b, const struct version *v)
{
	buf_init(b, CAP);
	if (v->signature)
		put(b, v->signature, 4);
	for (unsigned i = 0; i < v->n_numbers; i++)
		put(b, 0, 4);
	put(b, 2, 2);
	put_rule(b, v, "First", true);
	put_rule(b, v, "Second", false);
	if (!v->has_footer)
		return;
	put(b, 2, 4);
	put_characters(b, v->is_wide, "C:");
	put(b, 0, 4);
	put(b, 0x40E5394000000000, 8);
	put(b, 0, 4);
}

static void expect_sentence(const struct rule *rule, const char *expected)
{
	struct buf out;

	buf_init(&out, CAP);
	rules_put_sentence(rule, &out);
	buf_add_byte(&out, 0);
	assert_string_equal((const char *)out.at, expected);
	buf_fini(&out);
}

static void test_versions(void **state)
{
	char expected[1024];

	(void)state;
	snprintf(
		expected, sizeof expected,
		"After the message arrives, with \"offer\" or \"%s\" in the subject and from Ann: move it to "
		"the folder \"Ads\", stop processing more rules; except if it has an attachment",
		long_word);
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		struct arena *arena = arena_new(1 << 22);
		struct rules rules;
		struct buf b;

		put_stream(&b, &versions[i]);
		assert_int_equal(rules_read(arena, buf_view(&b), &rules), ST_OK);
		assert_string_equal(rules.writer, versions[i].writer);
		assert_true(rules.is_whole);
		assert_int_equal(rules.n_read, b.len);
		assert_int_equal(rules.n, 2);
		assert_string_equal(rules.rules[0].name, "First");
		assert_true(rules.rules[0].is_enabled);
		assert_false(rules.rules[1].is_enabled);
		assert_int_equal(b.at[rules.rules[0].enabled_at], 1);
		assert_int_equal(b.at[rules.rules[1].enabled_at], 0);
		assert_true(rules_has(&rules.rules[1], RULE_STOP));
		assert_false(rules_has(&rules.rules[1], RULE_DELETE));
		assert_int_equal(rules.has_time, versions[i].has_footer);
		expect_sentence(&rules.rules[0], expected);
		buf_fini(&b);
		arena_drop(&arena);
	}
}

/* A stream without its end, whatever is missing, is not whole; nor is one with more behind it. */
static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		struct arena *arena = arena_new(1 << 22);
		struct rules rules;
		struct buf b;

		put_stream(&b, &versions[i]);
		for (size_t len = 0; len < b.len; len++) {
			assert_int_equal(rules_read(arena, view_of(b.at, len), &rules), ST_OK);
			if (rules.is_whole || rules.n_read > len)
				fail_msg("%s cut to %zu of %zu bytes", versions[i].writer, len, b.len);
			arena_clear(arena);
		}
		buf_add_byte(&b, 0);
		assert_int_equal(rules_read(arena, buf_view(&b), &rules), ST_OK);
		assert_false(rules.is_whole);
		assert_int_equal(rules.n, 2);
		buf_fini(&b);
		arena_drop(&arena);
	}
}

/* Where rules have a length, a bent one costs no other. */
static void test_bent_rule(void **state)
{
	struct arena *arena = arena_new(1 << 22);
	struct rules rules;
	struct buf b;
	size_t at;

	(void)state;
	put_stream(&b, &versions[0]);
	for (at = 0; at + 4 < b.len && !(b.at[at] == 0xCD && b.at[at + 1] == 0); at++)
		;
	b.at[at + 1] = 0x7F;
	assert_int_equal(rules_read(arena, buf_view(&b), &rules), ST_OK);
	assert_false(rules.is_whole);
	assert_int_equal(rules.n, 2);
	assert_true(rules.rules[0].is_broken);
	assert_true(rules.rules[0].n_lost > 0);
	assert_int_equal(rules.rules[0].n, 2);
	assert_false(rules.rules[1].is_broken);
	assert_int_equal(rules.n_read, b.len);
	expect_sentence(&rules.rules[0], "After the message arrives: do nothing (the rest cannot be read)");
	buf_fini(&b);
	arena_drop(&arena);
}

/* An element that is not known, with something to say, is named; those behind it are read. */
static void test_unknown_element(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		struct arena *arena = arena_new(1 << 22);
		struct rules rules;
		struct buf b;
		size_t at;

		put_stream(&b, &versions[i]);
		for (at = 0; at + 4 < b.len && !(b.at[at] == 0xCD && b.at[at + 1] == 0); at++)
			;
		b.at[at] = 0x6D;
		b.at[at + 1] = 0x01;
		assert_int_equal(rules_read(arena, buf_view(&b), &rules), ST_OK);
		assert_true(rules.is_whole);
		assert_int_equal(rules.n, 2);
		assert_int_equal(rules.rules[0].n, N_ELEMENTS);
		expect_sentence(
			&rules.rules[0],
			"After the message arrives, from Ann: something that is not known here (0x16D), move "
			"it "
			"to the folder \"Ads\", stop processing more rules; except if it has an attachment");
		buf_fini(&b);
		arena_drop(&arena);
	}
}

/* One element in a rule of its own, in the newest layout. */
static const struct {
	const char *name;
	uint32_t id;
	const char *bytes; /* behind the id */
	size_t len;
	bool is_good;
	const char *says; /* part of the sentence */
} elements[] = {
	{ "nothing more", 0x14C, "\0\0\0\0", 4, true, ": mark it as read" },
	{ "nothing, but more is promised", 0x14C, "\1\0\0\0", 4, false, NULL },
	{ "importance", 0xD2, "\1\0\0\0\0\0\0\0\2\0\0\0", 12, true, "marked as high importance" },
	{ "importance beyond its words", 0xD2, "\1\0\0\0\0\0\0\0\7\0\0\0", 12, true, "number 7" },
	{ "sensitivity", 0xD3, "\1\0\0\0\0\0\0\0\2\0\0\0", 12, true, "marked as private" },
	{ "size", 0xE0, "\1\0\0\0\0\0\0\0\12\0\0\0\24\0\0\0", 16, true, "with a size of 10 to 20 KB" },
	{ "size cut", 0xE0, "\1\0\0\0\0\0\0\0\12\0\0\0\24\0\0", 15, false, NULL },
	{ "dates", 0xE1,
	  "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\x40\x39\xE5\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 40,
	  true, "received after 2019-01-01 00:00:" },
	{ "categories", 0x133, "\1\0\0\0\0\0\0\0\4a\0;\0 \0b\0", 17, true, "\"a\" and \"b\"" },
	{ "a list that promises too much", 0xCD, "\377\377\377\377\0\0\0\0\1a\0", 11, false, NULL },
	{ "a form", 0xE4, "\1\0\0\0\0\0\0\0\1N\0\1c", 13, true, "which uses the form \"N\" (c)" },
	{ "an account", 0xEE, "\1\0\0\0\0\0\0\0\1A\0\0021", 13, false, NULL },
	{ "an account whole", 0xEE, "\1\0\0\0\0\0\0\0\1A\0\00212", 14, true, "through the account \"A\"" },
	{ "this computer", 0xEF, "\1\0\0\0\0\0\0\0................", 24, true, "on this computer only" },
	{ "an address book", 0xF0, "\1\0\0\0\0\0\0\0\1\0\0\0x\1B\0", 16, true, "in the address book \"B\"" },
	{ "flag", 0x131, "\1\0\0\0\0\0\0\0\3\0\0\0\1F\0\0\0\0\0", 19, true, "flag it for \"F\" in 3 days" },
	{ "flagged", 0xD0, "\1\0\0\0\0\0\0\0\0\0\0\0\1F\0\1\0\0\0", 19, true, "flagged for \"F\"" },
	{ "follow up", 0x151, "\1\0\0\0\0\0\0\0\2\0\0\0\1F\0", 15, true, "flag it for \"F\", tomorrow" },
	{ "custom", 0x13F, "\1\0\0\0\0\0\0\0\0\1N\0\0\0", 14, true, "the custom action \"N\"" },
	{ "script", 0x14B, "\1\0\0\0\0\0\0\0\1S\0\0", 12, true, "run the script \"S\"" },
	{ "retention", 0x153, "\1\0\0\0\0\0\0\0................\1P\0", 27, true, "retention policy \"P\"" },
	{ "an exception list", 0xE9, "\1\0\0\0\0\0\0\0\1L", 10, true, "from senders on my list \"L\"" },
	{ "properties", 0xDF, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15, true, "documents or forms" },
	{ "not known, with nothing to say", 0x12B, "\0\0\0\0", 4, true, "not known here (0x12B)" },
	{ "not known, with more", 0x12B, "\1\0\0\0more", 8, true, "not known here (0x12B)" },
	{ "no element at all", 0x1000, "\0\0\0\0", 4, false, NULL },
};

static void put_single(struct buf *b, uint32_t id, struct view bytes)
{
	const struct version *v = &versions[0];

	buf_init(b, CAP);
	put(b, v->signature, 4);
	for (unsigned i = 0; i < v->n_numbers; i++)
		put(b, 0, 4);
	put(b, 1, 2);
	put(b, v->signature, 4);
	put_text(b, true, "R");
	put(b, 1, 4);
	for (unsigned i = 0; i < v->n_states; i++)
		put(b, 0, 4);
	put(b, 2 + 18 + 4 + bytes.len, 4);
	put(b, 1, 2);
	put_class(b, true);
	put(b, id, 4);
	buf_add(b, bytes);
	put(b, 0, 4);
	put(b, 2, 4);
	put(b, 0, 8);
	put(b, 0, 4);
}

static void test_elements(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(elements); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct rules rules;
		struct buf b, out;

		put_single(&b, elements[i].id, view_of(elements[i].bytes, elements[i].len));
		assert_int_equal(rules_read(arena, buf_view(&b), &rules), ST_OK);
		if (rules.is_whole != elements[i].is_good || rules.n != 1 ||
		    rules.rules[0].is_broken == elements[i].is_good)
			fail_msg("%s", elements[i].name);
		buf_init(&out, CAP);
		rules_put_sentence(&rules.rules[0], &out);
		if (elements[i].says && str_find(buf_str(&out), str_of(elements[i].says)) == SIZE_MAX)
			fail_msg("%s: %.*s", elements[i].name, (int)out.len, (const char *)out.at);
		buf_fini(&out);
		buf_fini(&b);
		arena_drop(&arena);
	}
}

static void test_no_memory(void **state)
{
	struct buf b;

	(void)state;
	put_stream(&b, &versions[0]);
	for (uint64_t n = 1; n < 400; n++) {
		struct arena *arena = arena_new(1 << 22);
		struct rules rules;
		enum status st;

		arena_fail_at(n, true);
		st = rules_read(arena, buf_view(&b), &rules);
		arena_fail_at(0, false);
		assert_true(st == ST_OK || st == ST_NOMEM);
		arena_drop(&arena);
	}
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),  cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bent_rule), cmocka_unit_test(test_elements),
		cmocka_unit_test(test_no_memory), cmocka_unit_test(test_unknown_element),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
