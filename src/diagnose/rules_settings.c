/* This file judges what the domain and its provider publish about their servers. */
#include "diagnose/house.h"
#include "diagnose/judge.h"

#include <string.h>

enum { TYPE_A = 1, TYPE_MX = 15, TYPE_AAAA = 28 };

static const struct dns_facts *asked(const struct settings_facts *s, const char *name, uint16_t type)
{
	for (size_t i = 0; i < s->n_dns; i++)
		if (s->dns[i]->type == type && str_eq_nocase(str_of(s->dns[i]->name), str_of(name)))
			return s->dns[i];
	return NULL;
}

static bool is_null_mx(const struct dns_facts *mx)
{
	return mx->outcome == DNS_ANSWERED && mx->n_records == 1 && mx->records[0].type == TYPE_MX &&
	       mx->records[0].text && strcmp(mx->records[0].text, ".") == 0;
}

/* RFC 5321 section 5.1: without MX the domain's own address takes mail. */
static bool has_address(const struct settings_facts *s, const char *domain)
{
	const struct dns_facts *a = asked(s, domain, TYPE_A), *aaaa = asked(s, domain, TYPE_AAAA);

	return !a || a->outcome != DNS_NO_DATA || (aaaa && aaaa->outcome == DNS_ANSWERED);
}

/* Nobody but guesses names a server. */
static bool is_served(const struct settings_facts *s)
{
	for (size_t i = 0; i < s->n_servers; i++)
		if (s->servers[i].source != SOURCE_GUESS)
			return true;
	return false;
}

static void judge_domain(struct judge *j, const struct settings_facts *s)
{
	const char *domain = s->address.domain;
	const struct dns_facts *mx = domain ? asked(s, domain, TYPE_MX) : NULL;
	struct finding *f;

	if (!mx)
		return;
	if (mx->outcome == DNS_NO_NAME) {
		f = judge_say_domain(j, CODE_DNS_DOMAIN_UNKNOWN, domain);
		judge_evidence(f, "dns_mx", "no such name", "a mail server");
	} else if (is_null_mx(mx)) {
		f = judge_say_domain(j, CODE_DNS_DOMAIN_NO_MAIL, domain);
		judge_evidence(f, "dns_mx", "\".\" (takes no mail, RFC 7505)", "a mail server");
	} else if (mx->outcome == DNS_NO_DATA && !has_address(s, domain) && !is_served(s)) {
		f = judge_say_domain(j, CODE_DNS_DOMAIN_NO_MAIL, domain);
		judge_evidence(f, "dns_mx", "none", "a mail server");
		judge_evidence(f, "dns_a", "none", NULL);
	}
}

/* The domain's own records are what its owner can mend; the table, the MX and guesses are not. */
static bool is_published(enum source source)
{
	return source == SOURCE_AUTOCONFIG || source == SOURCE_SRV || source == SOURCE_AUTODISCOVER;
}

static const struct way *way_to(const struct judge *j, const struct opinion *opinion)
{
	for (size_t i = 0; i < j->n_ways; i++)
		if (j->ways[i].endpoint->protocol == opinion->endpoint.protocol &&
		    j->ways[i].endpoint->port == opinion->endpoint.port &&
		    str_eq_nocase(str_of(j->ways[i].endpoint->host), str_of(opinion->endpoint.host)))
			return &j->ways[i];
	return NULL;
}

/* How bad it is that two records name different servers: one of another house,
 * or one that is dead, sends people wrong; two of one house that nobody saw
 * fail are untidy; two that both work are one service with two names. */
static enum severity contradiction(const struct judge *j, const struct opinion *a, const struct opinion *b)
{
	const struct way *to_a = way_to(j, a), *to_b = way_to(j, b);

	if (!is_published(a->source) || !is_published(b->source) ||
	    a->endpoint.protocol != b->endpoint.protocol ||
	    str_eq_nocase(str_of(a->endpoint.host), str_of(b->endpoint.host)))
		return SEVERITY_NOTE;
	if (to_a && to_b && to_a->works && to_b->works)
		return SEVERITY_NOTE;
	if (!house_is_same(a->endpoint.host, b->endpoint.host) ||
	    (to_a && to_b && to_a->works != to_b->works))
		return SEVERITY_WARNING;
	return SEVERITY_ADVICE;
}

static const char *opinion_text(struct judge *j, const struct opinion *o)
{
	return judge_text(j, "%s port %u (%s)", o->endpoint.host, (unsigned)o->endpoint.port,
			  o->where ? o->where : "");
}

static bool judge_opinions(struct judge *j, const struct settings_facts *s,
			   const struct server_settings *server)
{
	for (size_t i = 0; i < server->n_opinions; i++)
		for (size_t k = i + 1; k < server->n_opinions; k++) {
			enum severity severity = contradiction(j, server->opinions[i], server->opinions[k]);
			struct finding *f;

			if (severity == SEVERITY_NOTE)
				continue;
			f = judge_say_domain(j, CODE_PROVIDER_RECORDS_DISAGREE, s->address.domain);
			f->severity = severity;
			judge_quote(f, "one_says", opinion_text(j, server->opinions[i]), NULL);
			judge_quote(f, "other_says", opinion_text(j, server->opinions[k]), "the same server");
			return true;
		}
	return false;
}

static void judge_not_offered(struct judge *j, const struct settings_facts *s)
{
	bool imap = false, pop3 = false;

	for (size_t i = 0; i < s->n_not_offered; i++) {
		const struct not_offered *row = &s->not_offered[i];
		struct finding *f =
			judge_say_domain(j, CODE_PROVIDER_PROTOCOL_NOT_OFFERED, s->address.domain);

		imap |= row->protocol == PROTOCOL_IMAP;
		pop3 |= row->protocol == PROTOCOL_POP3;
		judge_evidence(f, "not_offered", protocol_name(row->protocol), NULL);
		judge_evidence(f, "says", row->where ? row->where : "", NULL);
	}
	if (imap && pop3)
		judge_evidence(judge_say_domain(j, CODE_PROVIDER_NO_IMAP, s->address.domain), "not_offered",
			       "imap and pop3", "one of them");
}

/* The MX belongs to a house that lets no mail program in. */
static void judge_no_imap(struct judge *j, const struct settings_facts *s)
{
	const struct provider *house = NULL;
	struct finding *f;

	for (size_t i = 0; i < s->n_dns && !house; i++)
		if (s->dns[i]->type == TYPE_MX && s->dns[i]->n_records > 0)
			house = house_of(s->dns[i]->records[0].text);
	if (!house && s->provider)
		house = providers_by_id(str_of(s->provider));
	if (!house || !(house->hints & PROVIDER_HINT_NO_IMAP))
		return;
	f = judge_say_domain(j, CODE_PROVIDER_NO_IMAP, s->address.domain);
	judge_evidence(f, "provider", house->id, "one with IMAP or POP3");
	if (house->hint)
		f->remedy_text = house->hint;
}

/* Nobody's own mail suffers from it, but whoever sends to the domain. */
static void judge_policy(struct judge *j, const struct settings_facts *s)
{
	const struct policy_facts *policy = &s->policy;
	struct finding *f;

	if (!policy->published || !policy->url)
		return;
	if (policy->why) {
		f = judge_say_domain(j, CODE_PROVIDER_POLICY_MISSING, s->address.domain);
		judge_evidence(f, "policy", policy->why, policy->url);
	} else if (policy->unmatched && policy->mode && strcmp(policy->mode, "none") != 0) {
		f = judge_say_domain(j, CODE_PROVIDER_POLICY_WRONG, s->address.domain);
		if (strcmp(policy->mode, "enforce") != 0)
			f->severity = SEVERITY_ADVICE;
		judge_quote(f, "mx", policy->unmatched, policy->patterns);
		judge_quote(f, "mode", policy->mode, NULL);
	}
}

void rules_settings(struct judge *j)
{
	const struct settings_facts *s = j->facts->settings;

	if (!s)
		return;
	judge_domain(j, s);
	for (size_t i = 0; i < s->n_servers; i++)
		if (judge_opinions(j, s, &s->servers[i]))
			break;
	judge_not_offered(j, s);
	judge_no_imap(j, s);
	judge_policy(j, s);
}
