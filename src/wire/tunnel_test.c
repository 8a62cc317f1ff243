/* This file tests tunnels through proxies: what is asked and what the answers mean, whole and byte by byte.
 */
#include "wire/tunnel.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *name;
	enum tunnel_kind kind;
	const char *host;
	const char *said;
	size_t said_len;
	enum tunnel_state state;
	enum step_error error;
	const char *left; /* of the server's own bytes */
} rows[] = {
	{ "socks agrees, IPv4", TUNNEL_SOCKS5, "mail.example.org", BYTES("\5\0\5\0\0\1\1\2\3\4\0\31* OK"),
	  TUNNEL_OPEN, STEP_ERROR_NONE, "* OK" },
	{ "socks agrees, IPv6", TUNNEL_SOCKS5, "mail.example.org", BYTES("\5\0\5\0\0\4abcdefghijklmnop\0\31"),
	  TUNNEL_OPEN, STEP_ERROR_NONE, "" },
	{ "socks agrees, name", TUNNEL_SOCKS5, "192.0.2.1", BYTES("\5\0\5\0\0\3\2ab\0\31x"), TUNNEL_OPEN,
	  STEP_ERROR_NONE, "x" },
	{ "socks not whole", TUNNEL_SOCKS5, "192.0.2.1", BYTES("\5\0\5\0\0\3\2ab\0"), TUNNEL_BUSY,
	  STEP_ERROR_NONE, "" },
	{ "socks wants a login", TUNNEL_SOCKS5, "h", BYTES("\5\2"), TUNNEL_FAILED, STEP_ERROR_PROTOCOL, "" },
	{ "socks refused by the server", TUNNEL_SOCKS5, "h", BYTES("\5\0\5\5"), TUNNEL_FAILED,
	  STEP_ERROR_REFUSED, "" },
	{ "socks does not reach it", TUNNEL_SOCKS5, "h", BYTES("\5\0\5\4"), TUNNEL_FAILED,
	  STEP_ERROR_UNREACHABLE, "" },
	{ "socks with a strange code", TUNNEL_SOCKS5, "h", BYTES("\5\0\5\x63"), TUNNEL_FAILED,
	  STEP_ERROR_PROTOCOL, "" },
	{ "socks with a strange address", TUNNEL_SOCKS5, "h", BYTES("\5\0\5\0\0\x9zz"), TUNNEL_FAILED,
	  STEP_ERROR_PROTOCOL, "z" },
	{ "no socks", TUNNEL_SOCKS5, "h", BYTES("HTTP/1.1 400"), TUNNEL_FAILED, STEP_ERROR_PROTOCOL,
	  "TTP/1.1 400" },
	{ "http agrees", TUNNEL_HTTP, "mail.example.org", BYTES("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n220 x"),
	  TUNNEL_OPEN, STEP_ERROR_NONE, "220 x" },
	{ "http not whole", TUNNEL_HTTP, "h", BYTES("HTTP/1.1 200 OK\r\n"), TUNNEL_BUSY, STEP_ERROR_NONE,
	  "" },
	{ "http forbids", TUNNEL_HTTP, "h", BYTES("HTTP/1.1 403 No\r\n\r\n"), TUNNEL_FAILED,
	  STEP_ERROR_PROTOCOL, "" },
	{ "http wants a login", TUNNEL_HTTP, "h", BYTES("HTTP/1.0 407 x\r\n\r\n"), TUNNEL_FAILED,
	  STEP_ERROR_PROTOCOL, "" },
	{ "http has no way", TUNNEL_HTTP, "h", BYTES("HTTP/1.1 502 x\r\n\r\n"), TUNNEL_FAILED,
	  STEP_ERROR_UNREACHABLE, "" },
	{ "http waited", TUNNEL_HTTP, "h", BYTES("HTTP/1.1 504 x\r\n\r\n"), TUNNEL_FAILED, STEP_ERROR_TIMEOUT,
	  "" },
	{ "no http", TUNNEL_HTTP, "h", BYTES("220 mail.example.org"), TUNNEL_FAILED, STEP_ERROR_PROTOCOL,
	  "mple.org" },
};

static void check(size_t i, size_t step)
{
	struct tunnel tunnel;
	struct view all = view_of(rows[i].said, rows[i].said_len), part = view_of(all.at, 0);
	size_t taken = 0;

	tunnel_init(&tunnel, rows[i].kind, rows[i].host, 993);
	assert_true(tunnel_to_send(&tunnel).len > 0);
	while (tunnel.state == TUNNEL_BUSY && taken < all.len) {
		part = view_of(all.at + taken, all.len - taken < step ? all.len - taken : step);
		taken += part.len;
		tunnel_feed(&tunnel, &part);
		tunnel_to_send(&tunnel);
	}
	taken -= part.len;
	if (tunnel.state != rows[i].state || tunnel.error != rows[i].error)
		fail_msg("%s, %zu at once: state %d, error %d", rows[i].name, step, (int)tunnel.state,
			 (int)tunnel.error);
	assert_int_equal(tunnel.state == TUNNEL_FAILED, tunnel.why != NULL);
	if (tunnel.state != TUNNEL_BUSY)
		assert_string_equal((const char *)all.at + taken, rows[i].left);
}

static void answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check(i, rows[i].said_len);
		check(i, 1);
	}
}

static void asks(void **state)
{
	struct tunnel tunnel;
	struct view out, in = view_of("\5\0", 2);

	(void)state;
	tunnel_init(&tunnel, TUNNEL_SOCKS5, "mx.example", 25);
	out = tunnel_to_send(&tunnel);
	assert_int_equal(out.len, 3);
	assert_memory_equal(out.at, "\5\1\0", 3);
	assert_int_equal(tunnel_feed(&tunnel, &in), TUNNEL_BUSY);
	out = tunnel_to_send(&tunnel);
	assert_int_equal(out.len, 17);
	assert_memory_equal(out.at, "\5\1\0\3\12mx.example\0\31", 17);
	tunnel_init(&tunnel, TUNNEL_HTTP, "2001:db8::1", 993);
	out = tunnel_to_send(&tunnel);
	assert_memory_equal(out.at, "CONNECT [2001:db8::1]:993 HTTP/1.1\r\n", 36);
}

static void bounds(void **state)
{
	char host[TUNNEL_HOST_MAX + 2], noise[TUNNEL_IN_MAX + 2];
	struct tunnel tunnel;
	struct view in = view_of(noise, sizeof noise);

	(void)state;
	memset(host, 'a', sizeof host - 1);
	host[sizeof host - 1] = '\0';
	tunnel_init(&tunnel, TUNNEL_HTTP, host, 993);
	assert_int_equal(tunnel.state, TUNNEL_FAILED);
	memset(noise, 'x', sizeof noise);
	memcpy(noise, "HTTP/1.1 200 ", 13);
	tunnel_init(&tunnel, TUNNEL_HTTP, "h", 993);
	assert_int_equal(tunnel_feed(&tunnel, &in), TUNNEL_FAILED);
	assert_int_equal(tunnel.error, STEP_ERROR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(asks),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
