/* This file tests the hand-made hello and the reading of what answers it. */
#include "wire/tls_hello.h"

#include "base/checked.h"
#include "base/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RANDOM32       "\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10"
#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
	const char *name, *bytes;
	size_t len;
	enum tls_hello_answer answer;
	uint16_t version, cipher;
	uint8_t alert;
} rows[] = {
	{ "TLS 1.2", BYTES("\x16\3\3\0\x2c\2\0\0\x28\3\3" RANDOM32 "\0\xc0\x2f\0\0\0"), TLS_HELLO_SERVER,
	  0x0303, 0xc02f, 0 },
	{ "SSL 3 without extensions", BYTES("\x16\3\0\0\x2a\2\0\0\x26\3\0" RANDOM32 "\0\0\x0a\0"),
	  TLS_HELLO_SERVER, 0x0300, 0x000a, 0 },
	{ "TLS 1.3 by supported_versions",
	  BYTES("\x16\3\3\0\x32\2\0\0\x2e\3\3" RANDOM32 "\0\x13\1\0\0\6\0\x2b\0\2\3\4"), TLS_HELLO_SERVER,
	  0x0304, 0x1301, 0 },
	{ "hello in two records",
	  BYTES("\x16\3\3\0\4\2\0\0\x28\x16\3\3\0\x28\3\3" RANDOM32 "\0\xc0\x2f\0\0\0"), TLS_HELLO_SERVER,
	  0x0303, 0xc02f, 0 },
	{ "session id too long for the hello",
	  BYTES("\x16\3\3\0\x2a\2\0\0\x26\3\3" RANDOM32 "\x20\xc0\x2f\0"), TLS_HELLO_BAD, 0, 0, 0 },
	{ "extensions longer than the hello",
	  BYTES("\x16\3\3\0\x2c\2\0\0\x28\3\3" RANDOM32 "\0\xc0\x2f\0\0\1"), TLS_HELLO_BAD, 0, 0, 0 },
	{ "alert protocol_version", BYTES("\x15\3\1\0\2\2\x46"), TLS_HELLO_ALERT, 0, 0, 70 },
	{ "close_notify", BYTES("\x15\3\1\0\2\1\0"), TLS_HELLO_ALERT, 0, 0, 0 },
	{ "warning and then the hello",
	  BYTES("\x15\3\3\0\2\1\x70\x16\3\3\0\x2c\2\0\0\x28\3\3" RANDOM32 "\0\xc0\x2f\0\0\0"),
	  TLS_HELLO_SERVER, 0x0303, 0xc02f, 0 },
	{ "half an alert", BYTES("\x15\3\1\0\2\2"), TLS_HELLO_MORE, 0, 0, 0 },
	{ "nothing", BYTES(""), TLS_HELLO_MORE, 0, 0, 0 },
	{ "SMTP greeting", BYTES("220 mail.example.org ESMTP\r\n"), TLS_HELLO_NOT_TLS, 0, 0, 0 },
	{ "IMAP greeting", BYTES("* OK hello\r\n"), TLS_HELLO_NOT_TLS, 0, 0, 0 },
	{ "HTTP", BYTES("HTTP/1.1 400 Bad Request\r\n"), TLS_HELLO_NOT_TLS, 0, 0, 0 },
	{ "looks like a record, is none", BYTES("\x16\x03\x09\0\1\2"), TLS_HELLO_NOT_TLS, 0, 0, 0 },
	{ "empty record", BYTES("\x16\3\3\0\0"), TLS_HELLO_BAD, 0, 0, 0 },
	{ "record longer than allowed", BYTES("\x16\3\3\xff\xff"), TLS_HELLO_BAD, 0, 0, 0 },
	{ "a certificate first", BYTES("\x16\3\3\0\4\x0b\0\0\1"), TLS_HELLO_BAD, 0, 0, 0 },
	{ "hello of 16 MB", BYTES("\x16\3\3\0\4\2\xff\xff\xff"), TLS_HELLO_BAD, 0, 0, 0 },
};

static void check(size_t row, const struct tls_hello_reply *reply, const char *how)
{
	if (reply->answer != rows[row].answer)
		fail_msg("%s, %s: answer %d", rows[row].name, how, (int)reply->answer);
	if (reply->answer == TLS_HELLO_SERVER) {
		assert_int_equal(reply->version, rows[row].version);
		assert_int_equal(reply->cipher, rows[row].cipher);
	}
	if (reply->answer == TLS_HELLO_ALERT)
		assert_int_equal(reply->alert, rows[row].alert);
}

static void answers_are_read_whole_and_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		static struct tls_hello_reply whole, drip;

		tls_hello_reply_init(&whole);
		tls_hello_reply_add(&whole, view_of(rows[i].bytes, rows[i].len));
		check(i, &whole, "whole");
		tls_hello_reply_init(&drip);
		for (size_t at = 0; at < rows[i].len; at++)
			tls_hello_reply_add(&drip, view_of(rows[i].bytes + at, 1));
		check(i, &drip, "by byte");
	}
}

static void endless_warnings_end(void **state)
{
	static struct tls_hello_reply reply;
	size_t n = 0;

	(void)state;
	tls_hello_reply_init(&reply);
	while (tls_hello_reply_add(&reply, view_of("\x15\3\3\0\2\1\x70", 7)) == TLS_HELLO_MORE)
		assert_true(++n < TLS_HELLO_REPLY_MAX);
	assert_int_equal(reply.answer, TLS_HELLO_BAD);
}

/* Every length in the hello fits what it counts. */
static void hello_is_well_formed(void **state)
{
	static const uint16_t versions[] = { TLS_HELLO_SSL3, TLS_HELLO_TLS10, TLS_HELLO_TLS11,
					     TLS_HELLO_TLS12, TLS_HELLO_TLS13 };
	uint8_t random[TLS_HELLO_RANDOM_LEN] = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		bool has_name = false;
		struct cursor c, body, extensions;
		uint32_t hello_len;
		struct buf out;

		buf_init(&out, 2048);
		tls_hello_write(&out, versions[i], "mail.example.org", random);
		assert_false(buf_failed(&out));
		c = cursor_of(buf_view(&out));
		assert_int_equal(cursor_u8(&c), 22);
		assert_true(cursor_u16be(&c) <= 0x0301);
		body = cursor_sub(&c, cursor_u16be(&c));
		assert_true(cursor_done(&c));
		assert_int_equal(cursor_u8(&body), 1);
		hello_len = cursor_u24be(&body);
		assert_int_equal(hello_len, cursor_left(&body));
		assert_int_equal(cursor_u16be(&body), versions[i] == 0x0304 ? 0x0303 : versions[i]);
		cursor_skip(&body, 32);
		cursor_skip(&body, cursor_u8(&body));
		cursor_skip(&body, cursor_u16be(&body));
		cursor_skip(&body, cursor_u8(&body));
		extensions = cursor_of(view_of(NULL, 0));
		if (versions[i] != TLS_HELLO_SSL3)
			extensions = cursor_sub(&body, cursor_u16be(&body));
		assert_true(cursor_done(&body));
		while (cursor_left(&extensions)) {
			has_name = cursor_u16be(&extensions) == 0 || has_name;
			cursor_skip(&extensions, cursor_u16be(&extensions));
		}
		assert_true(cursor_done(&extensions));
		assert_int_equal(has_name, versions[i] != TLS_HELLO_SSL3);
		buf_fini(&out);
	}
}

static void address_is_no_server_name(void **state)
{
	uint8_t random[TLS_HELLO_RANDOM_LEN] = { 0 };
	struct buf none, address;

	(void)state;
	buf_init(&none, 2048);
	buf_init(&address, 2048);
	tls_hello_write(&none, TLS_HELLO_TLS12, NULL, random);
	tls_hello_write(&address, TLS_HELLO_TLS12, "192.0.2.1", random);
	assert_int_equal(none.len, address.len);
	assert_memory_equal(none.at, address.at, none.len);
	buf_fini(&none);
	buf_fini(&address);
}

static void ciphers_have_names(void **state)
{
	(void)state;
	assert_string_equal(tls_hello_cipher_name(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	assert_string_equal(tls_hello_cipher_name(0x0005), "TLS_RSA_WITH_RC4_128_SHA");
	assert_string_equal(tls_hello_cipher_name(0xffff), "unknown");
	assert_true(tls_hello_cipher_is_weak(0x0005));
	assert_false(tls_hello_cipher_is_weak(0xc02f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read_whole_and_by_byte),
		cmocka_unit_test(endless_warnings_end),
		cmocka_unit_test(hello_is_well_formed),
		cmocka_unit_test(address_is_no_server_name),
		cmocka_unit_test(ciphers_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
