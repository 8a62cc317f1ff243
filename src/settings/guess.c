/* This file guesses servers from the domain's name, for what no source knows.
 *
 * A guess is worth a probe and nothing more. A name that the DNS says does not
 * exist is not guessed.
 */
#include "settings/search.h"

#include "base/checked.h"
#include "facts/providers.h"

/* The likeliest first; the MX itself often serves its users too. */
static const struct {
	enum protocol protocol;
	enum security security;
	enum role name; /* whose prefix it is, ROLE_MX for the MX host */
} guesses[] = {
	{ PROTOCOL_IMAP, SECURITY_TLS, ROLE_NAME_IMAP },
	{ PROTOCOL_IMAP, SECURITY_TLS, ROLE_NAME_MAIL },
	{ PROTOCOL_IMAP, SECURITY_TLS, ROLE_MX },
	{ PROTOCOL_IMAP, SECURITY_STARTTLS, ROLE_NAME_IMAP },
	{ PROTOCOL_IMAP, SECURITY_STARTTLS, ROLE_NAME_MAIL },
	{ PROTOCOL_POP3, SECURITY_TLS, ROLE_NAME_POP },
	{ PROTOCOL_POP3, SECURITY_TLS, ROLE_NAME_MAIL },
	{ PROTOCOL_SMTP, SECURITY_TLS, ROLE_NAME_SMTP },
	{ PROTOCOL_SMTP, SECURITY_TLS, ROLE_NAME_MAIL },
	{ PROTOCOL_SMTP, SECURITY_STARTTLS, ROLE_NAME_SMTP },
	{ PROTOCOL_SMTP, SECURITY_STARTTLS, ROLE_NAME_MAIL },
	{ PROTOCOL_SMTP, SECURITY_STARTTLS, ROLE_MX },
};

static bool is_known(const struct opinions *opinions, enum protocol protocol)
{
	for (size_t i = 0; i < opinions->n; i++)
		if (opinions->rows[i].endpoint.protocol == protocol)
			return true;
	return false;
}

static bool is_refused(const struct settings_facts *facts, enum protocol protocol)
{
	for (size_t i = 0; i < facts->n_not_offered; i++)
		if (facts->not_offered[i].protocol == protocol)
			return true;
	return false;
}

static bool has_record(const struct dns_facts *dns, uint16_t type)
{
	for (size_t i = 0; i < dns->n_records; i++)
		if (dns->records[i].type == type)
			return true;
	return false;
}

/* The name may have IPv6 addresses only, so "no data" does not speak against it. */
static bool may_exist(const struct settings_search *search, enum role name)
{
	const struct dns_facts *dns = search->roles[name].dns;

	return !dns || dns->outcome != DNS_NO_NAME || has_record(dns, 1);
}

void opinions_guess(const struct settings_search *search, struct opinions *opinions,
		    const struct settings_facts *facts)
{
	bool receives = is_known(opinions, PROTOCOL_IMAP) || is_known(opinions, PROTOCOL_POP3);
	bool sends = is_known(opinions, PROTOCOL_SMTP);

	if (facts->provider_hints & PROVIDER_HINT_NO_IMAP)
		return;
	for (size_t i = 0; i < COUNT_OF(guesses); i++) {
		struct opinion guess = {
			.source = SOURCE_GUESS,
			.where = search->address->domain,
			.endpoint = { .protocol = guesses[i].protocol, .security = guesses[i].security },
		};

		if ((guesses[i].protocol == PROTOCOL_SMTP ? sends : receives) ||
		    is_refused(facts, guesses[i].protocol) || !may_exist(search, guesses[i].name))
			continue;
		guess.endpoint.port = endpoint_default_port(guesses[i].protocol, guesses[i].security);
		guess.endpoint.host =
			guesses[i].name == ROLE_MX ? search->mx : search_name(search, guesses[i].name);
		if (guess.endpoint.host)
			opinions_add(opinions, &guess);
	}
}
