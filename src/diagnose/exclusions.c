/* This file says why other causes were not chosen, and which test would decide more. */
#include "diagnose/judge.h"

#include "base/checked.h"

enum { CLOCK_GOOD = 3600 };

/* What must hold for a reason to be true; the finding itself implies ALWAYS. */
enum when { ALWAYS, CLOCK_AGREES, ANOTHER_IS_VALID, NO_WILDCARD, ANOTHER_PORT_OPEN };

static const struct {
	enum code found, excluded;
	enum when when;
	const char *why;
} rows[] = {
	{ CODE_DNS_HOST_UNKNOWN, CODE_DNS_RESOLVER_SILENT, ALWAYS,
	  "the resolver answered: there is no such name" },
	{ CODE_DNS_HOST_UNKNOWN, CODE_PATH_PORTAL_ANSWERS, NO_WILDCARD,
	  "names that cannot exist do not resolve" },
	{ CODE_DNS_RESOLVER_SILENT, CODE_DNS_HOST_UNKNOWN, ALWAYS,
	  "no answer came, so none says that the name is unknown" },
	{ CODE_DNS_HOST_UNRESOLVED, CODE_DNS_RESOLVER_SILENT, ALWAYS,
	  "the same resolver answers for other names" },
	{ CODE_DNS_DOMAIN_UNKNOWN, CODE_DNS_RESOLVER_SILENT, ALWAYS,
	  "the resolver answered: there is no such domain" },
	{ CODE_TCP_PORT_REFUSED, CODE_TCP_CONNECT_SILENT, ALWAYS,
	  "an answer came: nothing swallows the packets" },
	{ CODE_TCP_PORT_REFUSED, CODE_DNS_HOST_UNKNOWN, ALWAYS, "the server has an address" },
	{ CODE_TCP_CONNECT_SILENT, CODE_TCP_PORT_REFUSED, ALWAYS, "no refusal came" },
	{ CODE_TCP_CONNECT_SILENT, CODE_DNS_HOST_UNKNOWN, ALWAYS, "the server has an address" },
	{ CODE_TCP_PORT_25_SILENT, CODE_TCP_CONNECT_SILENT, ALWAYS, "other ports of the same server answer" },
	{ CODE_TCP_CONNECTION_RESET, CODE_TCP_PORT_REFUSED, ANOTHER_PORT_OPEN,
	  "the server is up: another port answers" },
	{ CODE_TCP_CONNECTION_CLOSED, CODE_TCP_GREETING_SILENT, ALWAYS,
	  "the connection was closed, not left hanging" },
	{ CODE_TCP_GREETING_SILENT, CODE_TLS_PORT_EXPECTS_TLS, ALWAYS,
	  "the start of TLS got no answer either" },
	{ CODE_TLS_PORT_EXPECTS_TLS, CODE_TCP_GREETING_SILENT, ALWAYS, "the start of TLS was answered" },
	{ CODE_TLS_PORT_SPEAKS_PLAIN, CODE_TLS_VERSION_OLD, ALWAYS,
	  "the answer to the start of TLS is plain text" },
	{ CODE_TLS_CERTIFICATE_EXPIRED, CODE_PATH_CLOCK_WRONG, CLOCK_AGREES,
	  "this computer's clock agrees with the dates that web servers give" },
	{ CODE_TLS_CERTIFICATE_EXPIRED, CODE_PATH_CLOCK_WRONG, ANOTHER_IS_VALID,
	  "another server's certificate is valid by the same clock" },
	{ CODE_TLS_CERTIFICATE_EXPIRED, CODE_SCANNER_CERTIFICATE_ISSUED, ALWAYS,
	  "the issuer is none of the scanners and gateways that are known" },
	{ CODE_TLS_CERTIFICATE_NOT_YET_VALID, CODE_PATH_CLOCK_WRONG, CLOCK_AGREES,
	  "this computer's clock agrees with the dates that web servers give" },
	{ CODE_TLS_CERTIFICATE_NOT_YET_VALID, CODE_PATH_CLOCK_WRONG, ANOTHER_IS_VALID,
	  "another server's certificate is valid by the same clock" },
	{ CODE_TLS_CERTIFICATE_WRONG_HOST, CODE_TLS_CERTIFICATE_EXPIRED, ALWAYS,
	  "the name was compared apart from the dates" },
	{ CODE_TLS_CERTIFICATE_WRONG_HOST, CODE_SCANNER_CERTIFICATE_ISSUED, ALWAYS,
	  "the issuer is none of the scanners and gateways that are known" },
	{ CODE_TLS_CERTIFICATE_WRONG_HOST, CODE_PATH_PORTAL_ANSWERS, NO_WILDCARD,
	  "names that cannot exist do not resolve" },
	{ CODE_TLS_CERTIFICATE_SELF_SIGNED, CODE_TLS_CHAIN_INCOMPLETE, ALWAYS,
	  "the certificate is its own issuer" },
	{ CODE_TLS_CERTIFICATE_SELF_SIGNED, CODE_SCANNER_CERTIFICATE_ISSUED, ALWAYS,
	  "the issuer is none of the scanners and gateways that are known" },
	{ CODE_TLS_CERTIFICATE_UNKNOWN_ROOT, CODE_TLS_CHAIN_INCOMPLETE, ALWAYS,
	  "the chain goes up to a root" },
	{ CODE_TLS_CERTIFICATE_UNKNOWN_ROOT, CODE_SCANNER_CERTIFICATE_ISSUED, ALWAYS,
	  "the issuer is none of the scanners and gateways that are known" },
	{ CODE_TLS_CHAIN_INCOMPLETE, CODE_TLS_CERTIFICATE_SELF_SIGNED, ALWAYS,
	  "somebody else issued the certificate" },
	{ CODE_TLS_CHAIN_INCOMPLETE, CODE_SCANNER_CERTIFICATE_ISSUED, ALWAYS,
	  "the issuer is none of the scanners and gateways that are known" },
	{ CODE_SCANNER_CERTIFICATE_ISSUED, CODE_TLS_CERTIFICATE_UNKNOWN_ROOT, ALWAYS,
	  "the issuer is the one that this scanner makes on each computer" },
	{ CODE_PATH_GATEWAY_CERTIFICATE, CODE_TLS_CERTIFICATE_UNKNOWN_ROOT, ALWAYS,
	  "the issuer is one of a gateway" },
	{ CODE_TLS_VERSION_OLD, CODE_TLS_HANDSHAKE_SILENT, ALWAYS, "the start of TLS was answered" },
	{ CODE_TLS_HANDSHAKE_SILENT, CODE_TCP_CONNECT_SILENT, ALWAYS, "the connection stood before" },
	{ CODE_TLS_HANDSHAKE_CUT, CODE_TLS_HANDSHAKE_SILENT, ALWAYS,
	  "the connection was cut, not left hanging" },
	{ CODE_TLS_STARTTLS_STRIPPED, CODE_TLS_STARTTLS_MISSING, ALWAYS, "words of the server are masked" },
	{ CODE_TLS_STARTTLS_MISSING, CODE_TLS_STARTTLS_STRIPPED, ALWAYS, "no word of the server is masked" },
	{ CODE_TLS_STARTTLS_REFUSED, CODE_TLS_STARTTLS_MISSING, ALWAYS, "the server offers it" },
	{ CODE_PATH_PORTAL_ANSWERS, CODE_TCP_PORT_SPEAKS_OTHER, ALWAYS,
	  "a web page answers where mail is spoken" },
	{ CODE_AUTH_PASSWORD_WRONG, CODE_AUTH_BACKEND_DOWN, ALWAYS, "the server judged the password" },
	{ CODE_AUTH_PASSWORD_WRONG, CODE_AUTH_PASSWORD_RETIRED, ALWAYS,
	  "the server does not say that passwords are blocked" },
	{ CODE_AUTH_PASSWORD_WRONG, CODE_AUTH_ACCOUNT_LOCKED, ALWAYS,
	  "the server does not speak of too many tries" },
	{ CODE_AUTH_PASSWORD_RETIRED, CODE_AUTH_PASSWORD_WRONG, ALWAYS,
	  "no password is taken here, right or wrong" },
	{ CODE_AUTH_APP_PASSWORD_NEEDED, CODE_AUTH_PASSWORD_WRONG, ALWAYS,
	  "the account's own password is not taken, even when it is right" },
	{ CODE_AUTH_BASIC_RETIRED_EXCHANGE, CODE_AUTH_PASSWORD_WRONG, ALWAYS,
	  "the refusal is of the kind of login, not of the password" },
	{ CODE_AUTH_SMTP_OFF_FOR_TENANT, CODE_AUTH_PASSWORD_WRONG, ALWAYS,
	  "the refusal is of the kind of login, not of the password" },
	{ CODE_AUTH_SECURITY_DEFAULTS, CODE_AUTH_PASSWORD_WRONG, ALWAYS,
	  "the refusal names a policy, not the password" },
	{ CODE_AUTH_BACKEND_DOWN, CODE_AUTH_PASSWORD_WRONG, ALWAYS, "the password was not judged" },
	{ CODE_AUTH_ACCOUNT_LOCKED, CODE_AUTH_PASSWORD_WRONG, ALWAYS, "the password was not judged" },
	{ CODE_MAILBOX_LOCKED, CODE_AUTH_PASSWORD_WRONG, ALWAYS,
	  "the refusal names another session, not the password" },
	{ CODE_SMTP_RELAY_DENIED, CODE_SMTP_RECIPIENT_REFUSED, ALWAYS,
	  "the refusal is of this sender's right, not of the address" },
	{ CODE_SMTP_RECIPIENT_REFUSED, CODE_SMTP_RELAY_DENIED, ALWAYS, "the refusal names the address" },
};

static bool is_another_valid(const struct judge *j)
{
	for (size_t i = 0; i < j->n_ways; i++)
		if (tls_is_verified(j->ways[i].best->tls))
			return true;
	return false;
}

static bool is_another_open(const struct judge *j)
{
	for (size_t i = 0; i < j->n_ways; i++)
		if (facts_step(j->ways[i].best, STEP_GREETING) &&
		    facts_step(j->ways[i].best, STEP_GREETING)->ok)
			return true;
	return false;
}

static bool holds(const struct judge *j, enum when when)
{
	const struct path_facts *path = &j->facts->path;

	switch (when) {
	case ALWAYS:
		return true;
	case CLOCK_AGREES:
		return path->clock_tested && path->clock_off_seconds < CLOCK_GOOD &&
		       path->clock_off_seconds > -CLOCK_GOOD;
	case ANOTHER_IS_VALID:
		return !path->clock_tested && is_another_valid(j);
	case NO_WILDCARD:
		return path->wildcard_tested && !path->wildcard_answers;
	case ANOTHER_PORT_OPEN:
		return is_another_open(j);
	}
	return false;
}

static bool is_excluded(const struct diagnosis *out, enum code code)
{
	for (size_t i = 0; i < out->n_excluded; i++)
		if (out->excluded[i].code == code)
			return true;
	return false;
}

static void add(struct judge *j, struct diagnosis *out, size_t row)
{
	if (out->n_excluded == DIAGNOSE_EXCLUDED_MAX || is_excluded(out, rows[row].excluded) ||
	    judge_find(j, rows[row].excluded, NULL))
		return;
	out->excluded[out->n_excluded++] = (struct excluded){ rows[row].excluded, rows[row].why };
}

/* The shortest test that would say more than these facts do. */
static const struct {
	enum code found;
	const char *test;
} next_tests[] = {
	{ CODE_TCP_CONNECT_SILENT,
	  "Run the same probe from another network, such as a telephone's: an answer there means "
	  "that something here blocks it, silence there that the server is down." },
	{ CODE_TCP_HOST_UNREACHABLE, "Open any web page: when that fails too, this computer is offline." },
	{ CODE_TCP_GREETING_SILENT,
	  "Run the same probe with the virus scanner's mail scanning switched off." },
	{ CODE_TLS_HANDSHAKE_SILENT, "Run the same probe from another network, such as a telephone's." },
	{ CODE_TLS_HANDSHAKE_CUT, "Run the same probe from another network, such as a telephone's." },
	{ CODE_DNS_RESOLVER_SILENT,
	  "Run the same probe with --resolver and the address of another DNS server." },
	{ CODE_DNS_HOST_UNRESOLVED,
	  "Run the same probe with --resolver and the address of another DNS server." },
	{ CODE_AUTH_LOGIN_REFUSED,
	  "Log in on the provider's web site with the same name and password: if that works, "
	  "passwords or IMAP are switched off for mail programs; if not, the password is wrong." },
	{ CODE_TLS_STARTTLS_MISSING,
	  "Run the same probe from another network: if STARTTLS is offered there, a device here "
	  "removes it." },
	{ CODE_DNS_ANSWERS_PRIVATE,
	  "Run the same probe with --resolver and the address of another DNS server." },
};

void exclusions_find(struct judge *j, struct diagnosis *out)
{
	for (size_t c = 0; c < out->n_causes; c++) {
		for (size_t i = 0; i < COUNT_OF(rows); i++)
			if (rows[i].found == out->causes[c]->code && holds(j, rows[i].when))
				add(j, out, i);
		for (size_t i = 0; i < COUNT_OF(next_tests) && !out->next_test; i++)
			if (next_tests[i].found == out->causes[c]->code)
				out->next_test = next_tests[i].test;
	}
}
