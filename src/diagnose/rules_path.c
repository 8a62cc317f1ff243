/* This file judges what concerns this computer and its network as a whole. */
#include "diagnose/house.h"
#include "diagnose/judge.h"

#include <string.h>

enum {
	CLOCK_OFF_MAX = 86400,
	LOGGED_SINCE = 1525132800, /* 2018-05-01: what public authorities issue is logged (RFC 6962) */
};

static int64_t distance(int64_t seconds)
{
	return seconds < 0 ? -seconds : seconds;
}

static const struct way *first_with(const struct judge *j, enum tls_verify verify)
{
	for (size_t i = 0; i < j->n_ways; i++)
		if (j->ways[i].best->tls && j->ways[i].best->tls->end == TLS_END_UP &&
		    j->ways[i].best->tls->verify == verify)
			return &j->ways[i];
	return NULL;
}

/* Two houses that have nothing to do with each other, both from the future. */
static const struct way *second_house_not_yet(const struct judge *j, const struct way *first)
{
	for (size_t i = 0; i < j->n_ways; i++) {
		const struct tls_facts *tls = j->ways[i].best->tls;

		if (tls && tls->end == TLS_END_UP && tls->verify == TLS_VERIFY_NOT_YET &&
		    !house_is_same(first->endpoint->host, j->ways[i].endpoint->host))
			return &j->ways[i];
	}
	return NULL;
}

static void judge_clock(struct judge *j)
{
	const struct path_facts *path = &j->facts->path;
	const struct way *first = first_with(j, TLS_VERIFY_NOT_YET), *second;
	struct finding *f;

	if (path->clock_tested) {
		if (distance(path->clock_off_seconds) < CLOCK_OFF_MAX)
			return;
		f = judge_say(j, CODE_PATH_CLOCK_WRONG, NULL);
		judge_evidence(f, "clock_off_seconds",
			       judge_text(j, "%lld", (long long)path->clock_off_seconds), "about 0");
		f->remedy_text = judge_text(j, "Set date, time and time zone: this computer is %lld days %s.",
					    (long long)(distance(path->clock_off_seconds) / 86400),
					    path->clock_off_seconds < 0 ? "behind" : "ahead");
		return;
	}
	second = first ? second_house_not_yet(j, first) : NULL;
	if (!second)
		return;
	f = judge_say(j, CODE_PATH_CLOCK_WRONG, NULL);
	f->certainty = CERTAINTY_INFERRED;
	judge_evidence(f, "not_yet_valid_at", judge_text(j, "%s and %s", first->url, second->url),
		       "certificates that are valid today");
}

/* The same unknown authority in front of a public house and of another house:
 * somebody on the way makes certificates as they are needed. */
static void judge_gateway(struct judge *j)
{
	for (size_t i = 0; i < j->n_ways; i++) {
		const struct tls_facts *a = j->ways[i].best->tls;

		if (!a || a->end != TLS_END_UP || a->n_chain == 0 || !a->chain[0].issuer ||
		    !house_of(j->ways[i].endpoint->host) ||
		    (a->verify != TLS_VERIFY_UNKNOWN_ROOT && a->verify != TLS_VERIFY_NO_ISSUER))
			continue;
		for (size_t k = 0; k < j->n_ways; k++) {
			const struct tls_facts *b = j->ways[k].best->tls;
			struct finding *f;

			if (!b || b->end != TLS_END_UP || b->n_chain == 0 || !b->chain[0].issuer ||
			    strcmp(a->chain[0].issuer, b->chain[0].issuer) != 0 ||
			    house_is_same(j->ways[i].endpoint->host, j->ways[k].endpoint->host))
				continue;
			if (judge_find(j, CODE_SCANNER_CERTIFICATE_ISSUED, &j->ways[i]) ||
			    judge_find(j, CODE_PATH_GATEWAY_CERTIFICATE, &j->ways[i]))
				return;
			f = judge_say(j, CODE_PATH_GATEWAY_CERTIFICATE, &j->ways[i]);
			f->certainty = CERTAINTY_INFERRED;
			judge_quote(f, "issuer", a->chain[0].issuer, "a public authority");
			judge_evidence(f, "same_issuer_at", j->ways[k].url, NULL);
			return;
		}
	}
}

/* A certificate that is accepted here and that no public authority issued, for a public house, or where
 * somebody close by takes the connections: the organisation's root is installed. Mail programs with roots of
 * their own refuse it. */
static void judge_installed_root(struct judge *j, const struct way *way)
{
	const struct tls_facts *tls = way->best->tls;
	const struct finding *relayed = judge_find(j, CODE_PATH_CONNECTION_RELAYED, way);
	struct finding *f;

	if (!tls_is_verified(tls) || tls->n_chain == 0 || tls->chain[0].has_scts ||
	    tls->chain[0].not_before < LOGGED_SINCE || (!relayed && !house_of(way->endpoint->host)) ||
	    judge_find(j, CODE_SCANNER_CERTIFICATE_ISSUED, way) ||
	    judge_find(j, CODE_PATH_GATEWAY_CERTIFICATE, way))
		return;
	f = judge_say(j, CODE_PATH_GATEWAY_CERTIFICATE, way);
	f->severity = SEVERITY_NOTE;
	f->certainty = CERTAINTY_INFERRED;
	judge_quote(f, "issuer", tls->chain[0].issuer, "a public authority");
	judge_evidence(f, "timestamps", "none", "of logs, as public authorities have them (SCT)");
	if (relayed)
		judge_evidence(f, "connection", "taken close by, far sooner than the path allows", NULL);
}

void rules_path(struct judge *j)
{
	judge_clock(j);
	judge_gateway(j);
	for (size_t i = 0; i < j->n_ways; i++)
		judge_installed_root(j, &j->ways[i]);
}
