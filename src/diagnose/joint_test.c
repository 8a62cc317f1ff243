/* This file tests that a setting explains what its server said, and nothing that another server said. */
#include "diagnose/joint.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(8 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_drop(&arena);
	return 0;
}

struct row {
	const char *name;
	enum code setting;
	enum severity severity;
	enum code network;
	const char *url, *domain; /* of the network's finding */
	const char *causes;
};

#define MINE  "imaps://imap.example.org:993"
#define OTHER "imaps://imap.example.com:993"

static const struct row rows[] = {
	{ "a port explains what its server said", CODE_ACCOUNT_PORT_ENCRYPTION_MISMATCH, SEVERITY_FAULT,
	  CODE_TLS_PORT_SPEAKS_PLAIN, MINE, NULL, "account-port-encryption-mismatch" },
	{ "not what another server said", CODE_ACCOUNT_PORT_ENCRYPTION_MISMATCH, SEVERITY_FAULT,
	  CODE_TLS_PORT_SPEAKS_PLAIN, OTHER, NULL, "account-port-encryption-mismatch tls-port-speaks-plain" },
	{ "not an expired certificate's neighbour", CODE_ACCOUNT_TIMEOUT_SHORT, SEVERITY_WARNING,
	  CODE_TLS_CERTIFICATE_EXPIRED, MINE, NULL, "tls-certificate-expired account-timeout-short" },
	{ "a wrong host explains that there is none", CODE_ACCOUNT_HOST_WRONG, SEVERITY_WARNING,
	  CODE_DNS_HOST_UNKNOWN, NULL, "imap.example.org", "account-host-wrong" },
	{ "another host that does not exist", CODE_ACCOUNT_HOST_WRONG, SEVERITY_WARNING,
	  CODE_DNS_HOST_UNKNOWN, NULL, "imap.example.com", "dns-host-unknown account-host-wrong" },
	{ "advice explains nothing", CODE_ACCOUNT_PORT_ENCRYPTION_MISMATCH, SEVERITY_ADVICE,
	  CODE_TLS_PORT_SPEAKS_PLAIN, MINE, NULL, "tls-port-speaks-plain" },
	{ "a refused login is no port's doing", CODE_ACCOUNT_PORT_ENCRYPTION_MISMATCH, SEVERITY_FAULT,
	  CODE_AUTH_LOGIN_REFUSED, MINE, NULL, "account-port-encryption-mismatch auth-login-refused" },
};

static const char *causes_of(const struct diagnosis *diagnosis)
{
	const char *text = "";

	for (size_t i = 0; i < diagnosis->n_causes; i++)
		text = arena_printf(arena, "%s%s%s", text, *text ? " " : "",
				    catalogue_row(diagnosis->causes[i]->code)->slug);
	return text;
}

static void joined(void **state)
{
	static const struct joint_server servers[] = {
		{ "outlook", "Main", "Work", "imap.example.org", MINE },
		{ "outlook", "Main", "Home", "imap.example.com", OTHER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		const struct subject account = {
			.kind = SUBJECT_ACCOUNT, .client = "outlook", .profile = "Main", .name = "Work"
		};
		const struct subject there = { .kind = row->url ? SUBJECT_ENDPOINT : SUBJECT_DOMAIN,
					       .url = row->url,
					       .name = row->domain };
		struct joint_case facts = { .settings = finding_sink_new(arena),
					    .network = finding_sink_new(arena),
					    .servers = servers,
					    .n_servers = COUNT_OF(servers),
					    .headline = "Fine." };
		struct diagnosis network = { .verdict = VERDICT_TROUBLE, .n_causes = 1 }, out;

		finding_add(facts.settings, row->setting, &account)->severity = row->severity;
		network.causes[0] = finding_add(facts.network, row->network, &there);
		facts.diagnosis = &network;
		assert_int_equal(joint_diagnose(arena, &facts, &out), ST_OK);
		if (strcmp(causes_of(&out), row->causes) != 0)
			fail_msg("%s: \"%s\"", row->name, causes_of(&out));
		assert_int_equal(finding_count(facts.settings), 2);
	}
}

static void nothing(void **state)
{
	struct joint_case facts = { .settings = finding_sink_new(arena),
				    .network = finding_sink_new(arena),
				    .headline = "Fine." };
	struct diagnosis network = { .verdict = VERDICT_UNDECIDED,
				     .headline = "Open.",
				     .next_test = "Wait." },
			 out;

	(void)state;
	assert_int_equal(joint_diagnose(arena, &facts, &out), ST_OK);
	assert_int_equal(out.verdict, VERDICT_HEALTHY);
	assert_string_equal(out.headline, "Fine.");
	facts.diagnosis = &network;
	assert_int_equal(joint_diagnose(arena, &facts, &out), ST_OK);
	assert_int_equal(out.verdict, VERDICT_UNDECIDED);
	assert_string_equal(out.next_test, "Wait.");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(joined, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
