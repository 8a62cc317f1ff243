/* This file tests that servers are known by their first bytes. */
#include "probe/first_bytes.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
	struct str bytes;
	enum greeting greeting;
} rows[] = {
	{ STR(""), GREETING_NONE },
	{ STR("220 mail.example.org ESMTP\r\n"), GREETING_SMTP },
	{ STR("220-mail\r\n"), GREETING_SMTP },
	{ STR("220"), GREETING_SMTP },
	{ STR("2200 x"), GREETING_OTHER },
	{ STR("554 no\r\n"), GREETING_SMTP_NO },
	{ STR("421\r\n"), GREETING_SMTP_NO },
	{ STR("421-wait\r\n"), GREETING_SMTP_NO },
	{ STR("4210 wait\r\n"), GREETING_OTHER },
	{ STR("200 nntp\r\n"), GREETING_OTHER },
	{ STR("* OK ready\r\n"), GREETING_IMAP },
	{ STR("* ok\r\n"), GREETING_IMAP },
	{ STR("* PREAUTH ready\r\n"), GREETING_IMAP },
	{ STR("* BYE later\r\n"), GREETING_IMAP_BYE },
	{ STR("* BYEBYE\r\n"), GREETING_OTHER },
	{ STR("* NO x\r\n"), GREETING_OTHER },
	{ STR("+OK ready\r\n"), GREETING_POP3 },
	{ STR("+OKAY\r\n"), GREETING_OTHER },
	{ STR("-ERR no\r\n"), GREETING_POP3_ERR },
	{ STR("HTTP/1.1 400 Bad Request\r\n"), GREETING_HTTP },
	{ STR("<!doctype html>"), GREETING_HTTP },
	{ STR("<HTML>"), GREETING_HTTP },
	{ STR("<htmlx"), GREETING_OTHER },
	{ STR("\x15\x03\x01\x00\x02\x02\x46"), GREETING_TLS },
	{ STR("\x16\x03\x03\x00"), GREETING_TLS },
	{ STR("\x15\x03"), GREETING_OTHER },
	{ STR("\x15\x04\x01"), GREETING_OTHER },
	{ STR("\x15\x03\xff"), GREETING_OTHER },
	{ STR("\x15\x03\x05"), GREETING_OTHER },
	{ STR("SSH-2.0-OpenSSH\r\n"), GREETING_OTHER },
	{ STR("\0"), GREETING_OTHER },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (first_bytes_classify(rows[i].bytes) != rows[i].greeting)
			fail_msg("row %zu: %s", i, greeting_name(first_bytes_classify(rows[i].bytes)));
}

static void test_masked(void **state)
{
	(void)state;
	assert_true(first_bytes_are_masked(STR("220 ****************0*2******\r\n")));
	assert_true(first_bytes_are_masked(STR("220 ****")));
	assert_false(first_bytes_are_masked(STR("220 *** welcome ***\r\n")));
	assert_false(first_bytes_are_masked(STR("220 mail.example.org\r\n")));
	assert_false(first_bytes_are_masked(STR("")));
}

static void test_protocols(void **state)
{
	enum protocol protocol;

	(void)state;
	assert_true(first_bytes_protocol(GREETING_POP3_ERR, &protocol));
	assert_int_equal(protocol, PROTOCOL_POP3);
	assert_true(first_bytes_protocol(GREETING_SMTP_NO, &protocol));
	assert_int_equal(protocol, PROTOCOL_SMTP);
	assert_true(first_bytes_protocol(GREETING_IMAP_BYE, &protocol));
	assert_int_equal(protocol, PROTOCOL_IMAP);
	assert_false(first_bytes_protocol(GREETING_HTTP, &protocol));
	assert_false(first_bytes_protocol(GREETING_NONE, &protocol));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_masked),
		cmocka_unit_test(test_protocols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
