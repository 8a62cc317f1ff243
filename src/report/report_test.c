/* This file tests whole reports: what they say, and that no stranger paints them. */
#include "base/checked.h"
#include "report/escape.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

/* A mailbox whose certificate has expired and whose server tries to paint the
 * screen, write markup and turn text around. All memory is the arena's. */
static struct report sample_trouble(struct arena *arena)
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

/* The same server in good health, as a bare probe. */
static struct report sample_healthy(struct arena *arena)
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

typedef void render(const struct report *, const struct report_style *, struct buf *);

static const char text_of_trouble[] =
	"TROUBLE  Mail does not come in because the server's certificate has expired.\n"
	"\n"
	"The cause\n"
	" 1. The server's certificate has expired  [tls-certificate-expired]\n"
	"    at imaps://mail.example.org:993 (192.0.2.10)\n"
	"    not_after       2026-09-21T14:13:20Z  (expected: later than\n"
	"                    2026-11-23T12:00:00Z)\n"
	"    issuer          \\x1b[2J\\x1b]0;owned\\x07<script>alert(1)</script>\\xe2\\x80\\xae\n"
	"                    gnp.exe\\xff&\"'\n";

static const char text_of_health[] =
	"HEALTHY  The server answers as it should.\n"
	"\n"
	"The way from this computer to the mailbox\n"
	" imaps://mail.example.org:993  192.0.2.10\n"
	"   Name 2.1 ms > Connection 14 ms > Encryption 31 ms > Greeting 9.0 ms >\n"
	"     Abilities 8.0 ms\n"
	"\n"
	"NEXT  Nothing needs to be done.\n";

static struct buf rendered(render *how, struct report (*sample)(struct arena *), struct report_style style)
{
	struct arena *arena = arena_new(1 << 22);
	struct report report = sample(arena);
	struct buf out;

	buf_init(&out, 1 << 20);
	how(&report, &style, &out);
	assert_false(buf_failed(&out));
	arena_drop(&arena);
	return out;
}

static bool holds(const struct buf *out, const char *text)
{
	return str_find(buf_str(out), str_of(text)) != SIZE_MAX;
}

static void expect_starts(const struct buf *out, const char *wanted)
{
	if (!str_starts(buf_str(out), str_of(wanted)))
		fail_msg("\"%.*s\", not \"%s\"", (int)out->len, (const char *)out->at, wanted);
}

static void test_text(void **state)
{
	struct buf out = rendered(report_text, sample_trouble, (struct report_style){ 0 });

	(void)state;
	expect_starts(&out, text_of_trouble);
	assert_true(holds(&out,
			  "Why not something else\n - The clock of this computer is wrong: this computer's"));
	assert_true(holds(&out, "follows from tls-certificate-expired\n"));
	assert_true(holds(&out, "Encryption FAILED after 31 ms"));
	assert_true(holds(&out, "but srv says old.example.org port 143 starttls\n"));
	assert_true(holds(&out, "\nNEXT  "));
	buf_fini(&out);
	out = rendered(report_text, sample_healthy, (struct report_style){ 0 });
	expect_starts(&out, text_of_health);
	assert_int_equal(out.len, sizeof text_of_health - 1);
	buf_fini(&out);
}

static void test_lines_fit(void **state)
{
	static const unsigned widths[] = { 0, 40, 60, 200 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(widths); i++) {
		struct buf out =
			rendered(report_text, sample_trouble, (struct report_style){ .width = widths[i] });
		struct str rest = buf_str(&out);
		size_t limit = widths[i] == 0 || widths[i] > 80 ? 80 : widths[i];

		while (rest.at)
			assert_in_range(escape_columns(str_cut(&rest, '\n')), 0, limit);
		buf_fini(&out);
	}
}

static void test_quiet(void **state)
{
	struct buf out = rendered(report_text, sample_healthy, (struct report_style){ .quiet = true });

	(void)state;
	assert_int_equal(out.len, 0);
	buf_fini(&out);
	out = rendered(report_text, sample_trouble, (struct report_style){ .quiet = true });
	assert_true(out.len > 0);
	buf_fini(&out);
}

/* Whatever the renderer, no byte of the hostile server's acts by itself. */
static void test_hostile(void **state)
{
	static render *const renderers[] = { report_text, report_json, report_html };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(renderers); i++) {
		struct buf out = rendered(renderers[i], sample_trouble, (struct report_style){ 0 });
		struct str rest = buf_str(&out);

		assert_true(holds(&out, "owned"));
		assert_true(renderers[i] != report_html || !holds(&out, "<script"));
		while (rest.len) {
			struct character c = escape_first(rest);

			assert_true(c.is_utf8);
			assert_true(c.is_safe || c.code == '\n');
			rest = str_skip(rest, c.len);
		}
		buf_fini(&out);
	}
}

static void test_color(void **state)
{
	struct buf out = rendered(report_text, sample_trouble, (struct report_style){ .color = true });

	(void)state;
	expect_starts(&out, "\x1b[1m\x1b[31mTROUBLE\x1b[0m  Mail does not come in");
	buf_fini(&out);
}

static void test_redacted(void **state)
{
	static render *const renderers[] = { report_text, report_json, report_html };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(renderers); i++) {
		struct buf out =
			rendered(renderers[i], sample_trouble, (struct report_style){ .redact = true });

		assert_false(holds(&out, "anna"));
		assert_true(holds(&out, "user-1@example.org"));
		assert_true(holds(&out, "mail.example.org"));
		assert_true(holds(&out, "tls-certificate-expired"));
		buf_fini(&out);
	}
}

static void test_json(void **state)
{
	struct buf out = rendered(report_json, sample_trouble, (struct report_style){ 0 });

	(void)state;
	expect_starts(
		&out,
		"{\n \"schema\": \"postmend/1\",\n \"command\": \"diagnose\",\n \"version\": \"0.1.0\",\n"
		" \"verdict\": \"trouble\",");
	assert_true(holds(&out, "\"causes\": [\n  \"tls-certificate-expired\"\n ]"));
	assert_true(holds(&out, "\"cause_keys\": [\n"
				"  \"tls-certificate-expired@imaps://mail.example.org:993#192.0.2.10\"\n ]"));
	assert_true(holds(&out, "\"catalogue\": [\n    \"N29\"\n   ]"));
	assert_true(holds(&out, "\"found\": \"\\u001b[2J\\u001b]0;owned\\u0007<script>alert(1)</script>"
				"\\u202egnp.exe\\ufffd&\\\"'\""));
	assert_true(holds(&out, "\"elapsed_ms\": 812.4\n}\n"));
	buf_fini(&out);
}

static void test_page_needs_nothing(void **state)
{
	static const char *const outside[] = {
		"<script", "<link", "<img", "src=", "@import", "url(", "http-equiv=\"refresh"
	};
	struct buf out = rendered(report_html, sample_trouble, (struct report_style){ 0 });

	(void)state;
	for (size_t i = 0; i < COUNT_OF(outside); i++)
		if (holds(&out, outside[i]))
			fail_msg("the page holds %s", outside[i]);
	assert_true(holds(&out, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	buf_fini(&out);
}

static void test_exit_code(void **state)
{
	struct arena *arena = arena_new(1 << 22);
	struct report healthy = sample_healthy(arena), trouble = sample_trouble(arena);

	(void)state;
	assert_int_equal(report_exit_code(&healthy), 0);
	assert_int_equal(report_exit_code(&trouble), 4);
	trouble.cancelled = healthy.cancelled = true;
	assert_int_equal(report_exit_code(&trouble), 36);
	assert_int_equal(report_exit_code(&healthy), 32);
	arena_drop(&arena);
}

/* A cap that is met shows: nobody takes half a report for a whole one. */
static void test_cap(void **state)
{
	static render *const renderers[] = { report_text, report_json, report_html };
	struct arena *arena = arena_new(1 << 22);
	struct report report = sample_trouble(arena);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(renderers); i++) {
		struct buf out;

		buf_init(&out, 700);
		renderers[i](&report, &(struct report_style){ 0 }, &out);
		assert_true(buf_failed(&out));
		buf_fini(&out);
	}
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),      cmocka_unit_test(test_lines_fit),
		cmocka_unit_test(test_quiet),     cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_color),     cmocka_unit_test(test_redacted),
		cmocka_unit_test(test_json),      cmocka_unit_test(test_page_needs_nothing),
		cmocka_unit_test(test_exit_code), cmocka_unit_test(test_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
