/* This file tests the reading of WWW-Authenticate. */
#include "wire/http_challenge.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct {
	const char *name, *text;
	unsigned expected;
} rows[] = {
	{ "nothing", "", 0 },
	{ "blanks and commas", " , ,,", 0 },
	{ "one", "Negotiate", HTTP_LOGIN_NEGOTIATE },
	{ "letters of any case", "nEGOTIATE", HTTP_LOGIN_NEGOTIATE },
	{ "as Exchange has it", "Negotiate, NTLM, Basic realm=\"mail.example.org\"",
	  HTTP_LOGIN_NEGOTIATE | HTTP_LOGIN_NTLM | HTTP_LOGIN_BASIC },
	{ "a comma in quotes", "Basic realm=\"a, NTLM\"", HTTP_LOGIN_BASIC },
	{ "a quote in quotes", "Basic realm=\"a\\\", NTLM\"", HTTP_LOGIN_BASIC },
	{ "quotes that do not end", "Basic realm=\"a, NTLM", HTTP_LOGIN_BASIC },
	{ "parameters are no challenges",
	  "Bearer client_id=\"x\", trusted_issuers=\"y\", error = \"z\", NTLM",
	  HTTP_LOGIN_BEARER | HTTP_LOGIN_NTLM },
	{ "a parameter called like a scheme", "Digest realm=\"x\", basic=\"y\"", HTTP_LOGIN_DIGEST },
	{ "a token", "NTLM TlRMTVNTUAAC==", HTTP_LOGIN_NTLM },
	{ "another scheme", "Hawk", HTTP_LOGIN_OTHER },
	{ "no word", "=x, \"Basic\", (Basic)", 0 },
	{ "a scheme with rubbish behind it", "Basic;x", 0 },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned found = http_challenge_read(str_of(rows[i].text));

		if (found != rows[i].expected)
			fail_msg("%s: 0x%x", rows[i].name, found);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
