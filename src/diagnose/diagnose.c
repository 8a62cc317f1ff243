/* This file runs the rules over the facts and makes the diagnosis of what they found. */
#include "diagnose/diagnose.h"

#include "base/checked.h"
#include "base/names.h"
#include "diagnose/judge.h"

static const struct name_row verdict_names[] = {
	{ VERDICT_HEALTHY, "healthy" },
	{ VERDICT_TROUBLE, "trouble" },
	{ VERDICT_UNDECIDED, "undecided" },
};

const char *verdict_name(enum verdict verdict)
{
	return name_of(verdict_names, COUNT_OF(verdict_names), (int)verdict);
}

/* Their order is that of a conversation, with exceptions that judge.h explains. */
static void (*const rules[])(struct judge *j, const struct way *way) = {
	rules_dns,  rules_tcp,     rules_tls,  rules_bulk,       rules_greeting, rules_protocol,
	rules_auth, rules_mailbox, rules_smtp, rules_auth_offer, rules_speed,
};

/* A step that should have gone well did not, and no finding says why. */
static const struct step *unexplained(const struct way *way)
{
	for (size_t i = 0; i < way->best->n_steps; i++)
		if (!way->best->steps[i].ok && way->best->steps[i].name != STEP_LOGOUT)
			return &way->best->steps[i];
	return NULL;
}

static bool has_any_finding(const struct judge *j, const struct way *way)
{
	for (size_t i = 0; i < j->n_noted; i++)
		if (j->noted[i].way == way && j->noted[i].finding->severity >= SEVERITY_ADVICE)
			return true;
	return false;
}

static const char *why_undecided(struct judge *j)
{
	size_t n_working = 0;

	if (j->facts->trip && j->facts->trip->n_fates > 0 && !j->facts->trip->looked)
		return "The letters were sent, but the mailbox could not be looked through; run it again "
		       "with "
		       "--trace FILE.";
	for (size_t i = 0; i < j->n_ways; i++) {
		const struct way *way = &j->ways[i];
		const struct step *step;

		n_working += way->works ? 1 : 0;
		if (way->weight != WAY_COUNTS || has_any_finding(j, way))
			continue;
		if (way->best->login == LOGIN_HELD_BACK || way->best->login == LOGIN_NOT_POSSIBLE)
			return judge_text(j, "%s: no login was tried (%s).", way->url,
					  way->best->login_why ? way->best->login_why : "no reason is known");
		step = unexplained(way);
		if (step && !way->works)
			return judge_text(j,
					  "%s: the step \"%s\" failed (%s); run it again with --trace FILE.",
					  way->url, step_name_text(step->name),
					  step->error_text ? step->error_text : step_error_text(step->error));
		if (!way->works && way->best->n_steps == 0)
			return judge_text(
				j, "%s: nothing was measured in the time given; allow more with --deadline.",
				way->url);
		if (way->best->login == LOGIN_NOT_FINISHED)
			return judge_text(j, "%s: the login did not come to its end.", way->url);
	}
	if (j->n_ways > 0 && n_working == 0 && j->facts->settings)
		return "None of the servers that were tried answers as a mail server should; ask the "
		       "provider for their "
		       "names and probe those.";
	return NULL;
}

static const char *where(struct judge *j, const struct finding *f)
{
	switch (f->subject.kind) {
	case SUBJECT_ENDPOINT:
		for (size_t i = 0; i < j->n_noted; i++)
			if (j->noted[i].finding == f && j->noted[i].way)
				return judge_text(j, " (%s)", way_name(j, j->noted[i].way));
		return "";
	case SUBJECT_DOMAIN:
		return judge_text(j, " (%s)", f->subject.name);
	case SUBJECT_COMPUTER:
	case SUBJECT_STORE:
	case SUBJECT_ACCOUNT:
		break;
	}
	return "";
}

static void conclude(struct judge *j, struct diagnosis *out)
{
	const char *undecided = why_undecided(j);

	if (out->n_causes > 0) {
		out->verdict = VERDICT_TROUBLE;
		out->headline = judge_text(j, "%s%s.", catalogue_row(out->causes[0]->code)->title,
					   where(j, out->causes[0]));
		return;
	}
	if (undecided || (j->n_ways == 0 && !j->facts->settings && j->facts->n_exchanges == 0)) {
		out->verdict = VERDICT_UNDECIDED;
		out->headline = "What was measured does not decide what is wrong.";
		out->next_test = undecided ? undecided : "Name a server: postmend probe imaps://HOST.";
		return;
	}
	out->verdict = VERDICT_HEALTHY;
	out->headline = "Everything that was tried works as it should.";
}

enum status diagnose(struct arena *arena, const struct case_facts *facts, struct finding_sink *sink,
		     struct diagnosis *out)
{
	struct judge j = { .arena = arena, .facts = facts, .sink = sink };

	*out = (struct diagnosis){ .verdict = VERDICT_UNDECIDED };
	if (!ways_find(&j))
		return ST_NOMEM;
	for (size_t i = 0; i < j.n_ways; i++)
		for (size_t r = 0; r < COUNT_OF(rules); r++)
			rules[r](&j, &j.ways[i]);
	rules_path(&j);
	rules_settings(&j);
	rules_exchange(&j);
	rules_elsewhere(&j);
	rules_firewall(&j);
	rules_trip(&j);
	rules_since(&j, &out->healthy);
	causes_find(&j, out);
	exclusions_find(&j, out);
	conclude(&j, out);
	return arena_failed(arena) || finding_sink_failed(sink) ? ST_NOMEM : ST_OK;
}
