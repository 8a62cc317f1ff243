/* This file tests the rules about the way to a server: names, connections, TLS, greetings. Each fault has a
 * control, one thing apart, that must stay unnamed. */
#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diagnose/case_expect.h"

#define HOST  "mail.example.org"
#define IMAPS "imaps://" HOST ":993"
#define IMAP  "imap://" HOST ":143"
#define POP3S "pop3s://" HOST ":995"
#define SMTP  "smtp://" HOST ":587"
#define SMTPS "smtps://" HOST ":465"

static const struct {
	const char *name, *url;
	enum step_name step;
	enum step_error error;
	const char *causes;
} ends[] = {
	{ "refused", IMAPS, STEP_CONNECT, STEP_ERROR_REFUSED, "tcp-port-refused" },
	{ "silent", IMAPS, STEP_CONNECT, STEP_ERROR_TIMEOUT, "tcp-connect-silent" },
	{ "no way", IMAPS, STEP_CONNECT, STEP_ERROR_UNREACHABLE, "tcp-host-unreachable" },
	{ "reset at connect", IMAPS, STEP_CONNECT, STEP_ERROR_RESET, "tcp-connection-reset" },
	{ "reset at greeting", IMAP, STEP_GREETING, STEP_ERROR_RESET, "tcp-connection-reset" },
	{ "reset in TLS", IMAPS, STEP_TLS, STEP_ERROR_RESET, "tcp-connection-reset" },
	{ "closed at greeting", SMTP, STEP_GREETING, STEP_ERROR_CLOSED, "tcp-connection-closed" },
	{ "silent greeting", SMTP, STEP_GREETING, STEP_ERROR_TIMEOUT, "tcp-greeting-silent" },
	{ "silent greeting in TLS", IMAPS, STEP_GREETING, STEP_ERROR_TIMEOUT, "tcp-greeting-silent" },
	{ "control: goodbye fails", IMAPS, STEP_LOGOUT, STEP_ERROR_CLOSED, "" },
};

static void steps_that_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, ends[i].url);
		maker_stop(e, ends[i].step, ends[i].error);
		if (ends[i].step != STEP_LOGOUT) {
			e->first_bytes = STR("");
			e->greeting = GREETING_NONE;
		}
		if (ends[i].step < STEP_TLS && e->endpoint.security != SECURITY_TLS)
			e->tls = NULL;
		expect(&m, ends[i].name, ends[i].causes);
	}
}

static const struct {
	const char *name, *url, *line;
	enum greeting greeting;
	const char *causes;
} greetings[] = {
	{ "POP3 for IMAP", IMAPS, "+OK ready", GREETING_POP3, "imap-port-speaks-pop3" },
	{ "POP3 error for IMAP", IMAPS, "-ERR busy", GREETING_POP3_ERR, "imap-port-speaks-pop3" },
	{ "IMAP for POP3", POP3S, "* OK ready", GREETING_IMAP, "pop3-port-speaks-imap" },
	{ "SMTP for IMAP", IMAPS, "220 mail ESMTP", GREETING_SMTP, "tcp-port-speaks-other" },
	{ "SSH", IMAP, "SSH-2.0-OpenSSH_9.2p1", GREETING_OTHER, "tcp-port-speaks-other" },
	{ "portal", IMAP, "HTTP/1.1 302 Found", GREETING_HTTP, "path-portal-answers" },
	{ "portal on a TLS port", "imap://" HOST ":993", "<html>", GREETING_HTTP, "path-portal-answers" },
	{ "web server on its port", "imap://" HOST ":80", "HTTP/1.1 400 Bad", GREETING_HTTP,
	  "tcp-port-speaks-other" },
	{ "TLS alert on a plain port", IMAP, "\x15\x03\x01", GREETING_TLS, "tls-port-expects-tls" },
	{ "BYE", IMAPS, "* BYE Internal error", GREETING_IMAP_BYE, "imap-server-unusable" },
	{ "BYE too many", IMAPS, "* BYE [UNAVAILABLE] Maximum number of connections from user+IP exceeded",
	  GREETING_IMAP_BYE, "imap-connections-too-many" },
	{ "-ERR", POP3S, "-ERR Internal server error", GREETING_POP3_ERR, "pop3-server-unusable" },
	{ "-ERR too many", POP3S, "-ERR [SYS/TEMP] Too many connections from your address", GREETING_POP3_ERR,
	  "pop3-connections-too-many" },
	{ "421", SMTP, "421 4.3.2 Service not available", GREETING_SMTP_NO, "smtp-service-refused" },
	{ "554", SMTP, "554 5.3.2 No SMTP service here", GREETING_SMTP_NO, "smtp-service-refused" },
	{ "421 too many", SMTP, "421 4.7.0 Error: too many connections from 192.0.2.1", GREETING_SMTP_NO,
	  "smtp-connections-too-many" },
	{ "554 blocked", SMTP, "554 5.7.1 client host [192.0.2.1] blocked using list.example",
	  GREETING_SMTP_NO, "smtp-client-blocked" },
	{ "masked banner", SMTP, "220 ****************2***0**", GREETING_OTHER, "tls-starttls-stripped" },
	{ "control: odd words", IMAPS, "* OK [CAPABILITY IMAP4rev1] 554 +OK HTTP/1.1", GREETING_IMAP, "" },
	{ "control: PREAUTH", IMAPS, "* PREAUTH ready", GREETING_IMAP, "" },
	{ "control: an asterisk or two", SMTP, "220 ** mail **", GREETING_SMTP, "" },
};

static void greetings_of_all_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(greetings); i++) {
		struct maker m;
		struct endpoint_facts *e;

		maker_init(&m);
		e = maker_good(&m, greetings[i].url);
		e->greeting = greetings[i].greeting;
		e->first_bytes = str_of(greetings[i].line);
		if (*greetings[i].causes)
			maker_stop(e, STEP_GREETING, STEP_ERROR_PROTOCOL);
		if (*greetings[i].causes && e->endpoint.security == SECURITY_STARTTLS)
			e->tls = NULL;
		expect(&m, greetings[i].name, greetings[i].causes);
	}
}

static const struct {
	const char *name;
	enum tls_end end;
	int alert;
	struct tls_versions versions;
	bool wants_client;
	const char *causes;
} handshakes[] = {
	{ "cut", TLS_END_CLOSED, -1, { 0 }, false, "tls-handshake-cut" },
	{ "silent", TLS_END_TIMEOUT, -1, { 0 }, false, "tls-handshake-silent" },
	{ "no version", TLS_END_VERSION, 70, { 0 }, false, "tls-version-old" },
	{ "old alone, by alert",
	  TLS_END_ALERT,
	  40,
	  { .tls10 = TLS_TAKEN_YES, .tls12 = TLS_TAKEN_NO },
	  false,
	  "tls-version-old" },
	{ "old alone, by silence of the library",
	  TLS_END_OTHER,
	  -1,
	  { .ssl3 = TLS_TAKEN_YES },
	  false,
	  "tls-version-old" },
	{ "old alone, by closing", TLS_END_CLOSED, -1, { .tls11 = TLS_TAKEN_YES }, false, "tls-version-old" },
	{ "weak", TLS_END_CIPHER, -1, { 0 }, false, "tls-cipher-weak" },
	{ "weak, by alert", TLS_END_ALERT, 71, { 0 }, false, "tls-cipher-weak" },
	{ "alert", TLS_END_ALERT, 40, { 0 }, false, "tls-handshake-failed" },
	{ "alert about nothing known", TLS_END_OTHER, -1, { 0 }, false, "tls-handshake-failed" },
	{ "client certificate", TLS_END_ALERT, 40, { 0 }, true, "tls-client-certificate-wanted" },
	{ "client certificate, TLS 1.3", TLS_END_ALERT, 116, { 0 }, true, "tls-client-certificate-wanted" },
	{ "client certificate, closed", TLS_END_CLOSED, -1, { 0 }, true, "tls-client-certificate-wanted" },
	{ "control: asked for one, goes on without", TLS_END_UP, -1, { 0 }, true, "" },
	{ "control: TLS 1.2 and 1.3",
	  TLS_END_UP,
	  -1,
	  { .tls10 = TLS_TAKEN_NO, .tls11 = TLS_TAKEN_NO, .tls12 = TLS_TAKEN_YES, .tls13 = TLS_TAKEN_YES },
	  false,
	  "" },
	{ "control: TLS 1.0 too",
	  TLS_END_UP,
	  -1,
	  { .tls10 = TLS_TAKEN_YES, .tls13 = TLS_TAKEN_YES },
	  false,
	  "" },
	{ "control: nothing known of versions", TLS_END_UP, -1, { 0 }, false, "" },
};

static void handshakes_that_fail(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(handshakes); i++) {
		struct maker m;
		struct endpoint_facts *e;
		struct tls_facts *tls;

		maker_init(&m);
		e = maker_good(&m, i % 2 ? IMAPS : SMTP);
		e->tls = tls = maker_tls(&m, HOST);
		tls->end = handshakes[i].end;
		tls->alert = handshakes[i].alert;
		tls->wants_client_certificate = handshakes[i].wants_client;
		e->versions = handshakes[i].versions;
		if (tls->end != TLS_END_UP) {
			maker_stop(e, STEP_TLS, STEP_ERROR_TLS);
			tls->n_chain = 0;
			tls->verify = TLS_VERIFY_NOT_REACHED;
			tls->version = 0;
		}
		expect(&m, handshakes[i].name, handshakes[i].causes);
	}
}

static const struct {
	const char *name;
	enum tls_verify verify;
	bool wrong_name;
	const char *issuer_cn, *issuer_o, *causes;
} certificates[] = {
	{ "expired", TLS_VERIFY_EXPIRED, false, "R11", NULL, "tls-certificate-expired" },
	{ "not yet", TLS_VERIFY_NOT_YET, false, "R11", NULL, "tls-certificate-not-yet-valid" },
	{ "chain expired", TLS_VERIFY_CHAIN_EXPIRED, false, "R11", NULL, "tls-chain-expired" },
	{ "self-signed", TLS_VERIFY_SELF_SIGNED, false, HOST, NULL, "tls-certificate-self-signed" },
	{ "self-signed by default", TLS_VERIFY_SELF_SIGNED, true, "localhost", NULL,
	  "tls-certificate-self-signed" },
	{ "unknown root", TLS_VERIFY_UNKNOWN_ROOT, false, "My CA", NULL, "tls-certificate-unknown-root" },
	{ "revoked", TLS_VERIFY_REVOKED, false, "R11", NULL, "tls-certificate-revoked" },
	{ "weak", TLS_VERIFY_WEAK, false, "R11", NULL, "tls-certificate-weak" },
	{ "for clients", TLS_VERIFY_WRONG_PURPOSE, false, "R11", NULL, "tls-certificate-wrong-purpose" },
	{ "other", TLS_VERIFY_OTHER, false, "R11", NULL, "tls-certificate-not-trusted" },
	{ "another name", TLS_VERIFY_OK, true, "R11", NULL, "tls-certificate-wrong-host" },
	{ "expired and another name", TLS_VERIFY_EXPIRED, true, "R11", NULL,
	  "tls-certificate-wrong-host tls-certificate-expired" },
	{ "scanner", TLS_VERIFY_UNKNOWN_ROOT, false, "Avast Web/Mail Shield Root", "Avast Web/Mail Shield",
	  "scanner-certificate-issued" },
	{ "scanner, one certificate", TLS_VERIFY_NO_ISSUER, true, "ESET SSL Filter CA", "ESET",
	  "scanner-certificate-issued" },
	{ "gateway", TLS_VERIFY_UNKNOWN_ROOT, false, "Zscaler Intermediate Root CA", "Zscaler Inc.",
	  "path-gateway-certificate" },
	{ "control: scanner that is trusted here", TLS_VERIFY_OK, false, "Avast Web/Mail Shield Root", NULL,
	  "" },
	{ "control: good", TLS_VERIFY_OK, false, "R11", NULL, "" },
};

static void certificates_of_all_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(certificates); i++) {
		struct maker m;
		struct endpoint_facts *e;
		struct tls_facts *tls;

		maker_init(&m);
		e = maker_good(&m, i % 2 ? IMAPS : SMTP);
		e->tls = tls = maker_tls(&m, HOST);
		tls->verify = certificates[i].verify;
		tls->name_matches = !certificates[i].wrong_name;
		tls->chain[0].issuer_cn = certificates[i].issuer_cn;
		tls->chain[0].issuer_o = certificates[i].issuer_o;
		if (!tls_is_verified(tls))
			maker_step(e, STEP_TLS, STEP_ERROR_TLS);
		expect(&m, certificates[i].name, certificates[i].causes);
	}
}

static void a_missing_issuer_is_an_intermediate_or_a_private_root(void **state)
{
	static const struct {
		const char *name;
		size_t n_chain;
		const char *issuers_url, *causes;
	} rows[] = {
		{ "leaf alone", 1, NULL, "tls-chain-incomplete" },
		{ "leaf alone, issuer published", 1, "http://r.example/r11", "tls-chain-incomplete" },
		{ "with its intermediate", 2, NULL, "tls-certificate-unknown-root" },
		{ "with an intermediate, issuer published", 2, "http://r.example/r11",
		  "tls-chain-incomplete" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;
		struct endpoint_facts *e;
		struct tls_facts *tls;

		maker_init(&m);
		e = maker_good(&m, i % 2 ? IMAPS : SMTP);
		e->tls = tls = maker_tls(&m, HOST);
		tls->verify = TLS_VERIFY_NO_ISSUER;
		tls->n_chain = rows[i].n_chain;
		tls->chain[tls->n_chain - 1].aia_issuers_url = rows[i].issuers_url;
		maker_step(e, STEP_TLS, STEP_ERROR_TLS);
		expect(&m, rows[i].name, rows[i].causes);
	}
}

static void versions_are_notes(void **state)
{
	static const struct {
		struct tls_versions versions;
		int code; /* -1: none */
	} rows[] = {
		{ { .tls10 = TLS_TAKEN_NO,
		    .tls11 = TLS_TAKEN_NO,
		    .tls12 = TLS_TAKEN_YES,
		    .tls13 = TLS_TAKEN_YES },
		  CODE_TLS_VERSIONS_NEW_ONLY },
		{ { .tls10 = TLS_TAKEN_YES, .tls12 = TLS_TAKEN_YES }, CODE_TLS_VERSIONS_OLD_TOO },
		{ { .ssl3 = TLS_TAKEN_YES, .tls13 = TLS_TAKEN_YES }, CODE_TLS_VERSIONS_OLD_TOO },
		{ { .tls12 = TLS_TAKEN_YES, .tls13 = TLS_TAKEN_YES }, -1 },
		{ { .tls10 = TLS_TAKEN_NO, .tls12 = TLS_TAKEN_YES }, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct maker m;

		maker_init(&m);
		maker_good(&m, IMAPS)->versions = rows[i].versions;
		maker_diagnose(&m);
		assert_int_equal(m.diagnosis.verdict, VERDICT_HEALTHY);
		assert_int_equal(finding_count(m.sink), rows[i].code >= 0 ? 1 : 0);
		if (rows[i].code >= 0) {
			assert_int_equal(finding_at(m.sink, 0)->code, rows[i].code);
			assert_int_equal(finding_at(m.sink, 0)->severity, SEVERITY_NOTE);
		}
		arena_drop(&m.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_that_fail),
		cmocka_unit_test(greetings_of_all_kinds),
		cmocka_unit_test(handshakes_that_fail),
		cmocka_unit_test(certificates_of_all_kinds),
		cmocka_unit_test(versions_are_notes),
		cmocka_unit_test(a_missing_issuer_is_an_intermediate_or_a_private_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
