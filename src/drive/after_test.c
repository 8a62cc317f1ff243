/* This file tests what is asked after a conversation, and how often, against a small server in a thread. */
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

#define NO "NO [AUTHENTICATIONFAILED] Authentication failed."

/* How a door answers a login; NULL: not at all. */
static const struct {
	const char *answer, *answer_to_local_part;
} doors[] = {
	{ NO, "OK welcome" },
	{ NO, NO },
	{ NO, NULL },
	{ "NO [LIMIT] Too many failed login attempts", "OK welcome" },
	{ "NO [AUTHENTICATIONFAILED] Application-specific password required", "OK welcome" },
	{ "NO LOGIN failed.", "OK welcome" },
	{ "NO [UNAVAILABLE] Temporary authentication failure.", "OK welcome" },
	{ "OK welcome", "OK welcome" },
};

enum door { LOCAL_PART, WRONG, HANGS, LIMIT, APP_PASSWORD, WORDLESS, UNAVAILABLE, GOOD, SILENT, DOORS };

struct visit {
	uv_tcp_t tcp;
	enum door door;
	char room[1024];
};

static struct {
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t stop;
	uv_tcp_t doors[DOORS];
	uint16_t ports[DOORS];
	int n_logins[DOORS]; /* read when the client is done with its run */
} server;

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_written(uv_write_t *request, int error)
{
	(void)error;
	free(request->data);
	free(request);
}

static void say(struct visit *visit, const char *before, const char *tag, const char *answer)
{
	uv_write_t *request = malloc(sizeof *request);
	char *text = malloc(256);
	uv_buf_t bytes;

	snprintf(text, 256, "%s%s %s\r\n", before, tag, answer);
	request->data = text;
	bytes = uv_buf_init(text, (unsigned)strlen(text));
	uv_write(request, (uv_stream_t *)&visit->tcp, &bytes, 1, on_written);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room_out)
{
	struct visit *visit = handle->data;

	(void)wanted;
	*room_out = uv_buf_init(visit->room, sizeof visit->room - 1);
}

static void on_command(struct visit *visit, const char *tag, const char *command)
{
	const char *answer = doors[visit->door].answer;

	if (strncmp(command, "CAPABILITY", 10) == 0) {
		say(visit, "* CAPABILITY IMAP4rev1\r\n", tag, "OK done");
	} else if (strncmp(command, "LOGIN", 5) == 0) {
		server.n_logins[visit->door]++;
		if (strncmp(command, "LOGIN \"anna\"", 12) == 0)
			answer = doors[visit->door].answer_to_local_part;
		if (answer)
			say(visit, "", tag, answer);
	} else {
		say(visit, "", tag, "OK done");
	}
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
	struct visit *visit = stream->data;
	char *blank;

	(void)room;
	if (n < 0) {
		uv_close((uv_handle_t *)stream, on_closed);
		return;
	}
	visit->room[n] = '\0';
	blank = strchr(visit->room, ' ');
	if (blank && visit->door != SILENT) {
		*blank = '\0';
		on_command(visit, visit->room, blank + 1);
	}
}

static void on_visit(uv_stream_t *door, int status)
{
	struct visit *visit = calloc(1, sizeof *visit);

	(void)status;
	uv_tcp_init(&server.loop, &visit->tcp);
	visit->tcp.data = visit;
	visit->door = (enum door)((uv_tcp_t *)door - server.doors);
	uv_accept(door, (uv_stream_t *)&visit->tcp);
	uv_read_start((uv_stream_t *)&visit->tcp, on_room, on_read);
	if (visit->door != SILENT)
		say(visit, "", "*", "OK ready");
}

static void close_one(uv_handle_t *handle, void *context)
{
	(void)context;
	if (!uv_is_closing(handle))
		uv_close(handle, handle->data ? on_closed : NULL);
}

static void on_stop(uv_async_t *stop)
{
	uv_walk(stop->loop, close_one, NULL);
}

static void serve(void *context)
{
	(void)context;
	uv_run(&server.loop, UV_RUN_DEFAULT);
}

static int set_up(void **state)
{
	(void)state;
	uv_loop_init(&server.loop);
	uv_async_init(&server.loop, &server.stop, on_stop);
	for (int i = 0; i < DOORS; i++) {
		struct sockaddr_in address;
		int len = sizeof address;
		const uint8_t *port = (const uint8_t *)&address.sin_port;

		uv_ip4_addr("127.0.0.1", 0, &address);
		uv_tcp_init(&server.loop, &server.doors[i]);
		uv_tcp_bind(&server.doors[i], (const struct sockaddr *)&address, 0);
		uv_tcp_getsockname(&server.doors[i], (struct sockaddr *)&address, &len);
		server.ports[i] = (uint16_t)(port[0] << 8 | port[1]);
		uv_listen((uv_stream_t *)&server.doors[i], 16, on_visit);
	}
	return uv_thread_create(&server.thread, serve, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	uv_async_send(&server.stop);
	uv_thread_join(&server.thread);
	return uv_loop_close(&server.loop);
}

/* As the guard of the program: so many logins a host. */
static bool count_down(void *context, const struct endpoint *endpoint)
{
	int *left = context;

	(void)endpoint;
	return (*left)-- > 0;
}

struct run {
	struct arena *arena;
	struct secret password;
	struct case_facts facts;
	int left;
};

/* Logs in to these doors of one host; returns how many logins the server saw. */
static int log_in(struct run *run, const enum door *at, size_t n, bool has_other, double deadline)
{
	const struct drive_options options = { .deadline = deadline,
					       .ca_file = getenv("POSTMEND_TEST_ANCHOR") };
	struct probe_options wanted = {
		.login = true,
		.user = "anna@example.org",
		.other_user = has_other ? "anna" : NULL,
		.other_form = has_other ? USER_FORM_LOCAL_PART : USER_FORM_NONE,
		.password = &run->password,
		.allow_plain_login = true,
		.may_log_in = count_down,
		.context = &run->left,
	};
	struct endpoint endpoints[4];
	struct drive *drive;
	const char *why;
	int n_logins = 0;

	memset(server.n_logins, 0, sizeof server.n_logins);
	run->arena = arena_new(16 << 20);
	assert_int_equal(secret_init(&run->password, view_of("secret", 6)), ST_OK);
	for (size_t i = 0; i < n; i++)
		endpoints[i] = (struct endpoint){ PROTOCOL_IMAP,       SECURITY_NONE, "127.0.0.1",
						  server.ports[at[i]], NULL,          NULL };
	assert_int_equal(drive_open(&options, run->arena, &drive, &why), ST_OK);
	assert_int_equal(drive_probe(drive, endpoints, n, &wanted, &run->facts), ST_OK);
	assert_true(drive_now(drive) < (moment)(deadline * 1e6) + MOMENT_MS(200));
	drive_close(&drive);
	secret_fini(&run->password);
	assert_int_equal(run->facts.n_endpoints, n);
	for (int i = 0; i < DOORS; i++)
		n_logins += server.n_logins[i];
	return n_logins;
}

static void the_other_form_of_the_name(void **state)
{
	static const struct {
		const char *name;
		enum door door;
		bool has_other;
		int allowed, logins;
		enum login_outcome login, other;
	} rows[] = {
		{ "taken", LOCAL_PART, true, 2, 2, LOGIN_REFUSED, LOGIN_ACCEPTED },
		{ "refused too", WRONG, true, 2, 2, LOGIN_REFUSED, LOGIN_REFUSED },
		{ "not answered", HANGS, true, 2, 2, LOGIN_REFUSED, LOGIN_NOT_FINISHED },
		{ "the guard allows one", LOCAL_PART, true, 1, 1, LOGIN_REFUSED, LOGIN_NOT_ASKED },
		{ "no other form", LOCAL_PART, false, 2, 1, LOGIN_REFUSED, LOGIN_NOT_ASKED },
		{ "too many", LIMIT, true, 2, 1, LOGIN_REFUSED, LOGIN_NOT_ASKED },
		{ "application password", APP_PASSWORD, true, 2, 1, LOGIN_REFUSED, LOGIN_NOT_ASKED },
		{ "no reason given", WORDLESS, true, 2, 1, LOGIN_REFUSED, LOGIN_NOT_ASKED },
		{ "back end down", UNAVAILABLE, true, 2, 1, LOGIN_REFUSED, LOGIN_NOT_ASKED },
		{ "accepted at once", GOOD, true, 2, 1, LOGIN_ACCEPTED, LOGIN_NOT_ASKED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct run run = { .left = rows[i].allowed };
		int logins = log_in(&run, &rows[i].door, 1, rows[i].has_other, 1);
		const struct endpoint_facts *facts = run.facts.endpoints[0];
		bool tried = rows[i].other != LOGIN_NOT_ASKED;

		if (logins != rows[i].logins || facts->login != rows[i].login ||
		    facts->other_login != rows[i].other ||
		    facts->other_form != (tried ? USER_FORM_LOCAL_PART : USER_FORM_NONE))
			fail_msg("%s: %d logins, outcomes %d and %d", rows[i].name, logins, facts->login,
				 facts->other_login);
		arena_drop(&run.arena);
	}
}

/* The second login that a host takes goes to the other form, not to the other door. */
static void doors_of_one_host(void **state)
{
	const enum door at[] = { LOCAL_PART, LOCAL_PART, LOCAL_PART };
	struct run run = { .left = 2 };

	(void)state;
	assert_int_equal(log_in(&run, at, 3, true, 2), 2);
	assert_int_equal(run.facts.endpoints[0]->other_login, LOGIN_ACCEPTED);
	for (size_t i = 1; i < 3; i++) {
		assert_int_equal(run.facts.endpoints[i]->login, LOGIN_HELD_BACK);
		assert_int_equal(run.facts.endpoints[i]->other_login, LOGIN_NOT_ASKED);
		assert_non_null(facts_step(run.facts.endpoints[i], STEP_LOGOUT));
	}
	arena_drop(&run.arena);
}

static void healthy_doors_of_one_host(void **state)
{
	const enum door at[] = { GOOD, GOOD };
	struct run run = { .left = 2 };

	(void)state;
	assert_int_equal(log_in(&run, at, 2, true, 2), 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(run.facts.endpoints[i]->login, LOGIN_ACCEPTED);
	arena_drop(&run.arena);
}

static void a_silent_door_holds_nobody_up(void **state)
{
	const enum door at[] = { SILENT, LOCAL_PART };
	struct run run = { .left = 2 };

	(void)state;
	assert_int_equal(log_in(&run, at, 2, true, 1.2), 2);
	assert_int_equal(run.facts.endpoints[1]->login, LOGIN_REFUSED);
	assert_int_equal(run.facts.endpoints[1]->other_login, LOGIN_ACCEPTED);
	arena_drop(&run.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_other_form_of_the_name),
		cmocka_unit_test(doors_of_one_host),
		cmocka_unit_test(healthy_doors_of_one_host),
		cmocka_unit_test(a_silent_door_holds_nobody_up),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
