/* This file tests runs against small servers in a thread of this program. */
#include "drive/drive.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

/* What a server does with a connection. */
enum manner { GREETS, SILENT, RESETS, RESETS_AT_ONCE, DRIPS, ENDLESS, PORTAL, HANGS_UP, N_MANNERS };

static const char greeting[] = "* OK ready\r\n", portal[] = "HTTP/1.0 302 Found\r\n\r\n";

struct visit {
	uv_tcp_t tcp;
	uv_timer_t drip;
	enum manner manner;
	size_t n_dripped;
	int n_open; /* handles */
	char room[1024];
};

static struct {
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t stop;
	uv_tcp_t doors[N_MANNERS];
	uint16_t ports[N_MANNERS], closed_port;
} servers;

static void on_visit_closed(uv_handle_t *handle)
{
	struct visit *visit = handle->data;

	if (--visit->n_open == 0)
		free(visit);
}

static void leave(struct visit *visit)
{
	if (uv_is_closing((uv_handle_t *)&visit->tcp))
		return;
	uv_close((uv_handle_t *)&visit->tcp, on_visit_closed);
	uv_close((uv_handle_t *)&visit->drip, on_visit_closed);
}

static void on_written(uv_write_t *request, int error)
{
	struct visit *visit = request->handle->data;
	bool more = visit->manner == ENDLESS && error == 0, last = visit->manner == PORTAL;

	free(request);
	if (more) {
		static char noise[16384];
		uv_buf_t bytes = uv_buf_init(noise, sizeof noise);

		memset(noise, 'x', sizeof noise);
		uv_write(malloc(sizeof(uv_write_t)), (uv_stream_t *)&visit->tcp, &bytes, 1, on_written);
	} else if (last) {
		leave(visit);
	}
}

static void say(struct visit *visit, const char *text, size_t len)
{
	uv_buf_t bytes = uv_buf_init((char *)(uintptr_t)text, (unsigned)len);

	uv_write(malloc(sizeof(uv_write_t)), (uv_stream_t *)&visit->tcp, &bytes, 1, on_written);
}

static void on_drip(uv_timer_t *timer)
{
	struct visit *visit = timer->data;

	say(visit, &"* OK a greeting without an end "[visit->n_dripped++ % 30], 1);
}

static void on_reset_time(uv_timer_t *timer)
{
	struct visit *visit = timer->data;

	if (uv_is_closing((uv_handle_t *)&visit->tcp))
		return;
	uv_tcp_close_reset(&visit->tcp, on_visit_closed);
	uv_close((uv_handle_t *)&visit->drip, on_visit_closed);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room_out)
{
	struct visit *visit = handle->data;

	(void)wanted;
	*room_out = uv_buf_init(visit->room, sizeof visit->room - 1);
}

/* IMAP as far as a probe needs it: every command has its tag as first word. */
static void answer(struct visit *visit, size_t len)
{
	static char text[256];
	char *end = memchr(visit->room, ' ', len);

	if (!end)
		return;
	*end = '\0';
	visit->room[len] = '\0';
	snprintf(text, sizeof text, "%s%.20s OK done\r\n",
		 strncmp(end + 1, "CAPABILITY", 10) == 0 ? "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n" : "",
		 visit->room);
	say(visit, text, strlen(text));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
	struct visit *visit = stream->data;

	(void)room;
	if (n < 0)
		leave(visit);
	else if (n > 0 && visit->manner == GREETS)
		answer(visit, (size_t)n);
}

static void on_visit(uv_stream_t *door, int status)
{
	struct visit *visit = calloc(1, sizeof *visit);

	(void)status;
	uv_tcp_init(&servers.loop, &visit->tcp);
	uv_timer_init(&servers.loop, &visit->drip);
	visit->tcp.data = visit->drip.data = visit;
	visit->n_open = 2;
	visit->manner = (enum manner)((uv_tcp_t *)door - servers.doors);
	uv_accept(door, (uv_stream_t *)&visit->tcp);
	uv_read_start((uv_stream_t *)&visit->tcp, on_room, on_read);
	switch (visit->manner) {
	case GREETS:
	case ENDLESS:
		say(visit, greeting, visit->manner == GREETS ? sizeof greeting - 1 : 5);
		break;
	case PORTAL:
		say(visit, portal, sizeof portal - 1);
		break;
	case DRIPS:
		uv_timer_start(&visit->drip, on_drip, 20, 20);
		break;
	case RESETS:
		uv_timer_start(&visit->drip, on_reset_time, 200, 0);
		break;
	case RESETS_AT_ONCE:
		on_reset_time(&visit->drip);
		break;
	case HANGS_UP:
		leave(visit);
		break;
	case SILENT:
	case N_MANNERS:
		break;
	}
}

static uint16_t bind_door(uv_tcp_t *door)
{
	struct sockaddr_in address;
	int len = sizeof address;

	uv_ip4_addr("127.0.0.1", 0, &address);
	uv_tcp_init(&servers.loop, door);
	uv_tcp_bind(door, (const struct sockaddr *)&address, 0);
	uv_tcp_getsockname(door, (struct sockaddr *)&address, &len);
	/* Network order, whatever the machine's. */
	return (uint16_t)(((const uint8_t *)&address.sin_port)[0] << 8 |
			  ((const uint8_t *)&address.sin_port)[1]);
}

static void close_one(uv_handle_t *handle, void *context)
{
	(void)context;
	if (uv_is_closing(handle))
		return;
	uv_close(handle, handle->data ? on_visit_closed : NULL);
}

static void on_stop(uv_async_t *stop)
{
	uv_walk(stop->loop, close_one, NULL);
}

static void serve(void *context)
{
	(void)context;
	uv_run(&servers.loop, UV_RUN_DEFAULT);
}

static int set_up(void **state)
{
	uv_tcp_t closed;

	(void)state;
	uv_loop_init(&servers.loop);
	uv_async_init(&servers.loop, &servers.stop, on_stop);
	for (int i = 0; i < N_MANNERS; i++) {
		servers.ports[i] = bind_door(&servers.doors[i]);
		uv_listen((uv_stream_t *)&servers.doors[i], 128, on_visit);
	}
	servers.closed_port = bind_door(&closed);
	uv_close((uv_handle_t *)&closed, NULL);
	uv_run(&servers.loop, UV_RUN_NOWAIT);
	return uv_thread_create(&servers.thread, serve, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	uv_async_send(&servers.stop);
	uv_thread_join(&servers.thread);
	return uv_loop_close(&servers.loop);
}

static struct endpoint endpoint_at(uint16_t port, enum security security)
{
	return (struct endpoint){
		.protocol = PROTOCOL_IMAP,
		.security = security,
		.host = "127.0.0.1",
		.port = port,
	};
}

/* Probes and checks the time; the facts live in the arena. */
static struct case_facts probe(struct arena *arena, const struct endpoint *endpoints, size_t n,
			       double deadline)
{
	const struct drive_options options = { .deadline = deadline,
					       .ca_file = getenv("POSTMEND_TEST_ANCHOR") };
	const struct probe_options nothing = { 0 };
	struct case_facts facts = { 0 };
	struct drive *drive;
	const char *why;

	assert_int_equal(drive_open(&options, arena, &drive, &why), ST_OK);
	assert_int_equal(drive_probe(drive, endpoints, n, &nothing, &facts), ST_OK);
	assert_true(drive_now(drive) < (moment)(deadline * 1e6) + MOMENT_MS(200));
	drive_close(&drive);
	assert_null(drive);
	return facts;
}

struct manner_row {
	const char *name;
	enum manner manner;
	enum security security;
	enum step_name last;
	bool ok;
	enum step_error error;
};

static void expect_rows(const struct manner_row *rows, size_t n)
{
	struct arena *arena = arena_new(16 << 20);
	struct endpoint endpoints[16];
	struct case_facts facts;

	assert_in_range(n, 1, COUNT_OF(endpoints));
	for (size_t i = 0; i < n; i++)
		endpoints[i] = endpoint_at(rows[i].manner == N_MANNERS ? servers.closed_port
								       : servers.ports[rows[i].manner],
					   rows[i].security);
	facts = probe(arena, endpoints, n, 1.2);
	assert_int_equal(facts.n_endpoints, n);
	for (size_t i = 0; i < n; i++) {
		const struct endpoint_facts *one = facts.endpoints[i];
		const struct step *step = facts_step(one, rows[i].last);

		assert_true(one->chosen);
		assert_string_equal(one->address, "127.0.0.1");
		if (!step || step != &one->steps[one->n_steps - 1] || step->ok != rows[i].ok ||
		    step->error != rows[i].error)
			fail_msg("%s: %s %s", rows[i].name,
				 step ? step_error_text(step->error) : "no such step",
				 step ? step->error_text : "");
	}
	arena_drop(&arena);
}

static void servers_of_every_manner(void **state)
{
	static const struct manner_row rows[] = {
		{ "good", GREETS, SECURITY_NONE, STEP_LOGOUT, true, STEP_ERROR_NONE },
		{ "refused", N_MANNERS, SECURITY_NONE, STEP_CONNECT, false, STEP_ERROR_REFUSED },
		{ "silent", SILENT, SECURITY_NONE, STEP_GREETING, false, STEP_ERROR_TIMEOUT },
		{ "silent to TLS", SILENT, SECURITY_TLS, STEP_TLS, false, STEP_ERROR_TIMEOUT },
		{ "reset", RESETS, SECURITY_NONE, STEP_GREETING, false, STEP_ERROR_RESET },
		{ "reset in TLS", RESETS, SECURITY_TLS, STEP_TLS, false, STEP_ERROR_RESET },
		{ "hangs up", HANGS_UP, SECURITY_NONE, STEP_GREETING, false, STEP_ERROR_CLOSED },
		{ "one byte after the other", DRIPS, SECURITY_NONE, STEP_GREETING, false, STEP_ERROR_LIMIT },
		{ "endless line", ENDLESS, SECURITY_NONE, STEP_GREETING, false, STEP_ERROR_LIMIT },
		{ "portal", PORTAL, SECURITY_NONE, STEP_GREETING, false, STEP_ERROR_PROTOCOL },
		{ "plain for TLS", GREETS, SECURITY_TLS, STEP_TLS, false, STEP_ERROR_TLS },
	};

	(void)state;
	expect_rows(rows, COUNT_OF(rows));
}

/* The reset is there before the system has told that the connection is. */
static void a_reset_at_once(void **state)
{
	static const struct manner_row rows[] = {
		{ "reset", RESETS_AT_ONCE, SECURITY_NONE, STEP_GREETING, false, STEP_ERROR_RESET },
		{ "reset in TLS", RESETS_AT_ONCE, SECURITY_TLS, STEP_TLS, false, STEP_ERROR_RESET },
	};

	(void)state;
	if (getenv("POSTMEND_UNDER_WINE"))
		skip(); /* tests/windows-only.txt says why */
	expect_rows(rows, COUNT_OF(rows));
}

static void silence_keeps_the_deadline(void **state)
{
	struct arena *arena = arena_new(64 << 20);
	struct endpoint endpoints[39];
	struct case_facts facts;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(endpoints); i++)
		endpoints[i] = endpoint_at(servers.ports[i < 6 ? SILENT : GREETS],
					   i < 3 ? SECURITY_TLS : SECURITY_NONE);
	facts = probe(arena, endpoints, COUNT_OF(endpoints), 2.5);
	assert_int_equal(facts.n_endpoints, 39);
	for (size_t i = 0; i < facts.n_endpoints; i++)
		assert_int_equal(facts.endpoints[i]->steps[facts.endpoints[i]->n_steps - 1].ok, i >= 6);
	arena_drop(&arena);
}

static void on_progress(void *context, const char *what, size_t done, size_t total)
{
	struct drive **drive = context;

	(void)what;
	(void)total;
	if (done == 1)
		drive_cancel(*drive);
}

static void cancelling_keeps_what_is_there(void **state)
{
	struct arena *arena = arena_new(16 << 20);
	const struct endpoint endpoints[] = {
		endpoint_at(servers.ports[SILENT], SECURITY_NONE),
		endpoint_at(servers.ports[GREETS], SECURITY_NONE),
	};
	const struct probe_options nothing = { 0 };
	struct case_facts facts = { 0 };
	struct drive *drive;
	const struct drive_options options = { .deadline = 5,
					       .ca_file = getenv("POSTMEND_TEST_ANCHOR"),
					       .progress = on_progress,
					       .context = &drive };
	const char *why;

	(void)state;
	assert_int_equal(drive_open(&options, arena, &drive, &why), ST_OK);
	assert_int_equal(drive_probe(drive, endpoints, 2, &nothing, &facts), ST_CANCEL);
	assert_true(drive_was_cancelled(drive));
	assert_true(drive_now(drive) < MOMENT_S(1));
	assert_int_equal(facts.n_endpoints, 2);
	assert_non_null(facts_step(facts.endpoints[1], STEP_LOGOUT));
	/* Nobody says that a server is silent because the user stopped. */
	assert_null(facts.endpoints[0]->steps[1].error_text);
	drive_close(&drive);
	arena_drop(&arena);
}

static void names_of_this_computer(void **state)
{
	struct arena *arena = arena_new(16 << 20);
	struct endpoint endpoint = endpoint_at(servers.ports[GREETS], SECURITY_NONE);
	struct case_facts facts;
	size_t n_chosen = 0;

	(void)state;
	endpoint.host = "localhost";
	facts = probe(arena, &endpoint, 1, 3);
	assert_int_equal(facts.n_endpoints, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct endpoint_facts *one = facts.endpoints[i];

		assert_true(facts_step(one, STEP_RESOLVE)->ok);
		assert_int_equal(facts_step(one, STEP_CONNECT)->ok, one->family == 4);
		assert_int_equal(one->chosen, one->family == 4);
		n_chosen += one->chosen;
	}
	assert_int_equal(n_chosen, 1);
	assert_false(facts.path.resolver_tested);
	arena_drop(&arena);
}

static void a_silent_resolver_is_seen(void **state)
{
	const struct drive_options options = { .deadline = 0.8,
					       .ca_file = getenv("POSTMEND_TEST_ANCHOR"),
					       .resolver = "127.0.0.1:9" };
	struct arena *arena = arena_new(16 << 20);
	struct endpoint endpoint = endpoint_at(143, SECURITY_NONE);
	const struct probe_options nothing = { 0 };
	struct case_facts facts = { 0 };
	struct drive *drive;
	const char *why;

	(void)state;
	endpoint.host = "mail.example.org";
	assert_int_equal(drive_open(&options, arena, &drive, &why), ST_OK);
	assert_int_equal(drive_probe(drive, &endpoint, 1, &nothing, &facts), ST_OK);
	drive_close(&drive);
	assert_int_equal(facts.n_endpoints, 1);
	assert_null(facts.endpoints[0]->address);
	assert_true(facts.endpoints[0]->chosen);
	assert_int_equal(facts_step(facts.endpoints[0], STEP_RESOLVE)->error, STEP_ERROR_TIMEOUT);
	assert_true(facts.path.resolver_tested && !facts.path.resolver_answers);
	arena_drop(&arena);
}

static void bad_options_are_named(void **state)
{
	static const struct {
		const char *name;
		struct drive_options options;
		const char *named;
	} rows[] = {
		{ "no CA file", { .ca_file = "no/such/file" }, "no/such/file" },
		{ "resolver is a name", { .resolver = "dns.example.org" }, "dns.example.org" },
		{ "resolver has port 0", { .resolver = "192.0.2.1:0" }, "192.0.2.1:0" },
		{ "resolver has port 70000", { .resolver = "192.0.2.1:70000" }, "192.0.2.1:70000" },
		{ "resolver has half a bracket", { .resolver = "[2001:db8::1" }, "[2001:db8::1" },
		{ "trace in no folder", { .trace_file = "no/such/folder/trace" }, "no/such/folder/trace" },
		{ "IPv4", { .resolver = "192.0.2.1" }, NULL },
		{ "IPv4 and port", { .resolver = "192.0.2.1:5353" }, NULL },
		{ "IPv6", { .resolver = "2001:db8::1" }, NULL },
		{ "IPv6 and port", { .resolver = "[2001:db8::1]:53" }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct drive *drive;
		const char *why = "";
		enum status status = drive_open(&rows[i].options, arena, &drive, &why);

		if (status != (rows[i].named ? ST_USAGE : ST_OK) ||
		    (rows[i].named && !strstr(why, rows[i].named)))
			fail_msg("%s: status %d, %s", rows[i].name, status, why);
		drive_close(&drive);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_of_every_manner),
		cmocka_unit_test(a_reset_at_once),
		cmocka_unit_test(silence_keeps_the_deadline),
		cmocka_unit_test(cancelling_keeps_what_is_there),
		cmocka_unit_test(names_of_this_computer),
		cmocka_unit_test(a_silent_resolver_is_seen),
		cmocka_unit_test(bad_options_are_named),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
