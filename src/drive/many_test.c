/* This file tests 2,000 endpoints with 1,024 descriptors: a server in a process of its own, so that the
 * bound is the client's alone. */
#include "drive/drive.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ENDPOINTS = 2000, DESCRIPTORS = 1024, MEMORY_EACH = 256 * 1024 };

static pid_t server;
static uint16_t port;

static void serve(int door)
{
	static const char words[] = "* BYE nothing here\r\n";

	for (;;) {
		int visitor = accept(door, NULL, NULL);

		if (visitor < 0)
			continue;
		if (write(visitor, words, sizeof words - 1) < 0)
			continue;
		shutdown(visitor, SHUT_WR);
		close(visitor);
	}
}

static int set_up(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct rlimit files = { DESCRIPTORS, DESCRIPTORS };
	socklen_t len = sizeof address;
	int door = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	if (bind(door, (const struct sockaddr *)&address, len) != 0 || listen(door, 1024) != 0 ||
	    getsockname(door, (struct sockaddr *)&address, &len) != 0)
		return -1;
	port = ntohs(address.sin_port);
	server = fork();
	if (server == 0)
		serve(door);
	close(door);
	return setrlimit(RLIMIT_NOFILE, &files);
}

static int tear_down(void **state)
{
	(void)state;
	kill(server, SIGKILL);
	return waitpid(server, NULL, 0) == server ? 0 : -1;
}

static void probe_all(void)
{
	const struct drive_options options = { .deadline = 30 };
	struct endpoint *endpoints = calloc(ENDPOINTS, sizeof *endpoints);
	struct arena *arena = arena_new((size_t)ENDPOINTS * MEMORY_EACH);
	const struct probe_options nothing = { 0 };
	struct case_facts facts = { 0 };
	struct drive *drive;
	const char *why;

	for (size_t i = 0; i < ENDPOINTS; i++)
		endpoints[i] =
			(struct endpoint){ PROTOCOL_IMAP, SECURITY_NONE, "127.0.0.1", port, NULL, NULL };
	assert_int_equal(drive_open(&options, arena, &drive, &why), ST_OK);
	assert_int_equal(drive_probe(drive, endpoints, ENDPOINTS, &nothing, &facts), ST_OK);
	drive_close(&drive);
	assert_int_equal(facts.n_endpoints, ENDPOINTS);
	for (size_t i = 0; i < ENDPOINTS; i++)
		assert_int_equal(facts.endpoints[i]->greeting, GREETING_IMAP_BYE);
	arena_drop(&arena);
	free(endpoints);
}

static void more_endpoints_than_descriptors(void **state)
{
	(void)state;
	probe_all();
}

/* Somebody else in the process holds most of them, which nobody told us. */
static void fewer_descriptors_than_the_system_says(void **state)
{
	static int held[DESCRIPTORS];
	size_t n = 0;

	(void)state;
	while (n < DESCRIPTORS - 100)
		if ((held[n++] = dup(0)) < 0)
			break;
	probe_all();
	while (n-- > 0)
		close(held[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_endpoints_than_descriptors),
		cmocka_unit_test(fewer_descriptors_than_the_system_says),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
