/* This file opens ports of its own, of both families, and asks who listens on them. */
#include "os/listeners.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

enum { ARENA_CAP = 1 << 20 };

struct row {
	const char *name, *bound; /* NULL: nobody listens */
	const char *told;         /* its address; NULL: none is told */
};

static const struct row rows[] = {
	{ "IPv4's loopback", "127.0.0.1", "127.0.0.1" }, { "another of those", "127.0.0.9", "127.0.0.9" },
	{ "every address", "0.0.0.0", "0.0.0.0" },       { "IPv6's loopback", "::1", "::1" },
	{ "every address of IPv6", "::", "::" },         { "nobody", NULL, NULL },
};

static void on_connection(uv_stream_t *server, int status)
{
	(void)server;
	(void)status;
}

/* The port that the system chose; 0 where it has no such address. */
static uint16_t listen_at(uv_loop_t *loop, uv_tcp_t *tcp, const char *text)
{
	struct sockaddr_storage at;
	int len = sizeof at;

	assert_int_equal(uv_tcp_init(loop, tcp), 0);
	if (strchr(text, ':'))
		assert_int_equal(uv_ip6_addr(text, 0, (struct sockaddr_in6 *)&at), 0);
	else
		assert_int_equal(uv_ip4_addr(text, 0, (struct sockaddr_in *)&at), 0);
	if (uv_tcp_bind(tcp, (const struct sockaddr *)&at, 0) != 0 ||
	    uv_listen((uv_stream_t *)tcp, 1, on_connection) != 0)
		return 0;
	assert_int_equal(uv_tcp_getsockname(tcp, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&at)->sin6_port
					      : ((struct sockaddr_in *)&at)->sin_port);
}

static void expect_at(const struct row *row, const struct listener *one, uint16_t port)
{
	char text[IP_TEXT_MAX];

	ip_text(&one->address, text);
	if (strcmp(text, row->told) != 0)
		fail_msg("%s: \"%s\"", row->name, text);
	assert_int_equal(one->port, port);
}

static void who_listens(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(ARENA_CAP);
		struct listener *found = NULL;
		uint16_t ports[2] = { 1, 1 };
		uv_loop_t loop;
		uv_tcp_t tcp;
		size_t n = 0;

		assert_int_equal(uv_loop_init(&loop), 0);
		ports[1] = listen_at(&loop, &tcp, rows[i].bound ? rows[i].bound : "127.0.0.1");
		if (!rows[i].bound) {
			uv_close((uv_handle_t *)&tcp, NULL);
			assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
		}
		assert_int_equal(listeners_find(arena, ports, COUNT_OF(ports), &found, &n), ST_OK);
		if (ports[1] == 0)
			print_message("%s: this computer has no such address\n", rows[i].name);
		else if (!rows[i].told)
			assert_int_equal(n, 0);
		else if (n != 1)
			fail_msg("%s: %u listen", rows[i].name, (unsigned)n);
		else
			expect_at(&rows[i], &found[0], ports[1]);
		if (rows[i].bound)
			uv_close((uv_handle_t *)&tcp, NULL);
		assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
		assert_int_equal(uv_loop_close(&loop), 0);
		arena_drop(&arena);
	}
}

/* This program's own name stands in the path of its file. */
static void whose_port_it_is(void **state)
{
	struct arena *arena = arena_new(ARENA_CAP);
	struct listener *found = NULL;
	uv_loop_t loop;
	uv_tcp_t tcp;
	uint16_t port;
	size_t n = 0;

	(void)state;
	/* There sockets belong to Wine's server. */
	if (getenv("POSTMEND_UNDER_WINE"))
		skip();
	assert_int_equal(uv_loop_init(&loop), 0);
	port = listen_at(&loop, &tcp, "127.0.0.1");
	assert_int_equal(listeners_find(arena, &port, 1, &found, &n), ST_OK);
	assert_int_equal(n, 1);
	assert_int_equal(found[0].process, uv_os_getpid());
	assert_non_null(found[0].program);
	assert_non_null(strstr(found[0].program, "listeners_test"));
	uv_close((uv_handle_t *)&tcp, NULL);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&loop), 0);
	arena_drop(&arena);
}

/* A port that is not asked for is not told. */
static void others_are_left_out(void **state)
{
	struct arena *arena = arena_new(ARENA_CAP);
	struct listener *found = NULL;
	uv_loop_t loop;
	uv_tcp_t tcp;
	size_t n = 1;

	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_not_equal(listen_at(&loop, &tcp, "127.0.0.1"), 0);
	assert_int_equal(listeners_find(arena, NULL, 0, &found, &n), ST_OK);
	assert_int_equal(n, 0);
	uv_close((uv_handle_t *)&tcp, NULL);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&loop), 0);
	arena_drop(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_listens),
		cmocka_unit_test(whose_port_it_is),
		cmocka_unit_test(others_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
