/* This file groups endpoints into ways: one for each door, with all its addresses. */
#include "diagnose/judge.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
	return str_eq_nocase(str_of(a), str_of(b));
}

static bool same_door(const struct endpoint *a, const struct endpoint *b)
{
	return a->protocol == b->protocol && a->security == b->security && a->port == b->port &&
	       same_text(a->host, b->host) && same_text(a->address, b->address) && same_text(a->sni, b->sni);
}

/* How many steps went well; the chosen one counts most. */
static size_t distance(const struct endpoint_facts *facts)
{
	size_t n = facts->chosen ? STEPS_MAX : 0;

	for (size_t i = 0; i < facts->n_steps; i++)
		n += facts->steps[i].ok ? 1 : 0;
	return n;
}

static const struct endpoint_facts *farthest(const struct way *way)
{
	const struct endpoint_facts *best = way->tries[0];

	for (size_t i = 1; i < way->n_tries; i++)
		if (distance(way->tries[i]) > distance(best))
			best = way->tries[i];
	return best;
}

/* Nothing that a mail program needs went wrong. */
static bool works(const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	const struct step *login = facts_step(facts, STEP_LOGIN);

	if (!facts_step(facts, STEP_CAPABILITIES) && !facts_step(facts, STEP_CAPABILITIES_TLS))
		return false;
	if (way->endpoint->security != SECURITY_NONE && !tls_is_verified(facts->tls))
		return false;
	if (login && facts->login != LOGIN_ACCEPTED && facts->login != LOGIN_NOT_ASKED)
		return false;
	for (size_t i = 0; i < facts->n_steps; i++)
		if (!facts->steps[i].ok && facts->steps[i].name < STEP_LOGIN)
			return false;
	return true;
}

static enum way_weight weight_by_source(const struct judge *j, const struct endpoint *endpoint)
{
	const struct settings_facts *settings = j->facts->settings;

	if (!settings)
		return WAY_COUNTS;
	for (size_t i = 0; i < settings->n_servers; i++)
		if (same_door(&settings->servers[i].endpoint, endpoint))
			return settings->servers[i].source == SOURCE_GUESS ? WAY_GUESS : WAY_COUNTS;
	return WAY_COUNTS;
}

/* IMAP and POP3 both bring mail in: one that works is enough. */
static bool same_purpose(const struct way *a, const struct way *b)
{
	return (a->endpoint->protocol == PROTOCOL_SMTP) == (b->endpoint->protocol == PROTOCOL_SMTP);
}

static bool is_in_use(const struct judge *j, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < j->facts->n_in_use; i++)
		if (same_door(&j->facts->in_use[i], endpoint))
			return true;
	return false;
}

/* With settings found by discovery, a way that works makes the others spare,
 * except a better one of the same protocol: mail programs would take that. */
static void weigh(struct judge *j)
{
	if (!j->facts->settings)
		return;
	for (size_t i = 0; i < j->n_ways; i++) {
		if (!j->ways[i].works)
			continue;
		for (size_t k = 0; k < j->n_ways; k++) {
			struct way *other = &j->ways[k];
			bool better = k < i && other->endpoint->protocol == j->ways[i].endpoint->protocol;

			if (k != i && !better && other->weight == WAY_COUNTS && !other->works &&
			    same_purpose(&j->ways[i], other) && !is_in_use(j, other->endpoint))
				other->weight = WAY_SPARE;
		}
	}
}

static struct way *way_for(struct judge *j, const struct endpoint_facts *facts)
{
	for (size_t i = 0; i < j->n_ways; i++)
		if (same_door(j->ways[i].endpoint, &facts->endpoint))
			return &j->ways[i];
	j->ways[j->n_ways] = (struct way){
		.endpoint = &facts->endpoint,
		.url = facts->url ? facts->url : "",
	};
	return &j->ways[j->n_ways++];
}

/* Tries of one way stand together: first count, then give each its part. */
static bool collect(struct judge *j, const struct endpoint_facts **tries)
{
	const struct case_facts *facts = j->facts;
	size_t at = 0;

	for (size_t i = 0; i < facts->n_endpoints; i++)
		way_for(j, facts->endpoints[i])->n_tries++;
	for (size_t w = 0; w < j->n_ways; w++) {
		struct way *way = &j->ways[w];

		way->tries = tries + at;
		for (size_t i = 0; i < facts->n_endpoints && way->n_tries > 0; i++)
			if (same_door(way->endpoint, &facts->endpoints[i]->endpoint))
				tries[at++] = facts->endpoints[i];
	}
	return at == facts->n_endpoints;
}

bool ways_find(struct judge *j)
{
	size_t n = j->facts->n_endpoints;
	const struct endpoint_facts **tries = arena_array(j->arena, n, sizeof *tries);

	j->ways = arena_array(j->arena, n, sizeof *j->ways);
	if (!tries || !j->ways || !collect(j, tries))
		return false;
	for (size_t i = 0; i < j->n_ways; i++) {
		struct way *way = &j->ways[i];

		way->best = farthest(way);
		way->works = works(way);
		way->weight = weight_by_source(j, way->endpoint);
	}
	weigh(j);
	return true;
}

bool way_is_secured(const struct way *way)
{
	const struct endpoint_facts *facts = way->best;

	if (way->endpoint->security == SECURITY_STARTTLS)
		return facts_step(facts, STEP_CAPABILITIES_TLS) != NULL;
	if (way->endpoint->security == SECURITY_TLS && !(facts->tls && facts->tls->end == TLS_END_UP))
		return false;
	return facts_step(facts, STEP_CAPABILITIES) != NULL;
}

static bool is_in_tls(const struct way *way)
{
	return way->endpoint->security != SECURITY_NONE && way->best->tls &&
	       way->best->tls->end == TLS_END_UP;
}

uint32_t way_mechanisms(const struct way *way)
{
	return is_in_tls(way) ? way->best->mechanisms_tls : way->best->mechanisms;
}

bool way_has_capability(const struct way *way, const char *name)
{
	const struct endpoint_facts *facts = way->best;
	bool tls = is_in_tls(way);
	size_t n = tls ? facts->n_capabilities_tls : facts->n_capabilities;
	const struct str *list = tls ? facts->capabilities_tls : facts->capabilities;

	for (size_t i = 0; i < n; i++)
		if (str_is_nocase(list[i], name))
			return true;
	return false;
}

const struct way *way_like(const struct judge *j, const struct way *way)
{
	for (size_t i = 0; i < j->n_ways; i++)
		if (same_door(j->ways[i].endpoint, way->endpoint))
			return &j->ways[i];
	return NULL;
}

const char *way_name(struct judge *j, const struct way *way)
{
	return judge_text(j, "%s port %u", way->endpoint->host, (unsigned)way->endpoint->port);
}
