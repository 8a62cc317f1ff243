/* This file tests the reading of IMAP responses. */
#include "wire/imap_reply.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { CONTINUATION = IMAP_KIND_CONTINUATION, TAGGED = IMAP_KIND_TAGGED, UNTAGGED = IMAP_KIND_UNTAGGED };

static const struct {
	const char *line;
	int kind;
	enum imap_status status;
	const char *tag, *code, *code_data, *text, *name;
	uint64_t number;
} valid[] = {
	{ "* OK ready", UNTAGGED, IMAP_STATUS_OK, "", "", "", "ready", "", 0 },
	{ "* ok", UNTAGGED, IMAP_STATUS_OK, "", "", "", "", "", 0 },
	{ "* PREAUTH hi", UNTAGGED, IMAP_STATUS_PREAUTH, "", "", "", "hi", "", 0 },
	{ "* BYE [UNAVAILABLE] later", UNTAGGED, IMAP_STATUS_BYE, "", "UNAVAILABLE", "", "later", "", 0 },
	{ "* OK [CAPABILITY IMAP4rev1 ID] x", UNTAGGED, IMAP_STATUS_OK, "", "CAPABILITY", "IMAP4rev1 ID", "x",
	  "", 0 },
	{ "A1 OK done", TAGGED, IMAP_STATUS_OK, "A1", "", "", "done", "", 0 },
	{ "A1 NO [AUTHENTICATIONFAILED] no", TAGGED, IMAP_STATUS_NO, "A1", "AUTHENTICATIONFAILED", "", "no",
	  "", 0 },
	{ "A1 NO [ALERT]no blank", TAGGED, IMAP_STATUS_NO, "A1", "ALERT", "", "no blank", "", 0 },
	{ "A1 BAD [unclosed text", TAGGED, IMAP_STATUS_BAD, "A1", "", "", "[unclosed text", "", 0 },
	{ "A1 OK []", TAGGED, IMAP_STATUS_OK, "A1", "", "", "", "", 0 },
	{ "+ ", CONTINUATION, IMAP_STATUS_NONE, "", "", "", "", "", 0 },
	{ "+", CONTINUATION, IMAP_STATUS_NONE, "", "", "", "", "", 0 },
	{ "+ abc=", CONTINUATION, IMAP_STATUS_NONE, "", "", "", "abc=", "", 0 },
	{ "* CAPABILITY IMAP4rev1", UNTAGGED, IMAP_STATUS_NONE, "", "", "", "IMAP4rev1", "CAPABILITY", 0 },
	{ "* 12 EXISTS", UNTAGGED, IMAP_STATUS_NONE, "", "", "", "", "EXISTS", 12 },
	{ "* 18446744073709551615 EXISTS", UNTAGGED, IMAP_STATUS_NONE, "", "", "", "", "EXISTS", UINT64_MAX },
	{ "* SEARCH", UNTAGGED, IMAP_STATUS_NONE, "", "", "", "", "SEARCH", 0 },
};

static const char *const invalid[] = {
	"",         "*",          "* ",           "*  OK",
	"A1",       "A1 ",        " OK",          "A1 BYE x",
	"A1 DONE",  "A1 PREAUTH", "A+1 OK",       "A(1 OK",
	"* 12",     "* 12 ",      "* 12x EXISTS", "* 18446744073709551616 EXISTS",
	"+OK pop3", "220 smtp",   "* (",          "\x01 OK x",
};

static void test_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(valid); i++) {
		struct imap_reply reply;

		if (!imap_reply_parse(str_of(valid[i].line), &reply) || (int)reply.kind != valid[i].kind ||
		    reply.status != valid[i].status || !str_is(reply.tag, valid[i].tag) ||
		    !str_is(reply.code, valid[i].code) || !str_is(reply.code_data, valid[i].code_data) ||
		    !str_is(reply.text, valid[i].text) || !str_is(reply.name, valid[i].name) ||
		    reply.number != valid[i].number)
			fail_msg("\"%s\"", valid[i].line);
	}
}

static void test_invalid(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(invalid); i++) {
		struct imap_reply reply;

		if (imap_reply_parse(str_of(invalid[i]), &reply))
			fail_msg("\"%s\" was read", invalid[i]);
	}
}

static const struct {
	const char *line;
	bool found;
	uint64_t len;
} literals[] = {
	{ "* ID {5}", true, 5 },
	{ "* QUOTAROOT INBOX {12}", true, 12 },
	{ "* ID {5+}", true, 5 },
	{ "* 1 FETCH (BODY[] ~{77}", true, 77 },
	{ "* ID {0}", true, 0 },
	{ "* ID {99999999999}", true, 99999999999 },
	{ "* ID {99999999999999999999999}", false, 0 },
	{ "* ID {}", false, 0 },
	{ "* ID {-1}", false, 0 },
	{ "* ID {5} ", false, 0 },
	{ "* ID 5}", false, 0 },
	{ "* OK free text {5}", false, 0 },
	{ "A1 NO free text {5}", false, 0 },
	{ "+ {5}", false, 0 },
	{ "}", false, 0 },
};

static void test_literals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(literals); i++) {
		uint64_t len = 0;
		bool found = imap_reply_literal(str_of(literals[i].line), &len);

		if (found != literals[i].found || (found && len != literals[i].len))
			fail_msg("\"%s\"", literals[i].line);
	}
}

static const struct {
	const char *text;
	bool found;
	uint64_t used, limit;
} quotas[] = {
	{ "\"\" (STORAGE 10 512)", true, 10, 512 },
	{ "\"a \\\" b\" (MESSAGE 1 2 STORAGE 10 512)", true, 10, 512 },
	{ "root (storage 0 0)", true, 0, 0 },
	{ "{4} (STORAGE 7 8)", true, 7, 8 },
	{ "#user/kim (STORAGE 1 2)", true, 1, 2 },
	{ "\"\" ()", false, 0, 0 },
	{ "\"\" (MESSAGE 1 2)", false, 0, 0 },
	{ "\"\" (STORAGE 10)", false, 0, 0 },
	{ "\"\" (STORAGE x 512)", false, 0, 0 },
	{ "\"\" (STORAGE -1 512)", false, 0, 0 },
	{ "\"\" STORAGE 10 512", false, 0, 0 },
	{ "\"open (STORAGE 10 512)", false, 0, 0 },
	{ "\"open\\", false, 0, 0 },
	{ "", false, 0, 0 },
};

static void test_quotas(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(quotas); i++) {
		uint64_t used = 0, limit = 0;
		bool found = imap_reply_storage(str_of(quotas[i].text), &used, &limit);

		if (found != quotas[i].found ||
		    (found && (used != quotas[i].used || limit != quotas[i].limit)))
			fail_msg("\"%s\"", quotas[i].text);
	}
}

static void test_words(void **state)
{
	struct str rest = STR("  IMAP4rev1  ID "), word;

	(void)state;
	assert_true(imap_reply_word(&rest, &word));
	assert_true(str_is(word, "IMAP4rev1"));
	assert_true(imap_reply_word(&rest, &word));
	assert_true(str_is(word, "ID"));
	assert_false(imap_reply_word(&rest, &word));
	assert_false(imap_reply_word(&rest, &word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_valid),    cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_literals), cmocka_unit_test(test_quotas),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
