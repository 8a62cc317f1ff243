/* This file tests which servers of a search are probed and which are reported. */
#include "app/choose.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena; /* of all tests */

static struct settings_facts *make(void)
{
	return arena_alloc(arena, sizeof(struct settings_facts));
}

static void add(struct settings_facts *settings, enum protocol protocol, const char *host, uint16_t port,
		enum source source)
{
	settings->servers[settings->n_servers++] = (struct server_settings){
		.endpoint = { .protocol = protocol, .security = SECURITY_TLS, .host = host, .port = port },
		.source = source,
	};
}

/* The best of each protocol, alternatives left for later. */
static void test_first(void **state)
{
	struct settings_facts *settings = make();
	struct endpoint out[CHOOSE_MAX];

	(void)state;
	add(settings, PROTOCOL_IMAP, "a", 993, SOURCE_PROVIDER);
	add(settings, PROTOCOL_IMAP, "b", 993, SOURCE_SRV);
	add(settings, PROTOCOL_SMTP, "c", 465, SOURCE_AUTOCONFIG);
	add(settings, PROTOCOL_SMTP, "d", 465, SOURCE_GUESS);
	assert_int_equal(choose_first(settings, out), 2);
	assert_string_equal(out[0].host, "a");
	assert_string_equal(out[1].host, "c");
}

/* Guesses share the room: no protocol takes it all. */
static void test_guesses(void **state)
{
	static const char *const hosts[] = { "a", "b", "c", "d", "e", "f" };
	struct settings_facts *settings = make();
	struct endpoint out[CHOOSE_MAX];

	(void)state;
	for (size_t p = 0; p < 3; p++)
		for (size_t i = 0; i < COUNT_OF(hosts); i++)
			add(settings, (enum protocol)p, hosts[i], 993, SOURCE_GUESS);
	assert_int_equal(choose_first(settings, out), CHOOSE_MAX);
	assert_int_equal(out[0].protocol, PROTOCOL_IMAP);
	assert_int_equal(out[CHOOSE_MAX - 1].protocol, PROTOCOL_SMTP);
}

static void test_nothing(void **state)
{
	struct settings_facts *settings = make();
	struct case_facts facts = { 0 };
	struct endpoint out[CHOOSE_MAX];

	(void)state;
	assert_int_equal(choose_first(settings, out), 0);
	assert_int_equal(choose_again(settings, &facts, out), 0);
	choose_keep(settings, &facts, 0);
	assert_int_equal(facts.n_endpoints, 0);
}

static struct endpoint_facts *probed(const struct server_settings *server, bool answers)
{
	struct endpoint_facts *facts = arena_alloc(arena, sizeof *facts);

	facts->endpoint = server->endpoint;
	facts->url = server->endpoint.host;
	facts->steps[facts->n_steps++] = (struct step){ .name = STEP_CONNECT, .ok = answers };
	if (answers)
		facts->steps[facts->n_steps++] = (struct step){ .name = STEP_GREETING, .ok = true };
	return facts;
}

/* The second round is for protocols that let nobody in, and what it brings
 * counts only when it answers. */
static void test_again(void **state)
{
	struct settings_facts *settings = make();
	struct endpoint out[CHOOSE_MAX];
	struct endpoint_facts *list[4];
	struct case_facts facts;

	(void)state;
	add(settings, PROTOCOL_IMAP, "a", 993, SOURCE_PROVIDER);
	add(settings, PROTOCOL_IMAP, "b", 993, SOURCE_SRV);
	add(settings, PROTOCOL_IMAP, "c", 993, SOURCE_GUESS);
	add(settings, PROTOCOL_SMTP, "d", 465, SOURCE_PROVIDER);
	add(settings, PROTOCOL_SMTP, "e", 465, SOURCE_SRV);
	list[0] = probed(&settings->servers[0], false);
	list[1] = probed(&settings->servers[3], true);
	facts = (struct case_facts){ .endpoints = (const struct endpoint_facts *const *)list,
				     .n_endpoints = 2 };
	assert_int_equal(choose_again(settings, &facts, out), 1);
	assert_string_equal(out[0].host, "b");
	list[2] = probed(&settings->servers[1], false);
	facts.n_endpoints = 3;
	choose_keep(settings, &facts, 2);
	assert_int_equal(facts.n_endpoints, 2);
	list[2] = probed(&settings->servers[1], true);
	facts.n_endpoints = 3;
	choose_keep(settings, &facts, 2);
	assert_int_equal(facts.n_endpoints, 3);
}

static void test_idle_guesses(void **state)
{
	struct settings_facts *settings = make();
	struct endpoint_facts *list[3];
	struct case_facts facts;

	(void)state;
	for (int i = 0; i < 2; i++)
		add(settings, PROTOCOL_IMAP, i ? "mail" : "imap", 993, SOURCE_GUESS);
	list[0] = probed(&settings->servers[0], false);
	list[1] = probed(&settings->servers[1], false);
	facts = (struct case_facts){ .endpoints = (const struct endpoint_facts *const *)list,
				     .n_endpoints = 2 };
	choose_keep(settings, &facts, 2);
	assert_int_equal(facts.n_endpoints, 2);
	/* One that answers makes the others noise, but for its own other address. */
	list[2] = probed(&settings->servers[1], true);
	facts.n_endpoints = 3;
	list[0] = probed(&settings->servers[0], false);
	choose_keep(settings, &facts, 3);
	assert_int_equal(facts.n_endpoints, 2);
	assert_string_equal(facts.endpoints[0]->url, "mail");
	assert_string_equal(facts.endpoints[1]->url, "mail");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first),        cmocka_unit_test(test_guesses),
		cmocka_unit_test(test_nothing),      cmocka_unit_test(test_again),
		cmocka_unit_test(test_idle_guesses),
	};

	int failed;

	arena = arena_new(1 << 22);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_drop(&arena);
	return failed;
}
