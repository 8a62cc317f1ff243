/* This file tests server URLs, the right and the wrong. */
#include "account/endpoint.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *url, *canonical;
} good[] = {
	{ "imap://mail.example.org", "imap://mail.example.org:143" },
	{ "imaps://mail.example.org", "imaps://mail.example.org:993" },
	{ "pop3://mail.example.org", "pop3://mail.example.org:110" },
	{ "pop3s://mail.example.org", "pop3s://mail.example.org:995" },
	{ "smtp://mail.example.org", "smtp://mail.example.org:587" },
	{ "smtps://mail.example.org", "smtps://mail.example.org:465" },
	{ "SMTPS://Mail.Example.ORG.:1", "smtps://mail.example.org:1" },
	{ "smtp://h:25?security=none", "smtp://h:25?security=none" },
	{ "smtp://h?security=none", "smtp://h:587?security=none" },
	{ "smtp://h?security=tls", "smtps://h:465" },
	{ "imaps://h:65535?security=tls", "imaps://h:65535" },
	{ "imap://h?security=starttls", "imap://h:143" },
	{ "imaps://[2001:DB8::1]", "imaps://[2001:db8::1]:993" },
	{ "imaps://[::1]:9930", "imaps://[::1]:9930" },
	{ "imaps://192.0.2.7:993", "imaps://192.0.2.7:993" },
	{ "imaps://h?address=192.0.2.7", "imaps://h:993?address=192.0.2.7" },
	{ "imaps://h?address=[::1]&sni=Mail.Example.org", "imaps://h:993?address=::1&sni=mail.example.org" },
	{ "imap://h?security=none&address=::1", "imap://h:143?security=none&address=::1" },
	{ "imaps://b\xc3\xbc"
	  "cher.example",
	  "imaps://xn--bcher-kva.example:993" },
	{ "imaps://localhost", "imaps://localhost:993" },
};

static const struct {
	const char *url, *word; /* of the reason */
} bad[] = {
	{ "", "SCHEME" },
	{ "mail.example.org", "SCHEME" },
	{ "imap:mail.example.org", "SCHEME" },
	{ "http://mail.example.org", "scheme must be imap" },
	{ "imaps4://mail.example.org", "scheme must be imap" },
	{ "imaps://", "missing" },
	{ "imaps://:993", "missing" },
	{ "imaps://h:0", "1 to 65535" },
	{ "imaps://h:70000", "1 to 65535" },
	{ "imaps://h:65536", "1 to 65535" },
	{ "imaps://h:", "1 to 65535" },
	{ "imaps://h:99a", "1 to 65535" },
	{ "imaps://h:-1", "1 to 65535" },
	{ "imaps://h:+1", "1 to 65535" },
	{ "imaps://h:99999999999999999999999", "1 to 65535" },
	{ "imaps://2001:db8::1", "brackets" },
	{ "imaps://[2001:db8::1", "brackets" },
	{ "imaps://[2001:db8::x]", "brackets" },
	{ "imaps://[192.0.2.1]", "brackets" },
	{ "imaps://[::1]993", "only :PORT" },
	{ "imaps://[::1]:0", "1 to 65535" },
	{ "imaps://1.2.3.400", "IPv4" },
	{ "imaps://1.2.3", "IPv4" },
	{ "imaps://h/", "path" },
	{ "imaps://h/INBOX", "path" },
	{ "imaps://h#x", "fragment" },
	{ "imaps://h?security=tls#x", "fragment" },
	{ "imaps://h\n", "control" },
	{ "imaps://h\x7f", "control" },
	{ "imaps://a b", "DNS name" },
	{ "imaps://a..b", "DNS name" },
	{ "imaps://h?security=ssl", "tls, starttls or none" },
	{ "imaps://h?security=none", "first byte" },
	{ "imap://h?security=none&security=none", "twice" },
	{ "imap://h?address=mail.example.org", "IPv4 or IPv6" },
	{ "imap://h?address=::1&address=::1", "twice" },
	{ "imap://h?sni=192.0.2.1", "DNS name" },
	{ "imap://h?sni=", "DNS name" },
	{ "imap://h?sni=a&sni=b", "twice" },
	{ "imap://h?user=anna", "options after" },
	{ "imap://h?", "options after" },
};

static void good_urls_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		struct arena *arena = arena_new(1 << 16);
		struct endpoint endpoint;
		const char *why, *again;

		if (endpoint_parse(arena, str_of(good[i].url), &endpoint, &why) != ST_OK)
			fail_msg("%s: %s", good[i].url, why);
		assert_string_equal(endpoint_url(arena, &endpoint), good[i].canonical);
		assert_int_equal(endpoint_parse(arena, str_of(good[i].canonical), &endpoint, &why), ST_OK);
		again = endpoint_url(arena, &endpoint);
		assert_string_equal(again, good[i].canonical);
		arena_drop(&arena);
	}
}

static void bad_urls_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct arena *arena = arena_new(1 << 16);
		struct endpoint endpoint;
		const char *why;

		if (endpoint_parse(arena, str_of(bad[i].url), &endpoint, &why) != ST_USAGE)
			fail_msg("%s: was taken", bad[i].url);
		if (!strstr(why, bad[i].word))
			fail_msg("%s: why \"%s\"", bad[i].url, why);
		arena_drop(&arena);
	}
}

static void password_is_not_shown(void **state)
{
	static const char *const urls[] = {
		"imaps://anna:hunter2@h",
		"imaps://hunter2@h:993",
		"imaps://anna:hun@ter2@h/x",
		"imaps://anna:hunter2@h\x01",
		"hunter2@h",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(urls); i++) {
		struct arena *arena = arena_new(1 << 16);
		struct endpoint endpoint;
		const char *why;

		assert_int_equal(endpoint_parse(arena, str_of(urls[i]), &endpoint, &why), ST_USAGE);
		assert_null(strstr(why, "ter2"));
		assert_non_null(strstr(why, "user or password"));
		arena_drop(&arena);
	}
}

static void memory_may_end_anywhere(void **state)
{
	const char *url = "imaps://mail.example.org?address=::1&sni=a.example";

	(void)state;
	for (size_t cap = 0; cap < 600; cap += 16) {
		struct arena *arena = arena_new(cap);
		struct endpoint endpoint;
		const char *why;
		enum status status = endpoint_parse(arena, str_of(url), &endpoint, &why);

		assert_true(status == ST_OK || status == ST_NOMEM);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_urls_are_read),
		cmocka_unit_test(bad_urls_are_refused),
		cmocka_unit_test(password_is_not_shown),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
