/* This file tests https URLs and the requests made of them. */
#include "wire/http_request.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *url, *host, *target; /* host NULL: refused */
	uint16_t port;
} rows[] = {
	{ "https://a.example/mail/config-v1.1.xml", "a.example", "/mail/config-v1.1.xml", 443 },
	{ "http://a.example/", NULL, NULL, 0 },
	{ "HTTPS://A.Example", "a.example", "/", 443 },
	{ "ftp://a.example", NULL, NULL, 0 },
	{ "https://a.example:8443?x=y", "a.example", "/?x=y", 8443 },
	{ "https://a.example:0/", NULL, NULL, 0 },
	{ "https://a.example:65536/", NULL, NULL, 0 },
	{ "https://a.example:/", NULL, NULL, 0 },
	{ "https://[2001:DB8::1]/x", "2001:db8::1", "/x", 443 },
	{ "https://[2001:db8::1]:444/x", "2001:db8::1", "/x", 444 },
	{ "https://[2001:db8::1]x/x", NULL, NULL, 0 },
	{ "https://[2001:db8::1", NULL, NULL, 0 },
	{ "https://192.0.2.1/", "192.0.2.1", "/", 443 },
	{ "https://user@a.example/", NULL, NULL, 0 },
	{ "https://a.example/a@b", "a.example", "/a@b", 443 },
	{ "https://a.example/#top", NULL, NULL, 0 },
	{ "https://a.example/a b", NULL, NULL, 0 },
	{ "https://a.example/a\r\nHost: b", NULL, NULL, 0 },
	{ "https://", NULL, NULL, 0 },
	{ "https:///x", NULL, NULL, 0 },
	{ "", NULL, NULL, 0 },
};

static void urls_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 16);
		struct http_url url;
		enum status status = http_url_parse(arena, str_of(rows[i].url), &url);

		if (status != (rows[i].host ? ST_OK : ST_USAGE))
			fail_msg("%s: status %d", rows[i].url, (int)status);
		if (status == ST_OK) {
			assert_string_equal(url.host, rows[i].host);
			assert_string_equal(url.target, rows[i].target);
			assert_int_equal(url.port, rows[i].port);
		}
		arena_drop(&arena);
	}
}

static void requests_are_written(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct http_url url = { "::1", 8443, "/x" };
	const char *text = http_request_text(arena, &url, STR(""), NULL);

	(void)state;
	assert_ptr_equal(strstr(text, "GET /x HTTP/1.1\r\nHost: [::1]:8443\r\n"), text);
	assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n");
	assert_null(strstr(text, "Content-Length"));
	url = (struct http_url){ "a.example", 443, "/" };
	text = http_request_text(arena, &url, STR("<x/>"), "text/xml");
	assert_ptr_equal(strstr(text, "POST / HTTP/1.1\r\nHost: a.example\r\n"), text);
	assert_non_null(strstr(text, "Content-Type: text/xml\r\nContent-Length: 4\r\n\r\n<x/>"));
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_taken_apart),
		cmocka_unit_test(requests_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
