/* This file tests the diagnosis as a whole: names, settings, several servers, healthy set-ups, determinism.
 */
#include "diagnose/diagnose.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diagnose/case_expect.h"

#define HOST "mail.example.org"

static struct endpoint_facts *unresolved(struct maker *m, const char *url)
{
	struct endpoint_facts *e = maker_good(m, url);

	e->address = NULL;
	e->family = 0;
	e->tls = NULL;
	e->greeting = GREETING_NONE;
	e->n_steps = 0;
	maker_step(e, STEP_RESOLVE, STEP_ERROR_UNREACHABLE);
	return e;
}

static void names(void **state)
{
	static const struct {
		const char *name, *url, *host;
		enum dns_outcome a, aaaa;
		const char *causes;
	} rows[] = {
		{ "unknown", "imaps://mal.example.org:993", "mal.example.org", DNS_NO_NAME, DNS_NO_NAME,
		  "dns-host-unknown" },
		{ "no address", "imaps://example.org:993", "example.org", DNS_NO_DATA, DNS_NO_DATA,
		  "dns-host-unknown" },
		{ "moved", "imaps://incoming.verizon.net:993", "incoming.verizon.net", DNS_NO_NAME,
		  DNS_NO_NAME, "dns-host-retired" },
		{ "silent", "imaps://" HOST ":993", HOST, DNS_TIMEOUT, DNS_TIMEOUT, "dns-resolver-silent" },
		{ "refuses", "imaps://" HOST ":993", HOST, DNS_REFUSED, DNS_TIMEOUT, "dns-resolver-silent" },
		{ "fails for this name", "imaps://" HOST ":993", HOST, DNS_SERVFAIL, DNS_SERVFAIL,
		  "dns-host-unresolved" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;

		maker_init(&m);
		unresolved(&m, rows[i].url);
		maker_dns(&m, rows[i].host, 1, rows[i].a);
		maker_dns(&m, rows[i].host, 28, rows[i].aaaa);
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static void addresses(void **state)
{
	static const struct {
		const char *name, *url, *address;
		enum step_error connect;
		const char *causes;
	} rows[] = {
		{ "big house, private", "imaps://imap.gmail.com:993", "127.0.0.1", STEP_ERROR_REFUSED,
		  "dns-answers-private" },
		{ "public name, private and dead", "imaps://" HOST ":993", "192.168.1.2", STEP_ERROR_TIMEOUT,
		  "dns-answers-private" },
		{ "server on this computer is down", "imaps://" HOST ":993", "127.0.0.1", STEP_ERROR_REFUSED,
		  "tcp-port-refused" },
		{ "a name of the house is down", "imaps://nas.local:993", "192.168.1.2", STEP_ERROR_REFUSED,
		  "tcp-port-refused" },
		{ "an address is down", "imaps://192.168.1.2:993", "192.168.1.2", STEP_ERROR_REFUSED,
		  "tcp-port-refused" },
		{ "control: server at home", "imaps://" HOST ":993", "192.168.1.2", STEP_ERROR_NONE, "" },
		{ "control: server on this computer", "imaps://" HOST ":993", "127.0.0.1", STEP_ERROR_NONE,
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, rows[i].url);
		e->address = rows[i].address;
		if (rows[i].connect != STEP_ERROR_NONE) {
			maker_stop(e, STEP_CONNECT, rows[i].connect);
			e->tls = NULL;
			e->greeting = GREETING_NONE;
			e->first_bytes = STR("");
		}
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static struct endpoint_facts *dead(struct maker *m, const char *url, const char *address, int family,
				   enum step_error error)
{
	struct endpoint_facts *e = maker_good(m, url);

	e->address = address;
	e->family = family;
	e->chosen = false;
	e->tls = NULL;
	e->greeting = GREETING_NONE;
	e->first_bytes = STR("");
	maker_stop(e, STEP_CONNECT, error);
	return e;
}

static void several_addresses(void **state)
{
	static const struct {
		const char *name, *address;
		int family;
		enum step_error error;
		const char *causes;
	} rows[] = {
		{ "IPv6 silent", "2001:db8::1", 6, STEP_ERROR_TIMEOUT, "tcp-ipv6-silent" },
		{ "control: no IPv6 here", "2001:db8::1", 6, STEP_ERROR_UNREACHABLE, "" },
		{ "control: IPv6 refused at once", "2001:db8::1", 6, STEP_ERROR_REFUSED, "" },
		{ "control: another IPv4 address is dead", "198.51.100.8", 4, STEP_ERROR_TIMEOUT, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;

		maker_init(&m);
		dead(&m, "imaps://" HOST ":993", rows[i].address, rows[i].family, rows[i].error);
		maker_good(&m, "imaps://" HOST ":993");
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static void other_ports(void **state)
{
	struct maker m;

	(void)state;
	maker_init(&m);
	dead(&m, "smtp://" HOST ":25", "198.51.100.7", 4, STEP_ERROR_TIMEOUT);
	maker_good(&m, "smtp://" HOST ":587");
	expect(&m, "port 25", "tcp-port-25-silent");

	maker_init(&m);
	dead(&m, "imap://" HOST ":143", "198.51.100.7", 4, STEP_ERROR_REFUSED);
	maker_good(&m, "imaps://" HOST ":993");
	maker_diagnose(&m);
	assert_string_equal(maker_causes(&m), "tcp-port-refused");
	assert_non_null(strstr(m.diagnosis.causes[0]->remedy_text, "993"));
	arena_drop(&m.arena);

	maker_init(&m);
	dead(&m, "imap://" HOST ":143", "198.51.100.7", 4, STEP_ERROR_TIMEOUT);
	dead(&m, "imaps://" HOST ":993", "198.51.100.7", 4, STEP_ERROR_TIMEOUT);
	expect(&m, "one host, two ports, one cause", "tcp-connect-silent");

	maker_init(&m);
	dead(&m, "imap://" HOST ":143", "198.51.100.7", 4, STEP_ERROR_TIMEOUT);
	dead(&m, "imaps://mail.example.net:993", "203.0.113.7", 4, STEP_ERROR_TIMEOUT);
	expect(&m, "two hosts, two causes", "tcp-connect-silent tcp-connect-silent");
}

static void plant(struct endpoint_facts *e, struct tls_facts *tls, enum tls_verify verify)
{
	tls->verify = verify;
	e->tls = tls;
	maker_step(e, STEP_TLS, STEP_ERROR_TLS);
}

static void clocks(void **state)
{
	static const struct {
		const char *name;
		enum tls_verify verify;
		bool tested;
		int64_t off;
		const char *second, *causes;
	} rows[] = {
		{ "two days behind", TLS_VERIFY_NOT_YET, true, -2 * 86400, "imaps://mail.example.net:993",
		  "path-clock-wrong" },
		{ "a year ahead", TLS_VERIFY_EXPIRED, true, 365 * 86400, "imaps://mail.example.net:993",
		  "path-clock-wrong" },
		{ "not tested, two houses", TLS_VERIFY_NOT_YET, false, 0, "imaps://mail.example.net:993",
		  "path-clock-wrong" },
		{ "not tested, one house", TLS_VERIFY_NOT_YET, false, 0, "imaps://imap.example.org:993",
		  "tls-certificate-not-yet-valid tls-certificate-not-yet-valid" },
		{ "right clock", TLS_VERIFY_NOT_YET, true, 3, "imaps://mail.example.net:993",
		  "tls-certificate-not-yet-valid tls-certificate-not-yet-valid" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;
		const char *urls[] = { "imaps://" HOST ":993", rows[i].second };

		maker_init(&m);
		for (size_t k = 0; k < COUNT_OF(urls); k++) {
			struct endpoint_facts *e = maker_good(&m, urls[k]);
			struct tls_facts *tls = maker_tls(&m, e->endpoint.host);

			tls->chain[0].not_before = tls->chain[1].not_before = MAKER_NOW - rows[i].off - 3600;
			tls->chain[0].not_after = tls->chain[1].not_after = MAKER_NOW - rows[i].off + 3600;
			plant(e, tls, rows[i].verify);
		}
		m.facts.path.clock_tested = rows[i].tested;
		m.facts.path.clock_off_seconds = rows[i].off;
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static void one_cause_for_many(void **state)
{
	struct maker m;
	struct endpoint_facts *e;
	struct tls_facts *tls;

	(void)state;
	maker_init(&m);
	for (size_t i = 0; i < 2; i++) {
		e = maker_good(&m, i ? "smtps://smtp.example.net:465" : "imaps://" HOST ":993");
		tls = maker_tls(&m, e->endpoint.host);
		tls->chain[0].issuer_cn = "AVG Web/Mail Shield Root";
		plant(e, tls, TLS_VERIFY_UNKNOWN_ROOT);
	}
	expect(&m, "a scanner on several hosts", "scanner-certificate-issued");

	maker_init(&m);
	for (size_t i = 0; i < 2; i++) {
		e = maker_good(&m, i ? "smtps://mail.example.net:465" : "imaps://imap.gmail.com:993");
		tls = maker_tls(&m, e->endpoint.host);
		tls->chain[0].issuer = "CN=Office Filter";
		tls->chain[0].issuer_cn = "Office Filter";
		plant(e, tls, TLS_VERIFY_UNKNOWN_ROOT);
	}
	maker_diagnose(&m);
	assert_non_null(
		finding_find(m.sink, "path-gateway-certificate@imaps://imap.gmail.com:993#198.51.100.7"));
	arena_drop(&m.arena);

	/* A portal: every name leads to it, and it answers in its own way. */
	maker_init(&m);
	m.facts.path.wildcard_tested = m.facts.path.wildcard_answers = true;
	m.facts.path.wildcard_address = "198.51.100.7";
	for (size_t i = 0; i < 2; i++) {
		e = maker_good(&m, i ? "smtps://smtp.example.net:465" : "imaps://" HOST ":993");
		tls = maker_tls(&m, e->endpoint.host);
		tls->name_matches = false;
		plant(e, tls, TLS_VERIFY_SELF_SIGNED);
	}
	expect(&m, "portal", "path-portal-answers");

	/* The control: the same wild card in front of servers that prove who they are. */
	maker_init(&m);
	m.facts.path.wildcard_tested = m.facts.path.wildcard_answers = true;
	m.facts.path.wildcard_address = "198.51.100.7";
	maker_good(&m, "imaps://" HOST ":993");
	expect(&m, "control: wild card", "");
}

static void two_faults_are_two_causes(void **state)
{
	struct maker m;
	struct endpoint_facts *e;

	(void)state;
	maker_init(&m);
	e = maker_good(&m, "imaps://" HOST ":993");
	maker_step(e, STEP_LOGIN, STEP_ERROR_REFUSED);
	e->login = LOGIN_REFUSED;
	maker_said(e, "LOGIN", "P3 NO [AUTHENTICATIONFAILED] no");
	dead(&m, "smtp://" HOST ":587", "198.51.100.7", 4, STEP_ERROR_REFUSED);
	expect(&m, "refused and wrong", "tcp-port-refused auth-password-wrong");

	maker_init(&m);
	dead(&m, "imaps://" HOST ":993", "2001:db8::1", 6, STEP_ERROR_TIMEOUT);
	e = maker_good(&m, "imaps://" HOST ":993");
	plant(e, maker_tls(&m, HOST), TLS_VERIFY_EXPIRED);
	expect(&m, "a fault before a warning", "tls-certificate-expired tcp-ipv6-silent");

	maker_init(&m);
	for (size_t i = 0; i < 2; i++) {
		e = maker_good(&m, i ? "smtp://smtp.example.org:587" : "imaps://" HOST ":993");
		maker_step(e, STEP_LOGIN, STEP_ERROR_REFUSED);
		e->login = LOGIN_REFUSED;
		maker_said(e, i ? "AUTH PLAIN" : "LOGIN",
			   i ? "535 5.7.8 no" : "P3 NO [AUTHENTICATIONFAILED] no");
	}
	expect(&m, "one account, one password", "auth-password-wrong");
}

static void starttls(void **state)
{
	static const struct {
		const char *name;
		bool offered, masked;
		const char *capability, *said;
		bool injected, kept;
		const char *causes;
	} rows[] = {
		{ "missing", false, false, "SIZE 1000", NULL, false, false, "tls-starttls-missing" },
		{ "stripped", false, true, "SIZE 1000", NULL, false, false, "tls-starttls-stripped" },
		{ "stripped, by the word", false, false, "XXXXXXXA", NULL, false, false,
		  "tls-starttls-stripped" },
		{ "refused", true, false, "SIZE 1000", "454 4.7.0 TLS not available", false, false,
		  "tls-starttls-refused" },
		{ "injected", true, false, "SIZE 1000", NULL, true, false, "tls-starttls-injection" },
		{ "kept", true, false, "SIZE 1000", NULL, false, true, "tls-starttls-injection" },
		{ "control: a word of X", true, false, "XCLIENT", NULL, false, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, "smtp://" HOST ":587");
		e->starttls_offered = rows[i].offered;
		e->starttls_masked = rows[i].masked;
		e->bytes_after_starttls = rows[i].injected;
		e->keeps_early_commands = rows[i].kept;
		e->capabilities[e->n_capabilities++] = str_of(rows[i].capability);
		if (!rows[i].offered || rows[i].said) {
			maker_stop(e, STEP_STARTTLS, STEP_ERROR_REFUSED);
			e->tls = NULL;
		}
		if (rows[i].said)
			maker_said(e, "STARTTLS", rows[i].said);
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static void wrong_security(void **state)
{
	struct maker m;
	struct endpoint_facts *e;
	struct tls_facts *tls;

	(void)state;
	maker_init(&m);
	e = maker_good(&m, "imaps://" HOST ":143");
	e->tls = tls = maker_tls(&m, HOST);
	tls->end = TLS_END_NOT_TLS;
	maker_stop(e, STEP_TLS, STEP_ERROR_TLS);
	expect(&m, "plain", "tls-port-speaks-plain");

	maker_init(&m);
	e = maker_good(&m, "imap://" HOST ":993");
	maker_stop(e, STEP_GREETING, STEP_ERROR_TIMEOUT);
	e->greeting = GREETING_NONE;
	e->first_bytes = STR("");
	e->silent_port_speaks_tls = true;
	expect(&m, "TLS", "tls-port-expects-tls");

	maker_init(&m);
	e = maker_good(&m, "imap://" HOST ":143");
	e->mechanisms = MECHANISM_LOGIN_COMMAND;
	maker_diagnose(&m);
	assert_int_equal(m.diagnosis.verdict, VERDICT_HEALTHY);
	assert_int_equal(finding_at(m.sink, 0)->code, CODE_TLS_LOGIN_BEFORE_TLS);
	arena_drop(&m.arena);

	maker_init(&m);
	e = maker_good(&m, "imaps://" HOST ":993");
	maker_stop(e, STEP_GREETING, STEP_ERROR_LIMIT);
	e->limit_met = "line of 70000 bytes";
	expect(&m, "hostile", "path-server-hostile");

	maker_init(&m);
	e = maker_good(&m, "imaps://" HOST ":993");
	maker_step(e, STEP_GREETING, STEP_ERROR_NONE)->took = MOMENT_S(6);
	expect(&m, "slow", "tcp-greeting-slow");

	maker_init(&m);
	e = maker_good(&m, "imaps://" HOST ":993");
	maker_step(e, STEP_GREETING, STEP_ERROR_NONE)->took = MOMENT_S(4);
	expect(&m, "control: four seconds", "");
}

static void served_by(struct maker *m, const struct endpoint_facts *e, enum source source,
		      struct opinion *opinion)
{
	struct server_settings *server = &m->settings.servers[m->settings.n_servers++];

	*server = (struct server_settings){ .endpoint = e->endpoint, .source = source };
	if (opinion) {
		*opinion = (struct opinion){ .source = source, .where = "record", .endpoint = e->endpoint };
		server->opinions[server->n_opinions++] = opinion;
	}
	m->facts.settings = &m->settings;
}

static void settings(void **state)
{
	static const struct {
		const char *name;
		enum source good, dead;
		const char *dead_url, *causes;
	} rows[] = {
		{ "control: a guess fails", SOURCE_SRV, SOURCE_GUESS, "imap://imap.example.org:143", "" },
		{ "control: a second choice fails", SOURCE_SRV, SOURCE_SRV, "imap://" HOST ":143", "" },
		{ "control: POP3 fails, IMAP works", SOURCE_SRV, SOURCE_SRV, "pop3s://" HOST ":995", "" },
		{ "sending fails", SOURCE_SRV, SOURCE_SRV, "smtps://" HOST ":465", "tcp-port-refused" },
		{ "control: a guess for sending fails", SOURCE_SRV, SOURCE_GUESS, "smtps://" HOST ":465",
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;

		maker_init(&m);
		served_by(&m, maker_good(&m, "imaps://" HOST ":993"), rows[i].good, NULL);
		served_by(&m, dead(&m, rows[i].dead_url, "198.51.100.7", 4, STEP_ERROR_REFUSED), rows[i].dead,
			  NULL);
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static void domains(void **state)
{
	static const struct {
		const char *name;
		enum dns_outcome mx;
		const char *target;
		enum dns_outcome a;
		const char *causes;
	} rows[] = {
		{ "unknown", DNS_NO_NAME, NULL, DNS_NO_NAME, "dns-domain-unknown" },
		{ "null MX", DNS_ANSWERED, ".", DNS_ANSWERED, "dns-domain-no-mail" },
		{ "nothing", DNS_NO_DATA, NULL, DNS_NO_DATA, "dns-domain-no-mail" },
		{ "no IMAP", DNS_ANSWERED, "mail.protonmail.ch", DNS_ANSWERED, "provider-no-imap" },
		{ "control: its own address", DNS_NO_DATA, NULL, DNS_ANSWERED, "" },
		{ "control: MX", DNS_ANSWERED, "mx.example.org", DNS_NO_DATA, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;
		struct dns_facts *mx;

		maker_init(&m);
		served_by(&m, maker_good(&m, "imaps://" HOST ":993"), SOURCE_GUESS, NULL);
		mx = maker_dns(&m, "example.org", 15, rows[i].mx);
		if (rows[i].target)
			mx->records[mx->n_records++] =
				(struct dns_record){ .type = 15, .text = rows[i].target };
		m.settings.dns[m.settings.n_dns++] = mx;
		m.settings.dns[m.settings.n_dns++] = maker_dns(&m, "example.org", 1, rows[i].a);
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static void opinions(void **state)
{
	static const struct {
		const char *name, *other;
		enum source source;
		bool works;
		const char *causes;
	} rows[] = {
		{ "another house", "imaps://imap.old.example:993", SOURCE_AUTOCONFIG, false,
		  "provider-records-disagree" },
		{ "the same house, one dead", "imaps://old.example.org:993", SOURCE_AUTODISCOVER, false,
		  "provider-records-disagree" },
		{ "control: both work", "imaps://imap.example.org:993", SOURCE_AUTOCONFIG, true, "" },
		{ "control: untidy, nobody saw it fail", "imaps://old.example.org:110", SOURCE_AUTODISCOVER,
		  true, "" },
		{ "control: the table knows another name", "imaps://imap.old.example:993", SOURCE_PROVIDER,
		  false, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;
		struct opinion one, two;
		struct endpoint_facts *e;

		maker_init(&m);
		served_by(&m, maker_good(&m, "imaps://" HOST ":993"), SOURCE_SRV, &one);
		e = rows[i].works ? maker_good(&m, rows[i].other)
				  : dead(&m, rows[i].other, "198.51.100.9", 4, STEP_ERROR_TIMEOUT);
		two = (struct opinion){ .source = rows[i].source, .where = "file", .endpoint = e->endpoint };
		m.settings.servers[0].opinions[m.settings.servers[0].n_opinions++] = &two;
		served_by(&m, e, rows[i].source, NULL);
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static void protocols_not_offered(void **state)
{
	struct maker m;

	(void)state;
	maker_init(&m);
	served_by(&m, maker_good(&m, "imaps://" HOST ":993"), SOURCE_SRV, NULL);
	m.settings.not_offered[m.settings.n_not_offered++] =
		(struct not_offered){ PROTOCOL_POP3, "_pop3s._tcp" };
	maker_diagnose(&m);
	assert_int_equal(m.diagnosis.verdict, VERDICT_HEALTHY);
	assert_int_equal(finding_count(m.sink), 1);
	assert_int_equal(finding_at(m.sink, 0)->code, CODE_PROVIDER_PROTOCOL_NOT_OFFERED);
	arena_drop(&m.arena);
}

static void nothing_measured_decides_nothing(void **state)
{
	struct maker m;
	struct endpoint_facts *e;

	(void)state;
	maker_init(&m);
	maker_diagnose(&m);
	assert_int_equal(m.diagnosis.verdict, VERDICT_UNDECIDED);
	arena_drop(&m.arena);

	maker_init(&m);
	e = maker_good(&m, "imaps://" HOST ":993");
	e->n_steps = 0;
	e->tls = NULL;
	e->greeting = GREETING_NONE;
	maker_diagnose(&m);
	assert_int_equal(m.diagnosis.verdict, VERDICT_UNDECIDED);
	assert_non_null(m.diagnosis.next_test);
	arena_drop(&m.arena);
}

/* The same facts give the same words, in the same order. */
static void twice_is_the_same(void **state)
{
	const char *keys[2] = { "", "" }, *headline[2] = { NULL };
	struct maker m[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct endpoint_facts *e;

		maker_init(&m[i]);
		e = maker_good(&m[i], "imaps://" HOST ":993");
		plant(e, maker_tls(&m[i], HOST), TLS_VERIFY_EXPIRED);
		dead(&m[i], "smtp://" HOST ":587", "198.51.100.7", 4, STEP_ERROR_TIMEOUT);
		maker_diagnose(&m[i]);
		for (size_t k = 0; k < finding_count(m[i].sink); k++)
			keys[i] = arena_printf(m[i].arena, "%s %s", keys[i], finding_at(m[i].sink, k)->key);
		headline[i] = m[i].diagnosis.headline;
		assert_true(m[i].diagnosis.n_excluded > 1);
		assert_non_null(m[i].diagnosis.next_test);
	}
	assert_string_equal(keys[0], keys[1]);
	assert_string_equal(headline[0], headline[1]);
	arena_drop(&m[0].arena);
	arena_drop(&m[1].arena);
}

/* Whichever allocation fails: no crash, and the status says so. */
static void memory_may_end_anywhere(void **state)
{
	enum status status = ST_NOMEM;

	(void)state;
	for (unsigned n = 1; status != ST_OK; n++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, "imaps://" HOST ":993");
		plant(e, maker_tls(&m, HOST), TLS_VERIFY_EXPIRED);
		m.sink = finding_sink_new(m.arena);
		arena_fail_at(n, n % 2 == 0);
		status = diagnose(m.arena, &m.facts, m.sink, &m.diagnosis);
		arena_fail_at(0, false);
		arena_drop(&m.arena);
		assert_true(n < 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(addresses),
		cmocka_unit_test(several_addresses),
		cmocka_unit_test(other_ports),
		cmocka_unit_test(clocks),
		cmocka_unit_test(one_cause_for_many),
		cmocka_unit_test(two_faults_are_two_causes),
		cmocka_unit_test(starttls),
		cmocka_unit_test(wrong_security),
		cmocka_unit_test(settings),
		cmocka_unit_test(domains),
		cmocka_unit_test(opinions),
		cmocka_unit_test(protocols_not_offered),
		cmocka_unit_test(nothing_measured_decides_nothing),
		cmocka_unit_test(twice_is_the_same),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
