/* This file makes the reports that tests render; only tests use it. */
#include "report/sample.h"

#include <string.h>

static const char hostile[] = "\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\xE2\x80\xAEgnp.exe\xFF&\"'";

static void add_step(struct endpoint_facts *facts, enum step_name name, moment at, moment took)
{
	facts->steps[facts->n_steps++] = (struct step){ .name = name, .ok = true, .at = at, .took = took };
}

static struct endpoint_facts *make_endpoint(struct arena *arena, const char *url, enum protocol protocol,
					    uint16_t port)
{
	struct endpoint_facts *facts = arena_alloc(arena, sizeof *facts);

	facts->endpoint = (struct endpoint){
		.protocol = protocol, .security = SECURITY_TLS, .host = "mail.example.org", .port = port
	};
	facts->url = url;
	facts->address = "192.0.2.10";
	facts->family = 4;
	facts->chosen = true;
	add_step(facts, STEP_RESOLVE, 0, 2100);
	add_step(facts, STEP_CONNECT, 2100, 14300);
	add_step(facts, STEP_TLS, 16400, 31000);
	add_step(facts, STEP_GREETING, 47400, 9000);
	add_step(facts, STEP_CAPABILITIES_TLS, 56400, 8000);
	facts->capabilities_tls[facts->n_capabilities_tls++] = STR("AUTH=PLAIN");
	facts->mechanisms_tls = MECHANISM_PLAIN | MECHANISM_XOAUTH2;
	facts->greeting = protocol == PROTOCOL_IMAP ? GREETING_IMAP : GREETING_SMTP;
	facts->first_bytes = STR("* OK ready\r\n");
	return facts;
}

static struct tls_facts *make_tls(struct arena *arena, enum tls_verify verify)
{
	struct tls_facts *tls = arena_alloc(arena, sizeof *tls);

	*tls = (struct tls_facts){ .end = TLS_END_UP,
				   .alert = -1,
				   .version = 0x0304,
				   .version_name = "TLSv1.3",
				   .cipher = "TLS_AES_256_GCM_SHA384",
				   .sni = "mail.example.org",
				   .verify = verify,
				   .verify_text = verify == TLS_VERIFY_OK ? "ok" : "certificate has expired",
				   .name_matches = true,
				   .n_chain = 1,
				   .took = 31000 };
	tls->chain[0] = (struct tls_certificate){
		.subject = "CN=mail.example.org",
		.issuer = "CN=Practice CA,O=Example",
		.names = { "mail.example.org", "imap.example.org" },
		.n_names = 2,
		.not_before = 1700000000,
		.not_after = 1790000000,
		.key_type = "EC",
		.key_bits = 256,
		.signature = "ecdsa-with-SHA256",
		.sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	};
	return tls;
}

static struct settings_facts *make_settings(struct arena *arena)
{
	struct settings_facts *settings = arena_alloc(arena, sizeof *settings);
	struct opinion *other = arena_alloc(arena, sizeof *other);

	*other = (struct opinion){ .source = SOURCE_SRV,
				   .where = "_imap._tcp.example.org",
				   .endpoint = { .protocol = PROTOCOL_IMAP,
						 .security = SECURITY_STARTTLS,
						 .host = "old.example.org",
						 .port = 143 } };
	settings->address =
		(struct address){ .whole = "anna@example.org", .local = "anna", .domain = "example.org" };
	settings->servers[0] = (struct server_settings){
		.endpoint = { .protocol = PROTOCOL_IMAP,
			      .security = SECURITY_TLS,
			      .host = "mail.example.org",
			      .port = 993 },
		.user_name = "anna@example.org",
		.authentication = AUTHENTICATION_PASSWORD,
		.source = SOURCE_AUTOCONFIG,
		.opinions = { other },
		.n_opinions = 1,
	};
	settings->n_servers = 1;
	return settings;
}

static void add_findings(struct finding_sink *sink, struct diagnosis *diagnosis)
{
	struct subject subject = { .kind = SUBJECT_ENDPOINT,
				   .url = "imaps://mail.example.org:993",
				   .address = "192.0.2.10",
				   .family = "ipv4" };
	struct finding *cause = finding_add(sink, CODE_TLS_CERTIFICATE_EXPIRED, &subject);
	struct finding *more;

	finding_evidence(cause, "not_after", "2026-09-21T14:13:20Z", "later than 2026-11-23T12:00:00Z",
			 TRUST_PEER);
	finding_evidence(cause, "issuer", hostile, NULL, TRUST_PEER);
	diagnosis->causes[diagnosis->n_causes++] = cause;
	more = finding_add(sink, CODE_TLS_VERSION_OLD, &subject);
	finding_evidence(more, "oldest", "TLSv1.0", "TLSv1.2 or later", TRUST_OURS);
	subject = (struct subject){ .kind = SUBJECT_DOMAIN, .name = "example.org" };
	more = finding_add(sink, CODE_PROVIDER_RECORDS_DISAGREE, &subject);
	more->because_of = cause->key;
}

struct report sample_trouble(struct arena *arena)
{
	struct finding_sink *sink = finding_sink_new(arena);
	struct diagnosis *diagnosis = arena_alloc(arena, sizeof *diagnosis);
	struct case_facts *facts = arena_alloc(arena, sizeof *facts);
	struct endpoint_facts *imap =
		make_endpoint(arena, "imaps://mail.example.org:993", PROTOCOL_IMAP, 993);
	struct endpoint_facts *smtp =
		make_endpoint(arena, "smtps://mail.example.org:465", PROTOCOL_SMTP, 465);
	const struct endpoint_facts **list = arena_array(arena, 2, sizeof(struct endpoint_facts *));

	list[0] = imap;
	list[1] = smtp;
	imap->n_steps = 3;
	imap->steps[2].ok = false;
	imap->steps[2].error = STEP_ERROR_TLS;
	imap->steps[2].error_text = "the certificate expired on 2026-09-21";
	imap->tls = make_tls(arena, TLS_VERIFY_EXPIRED);
	imap->login = LOGIN_NOT_POSSIBLE;
	imap->login_why = "no verified encryption";
	smtp->tls = make_tls(arena, TLS_VERIFY_OK);
	smtp->first_bytes = (struct str){ .at = hostile, .len = sizeof hostile - 1 };
	smtp->exchanges[smtp->n_exchanges++] = (struct exchange){
		.command = "EHLO",
		.reply = { .at = hostile, .len = sizeof hostile - 1 },
		.smtp_code = 250,
		.ok = true,
		.sent = 56400,
		.answered = 64400,
	};
	*facts = (struct case_facts){ .address = "anna@example.org",
				      .settings = make_settings(arena),
				      .endpoints = list,
				      .n_endpoints = 2,
				      .now = 1795435200 };
	diagnosis->verdict = VERDICT_TROUBLE;
	diagnosis->headline = "Mail does not come in because the server's certificate has expired.";
	add_findings(sink, diagnosis);
	diagnosis->excluded[diagnosis->n_excluded++] = (struct excluded){
		.code = CODE_PATH_CLOCK_WRONG,
		.why = "this computer's clock agrees with two web servers within a second"
	};
	return (struct report){ .command = "diagnose",
				.version = "0.1.0",
				.findings = sink,
				.diagnosis = diagnosis,
				.facts = facts,
				.elapsed = 812400 };
}

struct report sample_healthy(struct arena *arena)
{
	struct diagnosis *diagnosis = arena_alloc(arena, sizeof *diagnosis);
	struct case_facts *facts = arena_alloc(arena, sizeof *facts);
	struct endpoint_facts *imap =
		make_endpoint(arena, "imaps://mail.example.org:993", PROTOCOL_IMAP, 993);
	const struct endpoint_facts **list = arena_array(arena, 1, sizeof(struct endpoint_facts *));

	list[0] = imap;
	imap->tls = make_tls(arena, TLS_VERIFY_OK);
	*facts = (struct case_facts){ .endpoints = list, .n_endpoints = 1, .now = 1795435200 };
	diagnosis->verdict = VERDICT_HEALTHY;
	diagnosis->headline = "The server answers as it should.";
	return (struct report){ .command = "probe",
				.version = "0.1.0",
				.findings = finding_sink_new(arena),
				.diagnosis = diagnosis,
				.facts = facts,
				.elapsed = 64000 };
}
