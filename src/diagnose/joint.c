/* This file joins what is wrong with an account's settings and what its servers said. */
#include "diagnose/joint.h"
#include "diagnose/causes.h"

#include "base/checked.h"

#include <string.h>

/* `cause`, about an account, explains every finding from `first` to `last` of the
 * catalogue at the servers of this account. */
static const struct {
	enum code cause, first, last;
} hides[] = {
	{ CODE_ACCOUNT_HOST_WRONG, CODE_DNS_HOST_UNKNOWN, CODE_SMTP_STARTTLS_REQUIRED },
	{ CODE_ACCOUNT_PORT_ENCRYPTION_MISMATCH, CODE_TCP_PORT_REFUSED, CODE_TLS_LOGIN_BEFORE_TLS },
	{ CODE_ACCOUNT_PORT_ENCRYPTION_MISMATCH, CODE_IMAP_PORT_SPEAKS_POP3, CODE_IMAP_PORT_SPEAKS_POP3 },
	{ CODE_ACCOUNT_PORT_ENCRYPTION_MISMATCH, CODE_POP3_PORT_SPEAKS_IMAP, CODE_POP3_PORT_SPEAKS_IMAP },
	{ CODE_ACCOUNT_ENCRYPTION_NONE, CODE_TLS_LOGIN_BEFORE_TLS, CODE_SMTP_STARTTLS_REQUIRED },
	{ CODE_ACCOUNT_SCANNER_PROXY_LEFT, CODE_TCP_PORT_REFUSED, CODE_TCP_PORT_SPEAKS_OTHER },
	{ CODE_ACCOUNT_SCANNER_PROXY_LEFT, CODE_SCANNER_PROXY_GONE, CODE_SCANNER_PROXY_GONE },
	{ CODE_ACCOUNT_LOCAL_SERVER_GONE, CODE_TCP_PORT_REFUSED, CODE_TCP_PORT_SPEAKS_OTHER },
	{ CODE_ACCOUNT_LOCAL_SERVER_GONE, CODE_SCANNER_PROXY_GONE, CODE_SCANNER_PROXY_GONE },
};

static bool same(const char *a, const char *b)
{
	return str_eq(str_of(a), str_of(b));
}

static bool is_of(const struct joint_server *server, const struct finding *account)
{
	const struct subject *s = &account->subject;

	return s->kind == SUBJECT_ACCOUNT && same(s->client, server->client) &&
	       same(s->profile, server->profile) && same(s->name, server->name);
}

static bool is_at(const struct joint_server *server, const struct finding *f)
{
	if (f->subject.kind == SUBJECT_ENDPOINT)
		return same(f->subject.url, server->url);
	return f->subject.kind == SUBJECT_DOMAIN &&
	       str_eq_nocase(str_of(f->subject.name), str_of(server->host));
}

static bool explains(const struct joint_case *facts, const struct finding *cause, const struct finding *f)
{
	bool is_row = false;

	for (size_t i = 0; i < COUNT_OF(hides) && !is_row; i++)
		is_row = cause->code == hides[i].cause && f->code >= hides[i].first &&
			 f->code <= hides[i].last;
	for (size_t i = 0; is_row && i < facts->n_servers; i++)
		if (is_of(&facts->servers[i], cause) && is_at(&facts->servers[i], f))
			return true;
	return false;
}

/* An account's warning that explains the finding, or NULL. */
static const struct finding *explained_by(const struct joint_case *facts, const struct finding *f)
{
	for (size_t i = 0; i < finding_count(facts->settings); i++) {
		const struct finding *cause = finding_at(facts->settings, i);

		if (cause->severity >= SEVERITY_WARNING && explains(facts, cause, f))
			return cause;
	}
	return NULL;
}

static bool is_cause(const struct diagnosis *diagnosis, const struct finding *f)
{
	for (size_t i = 0; diagnosis && i < diagnosis->n_causes; i++)
		if (same(diagnosis->causes[i]->key, f->key))
			return true;
	return false;
}

static void conclude(struct arena *arena, const struct joint_case *facts, struct diagnosis *out)
{
	const struct diagnosis *network = facts->diagnosis;
	const char *title;

	if (out->n_causes > 0) {
		title = catalogue_row(out->causes[0]->code)->title;
		out->verdict = VERDICT_TROUBLE;
		out->headline = out->n_causes == 1
					? arena_printf(arena, "%s.", title)
					: arena_printf(arena, "%zu things are wrong; the gravest: %c%s.",
						       out->n_causes, title[0] | 0x20, title + 1);
		return;
	}
	out->headline = facts->headline;
	if (!network || network->verdict != VERDICT_UNDECIDED)
		return;
	out->verdict = VERDICT_UNDECIDED;
	out->headline = network->headline;
	out->next_test = network->next_test;
}

enum status joint_diagnose(struct arena *arena, const struct joint_case *facts, struct diagnosis *out)
{
	size_t n_settings = finding_count(facts->settings);

	*out = (struct diagnosis){ .verdict = VERDICT_HEALTHY };
	for (size_t i = 0; i < finding_count(facts->network); i++) {
		struct finding *f = finding_at(facts->network, i);
		const struct finding *cause = explained_by(facts, f);

		if (cause && !f->because_of)
			f->because_of = cause->key;
	}
	if (finding_sink_append(facts->settings, facts->network) != ST_OK)
		return ST_NOMEM;
	for (size_t i = 0; i < finding_count(facts->settings); i++) {
		const struct finding *f = finding_at(facts->settings, i);
		bool is_own =
			f->severity >= SEVERITY_WARNING && (i < n_settings || is_cause(facts->diagnosis, f));

		if (is_own && !f->because_of)
			causes_insert(out, f);
	}
	if (facts->diagnosis) {
		out->n_excluded = facts->diagnosis->n_excluded;
		memcpy(out->excluded, facts->diagnosis->excluded, sizeof out->excluded);
	}
	conclude(arena, facts, out);
	return arena_failed(arena) ? ST_NOMEM : ST_OK;
}
