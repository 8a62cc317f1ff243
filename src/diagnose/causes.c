/* This file orders findings: what causes what, and what to mend first.
 *
 * A cause is a finding of warning or worse that no other finding explains.
 */
#include "diagnose/causes.h"
#include "diagnose/house.h"
#include "diagnose/judge.h"

#include "base/checked.h"

#include <string.h>

enum scope { ANYWHERE, SAME_HOUSE, SAME_HOST, SAME_WAY };

/* `cause` explains every finding from `first` to `last` of the catalogue within the scope. */
static const struct {
	enum code cause, first, last;
	enum scope scope;
} hides[] = {
	{ CODE_PATH_PORTAL_ANSWERS, CODE_DNS_HOST_UNKNOWN, CODE_DNS_ANSWERS_PRIVATE, ANYWHERE },
	{ CODE_PATH_PORTAL_ANSWERS, CODE_TCP_PORT_REFUSED, CODE_TLS_LOGIN_BEFORE_TLS, ANYWHERE },
	{ CODE_DNS_RESOLVER_SILENT, CODE_DNS_HOST_UNKNOWN, CODE_DNS_HOST_UNRESOLVED, ANYWHERE },
	{ CODE_PATH_CLOCK_WRONG, CODE_PROVIDER_EXCHANGE_SILENT, CODE_PROVIDER_EXCHANGE_SILENT, ANYWHERE },
	{ CODE_PATH_PORTAL_ANSWERS, CODE_PROVIDER_EXCHANGE_SILENT, CODE_PROVIDER_EXCHANGE_ANSWERS_OTHER,
	  ANYWHERE },
	{ CODE_DNS_RESOLVER_SILENT, CODE_PROVIDER_EXCHANGE_SILENT, CODE_PROVIDER_EXCHANGE_SILENT, ANYWHERE },
	{ CODE_DNS_DOMAIN_UNKNOWN, CODE_DNS_HOST_UNKNOWN, CODE_DNS_HOST_UNRESOLVED, ANYWHERE },
	{ CODE_DNS_HOST_RETIRED, CODE_DNS_HOST_UNKNOWN, CODE_DNS_HOST_UNKNOWN, ANYWHERE },
	{ CODE_DNS_ANSWERS_PRIVATE, CODE_TCP_PORT_REFUSED, CODE_TLS_LOGIN_BEFORE_TLS, SAME_HOST },
	{ CODE_DNS_ANSWERS_REWRITTEN, CODE_DNS_ANSWERS_PRIVATE, CODE_TLS_LOGIN_BEFORE_TLS, SAME_HOST },
	{ CODE_PATH_MAIL_BLOCKED, CODE_TCP_PORT_REFUSED, CODE_TCP_CONNECTION_RESET, ANYWHERE },
	{ CODE_PATH_PROXY_NEEDED, CODE_TCP_PORT_REFUSED, CODE_TCP_CONNECTION_CLOSED, ANYWHERE },
	{ CODE_PATH_PROXY_NEEDED, CODE_PATH_MAIL_BLOCKED, CODE_PATH_MAIL_BLOCKED, ANYWHERE },
	{ CODE_PATH_BLOCKED_HERE, CODE_TCP_PORT_REFUSED, CODE_TLS_HANDSHAKE_CUT, SAME_WAY },
	{ CODE_PATH_SERVER_DOWN, CODE_TCP_PORT_REFUSED, CODE_TCP_CONNECTION_CLOSED, SAME_WAY },
	{ CODE_PATH_INTERFACE_BLOCKED, CODE_TCP_PORT_REFUSED, CODE_TLS_HANDSHAKE_CUT, SAME_WAY },
	{ CODE_PATH_MTU_BLACK_HOLE, CODE_TLS_HANDSHAKE_SILENT, CODE_TLS_HANDSHAKE_SILENT, ANYWHERE },
	{ CODE_PATH_NAME_FILTERED, CODE_TCP_CONNECTION_RESET, CODE_TCP_CONNECTION_RESET, SAME_WAY },
	{ CODE_PATH_NAME_FILTERED, CODE_TLS_HANDSHAKE_CUT, CODE_TLS_HANDSHAKE_FAILED, SAME_WAY },
	{ CODE_PATH_CONNECTION_INTERCEPTED, CODE_TLS_PORT_SPEAKS_PLAIN, CODE_TLS_LOGIN_BEFORE_TLS, SAME_WAY },
	{ CODE_FIREWALL_MAIL_BLOCKED, CODE_TCP_PORT_REFUSED, CODE_TCP_HOST_UNREACHABLE, SAME_WAY },
	{ CODE_SCANNER_PROXY_GONE, CODE_TCP_PORT_REFUSED, CODE_TCP_PORT_REFUSED, SAME_WAY },
	{ CODE_AUTH_PLACE_REFUSED, CODE_AUTH_LOGIN_REFUSED, CODE_AUTH_ACCESS_OFF, SAME_WAY },
	{ CODE_TLS_STARTTLS_STRIPPED, CODE_TLS_STARTTLS_MISSING, CODE_TLS_STARTTLS_MISSING, SAME_WAY },
	{ CODE_TLS_STARTTLS_STRIPPED, CODE_TLS_LOGIN_BEFORE_TLS, CODE_TLS_LOGIN_BEFORE_TLS, SAME_WAY },
	{ CODE_TLS_CERTIFICATE_SELF_SIGNED, CODE_TLS_CERTIFICATE_WRONG_HOST, CODE_TLS_CERTIFICATE_WRONG_HOST,
	  SAME_WAY },
	{ CODE_TLS_VERSION_OLD, CODE_TLS_CERTIFICATE_WEAK, CODE_TLS_CERTIFICATE_WEAK, SAME_WAY },
};

/* What is mended first, before the order of the catalogue counts. */
static const enum code first_of_all[] = { CODE_PATH_CLOCK_WRONG, CODE_DNS_RESOLVER_SILENT,
					  CODE_PATH_PORTAL_ANSWERS, CODE_SCANNER_CERTIFICATE_ISSUED,
					  CODE_PATH_GATEWAY_CERTIFICATE };

static unsigned rank(enum code code)
{
	for (unsigned i = 0; i < COUNT_OF(first_of_all); i++)
		if (first_of_all[i] == code)
			return i;
	/* Sending comes after the login in a conversation, before it in the catalogue. */
	if (code >= CODE_SMTP_POP_BEFORE_SMTP && code <= CODE_SMTP_RATE_LIMITED)
		return COUNT_OF(first_of_all) + CODE_COUNT + (unsigned)code;
	return COUNT_OF(first_of_all) + (unsigned)code;
}

static bool comes_first(const struct noted *a, const struct noted *b)
{
	bool fault_a = a->finding->severity >= SEVERITY_FAULT,
	     fault_b = b->finding->severity >= SEVERITY_FAULT;

	if (fault_a != fault_b)
		return fault_a;
	return rank(a->finding->code) < rank(b->finding->code);
}

/* Insertion keeps the order of the ways among equals. */
static void sort(struct noted *rows, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct noted one = rows[i];
		size_t at = i;

		for (; at > 0 && comes_first(&one, &rows[at - 1]); at--)
			rows[at] = rows[at - 1];
		rows[at] = one;
	}
}

static bool within(const struct noted *a, const struct noted *b, enum scope scope)
{
	if (scope == ANYWHERE)
		return true;
	if (!a->way || !b->way)
		return a->way == b->way;
	if (scope == SAME_WAY)
		return a->way == b->way;
	if (scope == SAME_HOST)
		return str_eq_nocase(str_of(a->way->endpoint->host), str_of(b->way->endpoint->host));
	return house_is_same(a->way->endpoint->host, b->way->endpoint->host);
}

static bool is_certificate(enum code code)
{
	return code >= CODE_TLS_CERTIFICATE_WRONG_HOST && code <= CODE_TLS_CHAIN_EXPIRED;
}

static bool same_certificate(const struct noted *a, const struct noted *b)
{
	const struct tls_facts *ta = a->way ? a->way->best->tls : NULL,
			       *tb = b->way ? b->way->best->tls : NULL;

	return ta && tb && ta->n_chain && tb->n_chain && ta->chain[0].sha256 && tb->chain[0].sha256 &&
	       strcmp(ta->chain[0].sha256, tb->chain[0].sha256) == 0;
}

/* How far the same fault is one and the same. */
static enum scope reach(enum code code)
{
	if (code >= CODE_PATH_PORTAL_ANSWERS || code == CODE_TCP_IPV6_SILENT ||
	    code == CODE_TCP_PORT_25_SILENT || code == CODE_TCP_HOST_UNREACHABLE ||
	    code == CODE_DNS_RESOLVER_SILENT)
		return code == CODE_PATH_SERVER_HOSTILE ? SAME_HOST : ANYWHERE;
	if (code >= CODE_AUTH_LOGIN_REFUSED && code <= CODE_MAILBOX_QUOTA_NEARLY_FULL)
		return SAME_HOUSE;
	return SAME_HOST;
}

/* By the corrected clock the certificate would be valid. */
static bool clock_explains(const struct judge *j, const struct noted *effect)
{
	const struct path_facts *path = &j->facts->path;
	const struct tls_facts *tls = effect->way ? effect->way->best->tls : NULL;
	wall_time real = j->facts->now - path->clock_off_seconds;

	if (effect->finding->code != CODE_TLS_CERTIFICATE_EXPIRED &&
	    effect->finding->code != CODE_TLS_CERTIFICATE_NOT_YET_VALID &&
	    effect->finding->code != CODE_TLS_CHAIN_EXPIRED)
		return false;
	if (!path->clock_tested)
		return effect->finding->code == CODE_TLS_CERTIFICATE_NOT_YET_VALID;
	for (size_t i = 0; tls && i < tls->n_chain; i++)
		if (real < tls->chain[i].not_before || real > tls->chain[i].not_after)
			return false;
	return tls != NULL;
}

static bool explains(const struct judge *j, const struct noted *cause, const struct noted *effect)
{
	enum code code = effect->finding->code;

	if (cause->finding == effect->finding)
		return false;
	if (cause->finding->code == code)
		return within(cause, effect, reach(code)) ||
		       (is_certificate(code) && same_certificate(cause, effect));
	if (cause->finding->code == CODE_PATH_CLOCK_WRONG)
		return clock_explains(j, effect);
	for (size_t i = 0; i < COUNT_OF(hides); i++)
		if (hides[i].cause == cause->finding->code && code >= hides[i].first &&
		    code <= hides[i].last && within(cause, effect, hides[i].scope))
			return true;
	return false;
}

static bool can_be_cause(const struct noted *one)
{
	return one->finding->severity >= SEVERITY_WARNING && !one->finding->because_of;
}

/* The rows stand in the order of mending: a root stands before what it explains. */
static void link(const struct judge *j, const struct noted *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!can_be_cause(&rows[i]))
			continue;
		for (size_t k = 0; k < n; k++)
			if (!rows[k].finding->because_of && explains(j, &rows[i], &rows[k]) &&
			    (k > i || rows[k].finding->code != rows[i].finding->code))
				rows[k].finding->because_of = rows[i].finding->key;
	}
}

void causes_find(struct judge *j, struct diagnosis *out)
{
	struct noted *rows = arena_copy(j->arena, j->noted, j->n_noted * sizeof *rows);

	if (!rows)
		return;
	sort(rows, j->n_noted);
	link(j, rows, j->n_noted);
	for (size_t i = 0; i < j->n_noted && out->n_causes < DIAGNOSE_CAUSES_MAX; i++)
		if (can_be_cause(&rows[i]))
			out->causes[out->n_causes++] = rows[i].finding;
}

void causes_insert(struct diagnosis *d, const struct finding *f)
{
	size_t at = d->n_causes;

	while (at > 0 && d->causes[at - 1]->severity < f->severity)
		at--;
	if (at == DIAGNOSE_CAUSES_MAX)
		return;
	if (d->n_causes < DIAGNOSE_CAUSES_MAX)
		d->n_causes++;
	memmove(d->causes + at + 1, d->causes + at, (d->n_causes - at - 1) * sizeof d->causes[0]);
	d->causes[at] = f;
}
