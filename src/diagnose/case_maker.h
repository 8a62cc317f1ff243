/* This file makes facts for the tests of rules: a healthy server, to be spoilt by one thing. */
#ifndef POSTMEND_DIAGNOSE_CASE_MAKER_H
#define POSTMEND_DIAGNOSE_CASE_MAKER_H

#include "diagnose/diagnose.h"
#include "facts/answers.h"

#include <assert.h>

enum { MAKER_CAP = 16 << 20, MAKER_MAX = 8, MAKER_NOW = 1795392000 /* 2026-11-23 */ };

struct maker {
	struct arena *arena;
	struct case_facts facts;
	const struct endpoint_facts *endpoints[MAKER_MAX];
	const struct dns_facts *dns[MAKER_MAX];
	struct settings_facts settings;
	struct finding_sink *sink;
	struct diagnosis diagnosis;
};

static inline void maker_init(struct maker *m)
{
	*m = (struct maker){ .arena = arena_new(MAKER_CAP) };
	m->facts = (struct case_facts){ .endpoints = m->endpoints, .dns = m->dns, .now = MAKER_NOW };
	m->settings.address =
		(struct address){ .whole = "anna@example.org", .local = "anna", .domain = "example.org" };
}

static inline void *maker_alloc(struct maker *m, size_t size)
{
	void *at = arena_alloc(m->arena, size);

	assert(at);
	return at;
}

static inline struct step *maker_step(struct endpoint_facts *e, enum step_name name, enum step_error error)
{
	struct step *step = (struct step *)(uintptr_t)facts_step(e, name);

	if (!step)
		step = &e->steps[e->n_steps++];
	*step = (struct step){
		.name = name, .ok = error == STEP_ERROR_NONE, .error = error, .took = MOMENT_MS(20)
	};
	return step;
}

/* Forgets every step behind this one: the conversation ended there. */
static inline void maker_stop(struct endpoint_facts *e, enum step_name name, enum step_error error)
{
	struct step *step = maker_step(e, name, error);

	e->n_steps = (size_t)(step - e->steps) + 1;
}

static inline struct exchange *maker_said(struct endpoint_facts *e, const char *command, const char *line)
{
	struct answer_said said = { .enhanced = STR(""), .response_code = STR("") };
	struct exchange *x = &e->exchanges[e->n_exchanges++];

	*x = (struct exchange){ .command = command, .reply = str_of(line), .answered = 1 };
	x->ok = !answers_read(str_of(line), &said);
	x->smtp_code = said.smtp_code;
	x->enhanced = said.enhanced;
	x->response_code = said.response_code;
	return x;
}

static inline struct tls_facts *maker_tls(struct maker *m, const char *host)
{
	struct tls_facts *tls = maker_alloc(m, sizeof *tls);

	*tls = (struct tls_facts){ .end = TLS_END_UP,
				   .alert = -1,
				   .version = 0x0304,
				   .version_name = "TLSv1.3",
				   .sni = host,
				   .n_chain = 2,
				   .name_matches = true };
	tls->chain[0] = (struct tls_certificate){ .subject = "CN=leaf",
						  .issuer = "CN=R11,O=Let's Encrypt",
						  .subject_cn = host,
						  .issuer_cn = "R11",
						  .issuer_o = "Let's Encrypt",
						  .names = { host },
						  .n_names = 1,
						  .not_before = MAKER_NOW - 864000,
						  .not_after = MAKER_NOW + 864000,
						  .key_type = "EC",
						  .key_bits = 256,
						  .sha256 = host };
	tls->chain[1] = tls->chain[0];
	return tls;
}

/* A server as it should be, probed without a login. */
static inline struct endpoint_facts *maker_good(struct maker *m, const char *url)
{
	static const char *const greetings[] = { "* OK ready", "+OK ready", "220 mail ESMTP" };
	static const enum greeting kinds[] = { GREETING_IMAP, GREETING_POP3, GREETING_SMTP };
	struct endpoint_facts *e = maker_alloc(m, sizeof *e);
	const char *why;

	enum status status = endpoint_parse(m->arena, str_of(url), &e->endpoint, &why);

	assert(status == ST_OK);
	(void)status;
	e->url = url;
	e->address = "198.51.100.7";
	e->family = 4;
	e->chosen = true;
	e->greeting = kinds[e->endpoint.protocol];
	e->first_bytes = str_of(greetings[e->endpoint.protocol]);
	e->mechanisms_tls = MECHANISM_PLAIN | MECHANISM_LOGIN;
	e->versions = (struct tls_versions){ .tls12 = TLS_TAKEN_YES, .tls13 = TLS_TAKEN_YES };
	maker_step(e, STEP_RESOLVE, STEP_ERROR_NONE);
	maker_step(e, STEP_CONNECT, STEP_ERROR_NONE);
	if (e->endpoint.security == SECURITY_TLS)
		maker_step(e, STEP_TLS, STEP_ERROR_NONE);
	maker_step(e, STEP_GREETING, STEP_ERROR_NONE);
	maker_step(e, STEP_CAPABILITIES, STEP_ERROR_NONE);
	if (e->endpoint.security == SECURITY_NONE)
		e->mechanisms = e->mechanisms_tls;
	else
		e->tls = maker_tls(m, e->endpoint.host);
	if (e->endpoint.security == SECURITY_STARTTLS) {
		e->starttls_offered = true;
		maker_step(e, STEP_STARTTLS, STEP_ERROR_NONE);
		maker_step(e, STEP_TLS, STEP_ERROR_NONE);
		maker_step(e, STEP_CAPABILITIES_TLS, STEP_ERROR_NONE);
	}
	m->endpoints[m->facts.n_endpoints++] = e;
	return e;
}

static inline struct dns_facts *maker_dns(struct maker *m, const char *name, uint16_t type,
					  enum dns_outcome outcome)
{
	struct dns_facts *dns = maker_alloc(m, sizeof *dns);

	*dns = (struct dns_facts){ .name = name, .type = type, .outcome = outcome };
	m->dns[m->facts.n_dns++] = dns;
	return dns;
}

#endif
