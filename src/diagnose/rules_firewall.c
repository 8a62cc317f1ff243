/* This file judges what concerns all connections of this computer: its own firewall, and a network without
 * mail. */
#include "diagnose/judge.h"

static bool covers(const struct firewall_rule *rule, const struct way *way)
{
	const char *address = way->best->address;

	if (rule->to && (!address || !str_is(str_of(rule->to), address)))
		return false;
	if (rule->family && way->best->family && (int)rule->family != way->best->family)
		return false;
	for (size_t i = 0; i < rule->n_ports; i++)
		if (way->endpoint->port >= rule->ports[i].first && way->endpoint->port <= rule->ports[i].last)
			return true;
	return rule->n_ports == 0;
}

static bool is_connected(const struct way *way)
{
	const struct step *step = facts_step(way->best, STEP_CONNECT);

	return step && step->ok;
}

static void show_rule(struct judge *j, struct finding *f, const struct firewall_rule *rule)
{
	judge_evidence(f, "rule_in", rule->where, NULL);
	judge_evidence(f, "verdict", rule->rejects ? "reject" : "drop", "accept");
	if (rule->n_ports > 0)
		judge_evidence(f, "ports",
			       rule->ports[0].first == rule->ports[0].last
				       ? judge_text(j, "%u%s", (unsigned)rule->ports[0].first,
						    rule->n_ports > 1 ? " and others" : "")
				       : judge_text(j, "%u to %u", (unsigned)rule->ports[0].first,
						    (unsigned)rule->ports[0].last),
			       NULL);
	if (rule->counts)
		judge_evidence(f, "packets_met", judge_text(j, "%llu", (unsigned long long)rule->packets),
			       "0");
}

/* A rule for everybody explains a failure; one for some is worth knowing where all is well. */
static void judge_rules(struct judge *j, const struct way *way)
{
	for (size_t i = 0; i < j->facts->firewall->n_rules; i++) {
		const struct firewall_rule *rule = &j->facts->firewall->rules[i];
		struct finding *f;

		if (!covers(rule, way) || rule->for_some != is_connected(way) ||
		    (rule->counts && !rule->for_some && rule->packets == 0))
			continue;
		if (rule->for_some && rule->n_ports == 0)
			continue;
		f = judge_say(j, rule->for_some ? CODE_FIREWALL_PROGRAM_BLOCKED : CODE_FIREWALL_MAIL_BLOCKED,
			      way);
		show_rule(j, f, rule);
		if (rule->counts && rule->packets > 0)
			f->certainty = CERTAINTY_SEEN;
		return;
	}
}

/* Two addresses, no mail port of either can be reached, and the web port of one can. */
static void judge_no_mail(struct judge *j)
{
	const struct path_facts *path = &j->facts->path;
	const struct way *first = NULL, *second = NULL;
	struct finding *f;

	if (!path->web_tested || !path->web_answers)
		return;
	for (size_t i = 0; i < j->n_ways; i++) {
		const struct way *way = &j->ways[i];

		if (way->weight == WAY_GUESS || !way->best->address)
			continue;
		if (is_connected(way) && facts_step(way->best, STEP_GREETING) &&
		    facts_step(way->best, STEP_GREETING)->ok)
			return;
		if (!first)
			first = way;
		else if (!str_is(str_of(first->best->address), way->best->address))
			second = way;
	}
	if (!first || !second)
		return;
	f = judge_say(j, CODE_PATH_MAIL_BLOCKED, NULL);
	judge_evidence(f, "mail_fails_at", judge_text(j, "%s and %s", first->url, second->url), "answers");
	judge_evidence(f, "web_answers_at", judge_text(j, "%s port 443", path->web_address), NULL);
}

void rules_firewall(struct judge *j)
{
	judge_no_mail(j);
	if (!j->facts->firewall || !j->facts->firewall->read)
		return;
	for (size_t i = 0; i < j->n_ways; i++)
		if (j->ways[i].weight != WAY_GUESS)
			judge_rules(j, &j->ways[i]);
}
