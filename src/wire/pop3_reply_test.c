/* This file tests the reading of POP3 replies. */
#include "wire/pop3_reply.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *line;
	enum pop3_kind kind;
	const char *code, *text;
} valid[] = {
	{ "+OK", POP3_KIND_OK, "", "" },
	{ "+OK ready", POP3_KIND_OK, "", "ready" },
	{ "+ok ready", POP3_KIND_OK, "", "ready" },
	{ "-ERR", POP3_KIND_ERR, "", "" },
	{ "-ERR [IN-USE] Do you have another session?", POP3_KIND_ERR, "IN-USE",
	  "Do you have another session?" },
	{ "-ERR [SYS/TEMP] later", POP3_KIND_ERR, "SYS/TEMP", "later" },
	{ "-ERR [AUTH]", POP3_KIND_ERR, "AUTH", "" },
	{ "-ERR [not a code] x", POP3_KIND_ERR, "", "[not a code] x" },
	{ "-ERR []", POP3_KIND_ERR, "", "[]" },
	{ "-ERR [open", POP3_KIND_ERR, "", "[open" },
	{ "+ ", POP3_KIND_CHALLENGE, "", "" },
	{ "+", POP3_KIND_CHALLENGE, "", "" },
	{ "+ YWJj", POP3_KIND_CHALLENGE, "", "YWJj" },
};

static const char *const invalid[] = { "",     "OK",     "+OKAY", "-ERROR", "ERR x",
				       " +OK", "* OK x", "220 x", "+YWJj",  "-" };

static void test_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(valid); i++) {
		struct pop3_reply reply;

		if (!pop3_reply_parse(str_of(valid[i].line), &reply) || reply.kind != valid[i].kind ||
		    !str_is(reply.code, valid[i].code) || !str_is(reply.text, valid[i].text))
			fail_msg("\"%s\"", valid[i].line);
	}
}

static void test_invalid(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(invalid); i++) {
		struct pop3_reply reply;

		if (pop3_reply_parse(str_of(invalid[i]), &reply))
			fail_msg("\"%s\" was read", invalid[i]);
	}
}

static void test_lists(void **state)
{
	struct str text;

	(void)state;
	assert_false(pop3_reply_listed(STR("."), &text));
	assert_true(pop3_reply_listed(STR("STLS"), &text));
	assert_true(str_is(text, "STLS"));
	assert_true(pop3_reply_listed(STR(".."), &text));
	assert_true(str_is(text, "."));
	assert_true(pop3_reply_listed(STR(""), &text));
	assert_true(str_is(text, ""));
}

static const struct {
	const char *text;
	bool found;
} stats[] = {
	{ "2 320", true },   { "0 0", true }, { "2 320 octets", true }, { "2", false },
	{ "2  320", false }, { "", false },   { "-1 5", false },        { "a b", false },
};

static void test_stat(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(stats); i++) {
		uint64_t messages, octets;

		if (pop3_reply_stat(str_of(stats[i].text), &messages, &octets) != stats[i].found)
			fail_msg("\"%s\"", stats[i].text);
	}
}

static void test_timestamp(void **state)
{
	(void)state;
	assert_true(pop3_reply_has_timestamp(STR("POP3 <1896.697170952@dbc.mtview.ca.us>")));
	assert_false(pop3_reply_has_timestamp(STR("POP3 ready")));
	assert_false(pop3_reply_has_timestamp(STR("POP3 <ready>")));
	assert_false(pop3_reply_has_timestamp(STR("POP3 <a@b")));
	assert_false(pop3_reply_has_timestamp(STR("POP3 <a> @b>")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid), cmocka_unit_test(test_invalid),   cmocka_unit_test(test_lists),
		cmocka_unit_test(test_stat),  cmocka_unit_test(test_timestamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
