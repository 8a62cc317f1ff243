/* This file chooses which of the servers that a search brought are worth a probe. */
#include "app/choose.h"

#include "base/checked.h"

#include <stdint.h>
#include <string.h>

static const enum protocol protocols[] = { PROTOCOL_IMAP, PROTOCOL_POP3, PROTOCOL_SMTP };

static bool is_same(const struct endpoint *a, const struct endpoint *b)
{
	return a->protocol == b->protocol && a->security == b->security && a->port == b->port &&
	       strcmp(a->host, b->host) == 0;
}

static const struct server_settings *best_of(const struct settings_facts *settings, enum protocol protocol)
{
	for (size_t i = 0; i < settings->n_servers; i++)
		if (settings->servers[i].endpoint.protocol == protocol)
			return &settings->servers[i];
	return NULL;
}

size_t choose_first(const struct settings_facts *settings, struct endpoint out[CHOOSE_MAX])
{
	size_t n = 0;

	for (size_t p = 0; p < COUNT_OF(protocols); p++) {
		const struct server_settings *best = best_of(settings, protocols[p]);

		if (!best)
			continue;
		if (best->source != SOURCE_GUESS) {
			out[n++] = best->endpoint;
			continue;
		}
		/* A third of the room for the guesses of each protocol. */
		for (size_t i = 0, taken = 0; i < settings->n_servers; i++) {
			const struct endpoint *guess = &settings->servers[i].endpoint;

			if (guess->protocol == protocols[p] && taken++ < CHOOSE_MAX / COUNT_OF(protocols))
				out[n++] = *guess;
		}
	}
	return n;
}

/* It spoke the protocol: name, network and port are right. */
static bool answers(const struct endpoint_facts *facts)
{
	const struct step *greeting = facts_step(facts, STEP_GREETING);

	return greeting && greeting->ok;
}

static bool protocol_answers(const struct case_facts *facts, enum protocol protocol)
{
	for (size_t i = 0; i < facts->n_endpoints; i++)
		if (facts->endpoints[i]->endpoint.protocol == protocol && answers(facts->endpoints[i]))
			return true;
	return false;
}

static bool url_answers(const struct case_facts *facts, const char *url)
{
	for (size_t i = 0; i < facts->n_endpoints; i++)
		if (strcmp(facts->endpoints[i]->url, url) == 0 && answers(facts->endpoints[i]))
			return true;
	return false;
}

static bool was_probed(const struct case_facts *facts, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < facts->n_endpoints; i++)
		if (is_same(&facts->endpoints[i]->endpoint, endpoint))
			return true;
	return false;
}

size_t choose_again(const struct settings_facts *settings, const struct case_facts *facts,
		    struct endpoint out[CHOOSE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < settings->n_servers && n + CHOOSE_MAX / 2 < CHOOSE_MAX; i++) {
		const struct server_settings *server = &settings->servers[i];

		if (server->source != SOURCE_GUESS && !protocol_answers(facts, server->endpoint.protocol) &&
		    !was_probed(facts, &server->endpoint))
			out[n++] = server->endpoint;
	}
	return n;
}

static bool is_guess(const struct settings_facts *settings, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < settings->n_servers; i++)
		if (is_same(&settings->servers[i].endpoint, endpoint))
			return settings->servers[i].source == SOURCE_GUESS;
	return false;
}

void choose_keep(const struct settings_facts *settings, struct case_facts *facts, size_t n_first)
{
	const struct endpoint_facts **list = (const struct endpoint_facts **)(uintptr_t)facts->endpoints;
	size_t kept = 0;

	for (size_t i = 0; i < facts->n_endpoints; i++) {
		const struct endpoint_facts *one = facts->endpoints[i];
		bool is_idle = !url_answers(facts, one->url);
		bool guessed = is_guess(settings, &one->endpoint);

		if (is_idle && (i >= n_first || (guessed && protocol_answers(facts, one->endpoint.protocol))))
			continue;
		list[kept++] = one;
	}
	facts->n_endpoints = kept;
}
