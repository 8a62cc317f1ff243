/* This file tests that mechanisms are found by name and named again. */
#include "account/mechanism.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
	const char *name;
	enum mechanism one;
} known[] = {
	{ "PLAIN", MECHANISM_PLAIN },
	{ "LOGIN", MECHANISM_LOGIN },
	{ "CRAM-MD5", MECHANISM_CRAM_MD5 },
	{ "SCRAM-SHA-1", MECHANISM_SCRAM_SHA_1 },
	{ "SCRAM-SHA-256", MECHANISM_SCRAM_SHA_256 },
	{ "XOAUTH2", MECHANISM_XOAUTH2 },
	{ "OAUTHBEARER", MECHANISM_OAUTHBEARER },
	{ "NTLM", MECHANISM_NTLM },
	{ "GSSAPI", MECHANISM_GSSAPI },
	{ "DIGEST-MD5", MECHANISM_DIGEST_MD5 },
	{ "EXTERNAL", MECHANISM_EXTERNAL },
	{ "APOP", MECHANISM_APOP },
};

/* Channel binding needs the TLS layer: a -PLUS mechanism is another one. */
static const char *const unknown[] = { "",      "PLAIN ", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512",
				       "PLAI",  "PLAINX", "USER/PASS or LOGIN", "KERBEROS_V4",
				       "XOAUTH" };

static void test_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		assert_int_equal(mechanism_find(str_of(known[i].name)), known[i].one);
		assert_string_equal(mechanism_name(known[i].one), known[i].name);
	}
	assert_int_equal(mechanism_find(STR("scram-sha-256")), MECHANISM_SCRAM_SHA_256);
}

static void test_unknown(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(unknown); i++)
		assert_int_equal(mechanism_find(str_of(unknown[i])), MECHANISM_OTHER);
	assert_string_equal(mechanism_name(MECHANISM_LOGIN_COMMAND), "USER/PASS or LOGIN");
	assert_string_equal(mechanism_name((enum mechanism)(1 << 20)), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
