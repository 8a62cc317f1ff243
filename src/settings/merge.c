/* This file merges opinions into servers, the best first for each protocol.
 *
 * Equal places are one server. A server ranks by what speaks against it: that
 * it is only guessed, that its place is odd, that it is plain text; then by
 * its source, then as its source ranks it.
 */
#include "settings/search.h"

#include <string.h>

enum { PER_PROTOCOL_MAX = SETTINGS_SERVERS_MAX / 3 };

static bool is_same_place(const struct endpoint *a, const struct endpoint *b)
{
	return a->protocol == b->protocol && a->security == b->security && a->port == b->port &&
	       strcmp(a->host, b->host) == 0;
}

/* SRV records of all names of a protocol are one voice; documents speak for themselves. */
static bool is_same_voice(const struct opinion *a, const struct opinion *b)
{
	return a->source == b->source && (a->source == SOURCE_SRV || strcmp(a->where, b->where) == 0);
}

static bool names(const struct opinions *opinions, const struct opinion *voice,
		  const struct endpoint *endpoint)
{
	for (size_t i = 0; i < opinions->n; i++)
		if (is_same_voice(&opinions->rows[i], voice) &&
		    is_same_place(&opinions->rows[i].endpoint, endpoint))
			return true;
	return false;
}

static void add_opinion(struct server_settings *server, const struct opinion *opinion)
{
	if (server->n_opinions < SETTINGS_OPINIONS_MAX)
		server->opinions[server->n_opinions++] = opinion;
}

/* What all say about the server's protocol, and whether they agree on it. */
static void hear(const struct opinions *opinions, struct server_settings *server)
{
	server->agree = true;
	for (size_t i = 0; i < opinions->n; i++) {
		const struct opinion *opinion = &opinions->rows[i];
		bool is_guess = opinion->source == SOURCE_GUESS;

		if (opinion->endpoint.protocol != server->endpoint.protocol)
			continue;
		add_opinion(server, opinion);
		if (!is_guess && !names(opinions, opinion, &server->endpoint))
			server->agree = false;
		if (!is_same_place(&opinion->endpoint, &server->endpoint))
			continue;
		if (!server->user_name)
			server->user_name = opinion->user_name;
		if (!server->authentication)
			server->authentication = opinion->authentication;
	}
}

static unsigned weight(const struct opinion *opinion)
{
	return (opinion->source == SOURCE_GUESS ? 64u : 0u) | (opinion->caution ? 32u : 0u) |
	       (opinion->endpoint.security == SECURITY_NONE ? 16u : 0u) | (unsigned)opinion->source;
}

/* True when an earlier opinion, which is of a source as good or better, names the same place. */
static bool is_repeated(const struct opinions *opinions, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (is_same_place(&opinions->rows[i].endpoint, &opinions->rows[at].endpoint))
			return true;
	return false;
}

/* The opinions that name a new place of this protocol, by weight; stable. */
static size_t rank(const struct opinions *opinions, enum protocol protocol,
		   const struct opinion *ranked[static SETTINGS_OPINIONS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < opinions->n; i++) {
		const struct opinion *opinion = &opinions->rows[i];
		size_t at = n;

		if (opinion->endpoint.protocol != protocol || is_repeated(opinions, i))
			continue;
		for (; at > 0 && weight(opinion) < weight(ranked[at - 1]); at--)
			ranked[at] = ranked[at - 1];
		ranked[at] = opinion;
		n++;
	}
	return n;
}

void merge_opinions(const struct opinions *opinions, struct settings_facts *facts)
{
	static const enum protocol protocols[] = { PROTOCOL_IMAP, PROTOCOL_POP3, PROTOCOL_SMTP };
	const struct opinion *ranked[SETTINGS_OPINIONS_MAX];

	for (size_t p = 0; p < 3; p++) {
		size_t n = rank(opinions, protocols[p], ranked);

		for (size_t i = 0; i < n && i < PER_PROTOCOL_MAX; i++) {
			struct server_settings *server = &facts->servers[facts->n_servers++];

			server->endpoint = ranked[i]->endpoint;
			server->source = ranked[i]->source;
			server->caution = ranked[i]->caution;
			hear(opinions, server);
			if (!server->user_name)
				server->user_name = facts->address.whole;
		}
	}
}
