/* This file judges what the server said after the login: the mailbox and its quota. */
#include "diagnose/judge.h"

#include "base/checked.h"

enum { QUOTA_NEARLY = 95 };

static const struct exchange *mailbox_exchange(const struct endpoint_facts *facts)
{
	static const char *const commands[] = { "EXAMINE", "SELECT", "STAT" };

	for (size_t i = facts->n_exchanges; i-- > 0;)
		for (size_t k = 0; k < COUNT_OF(commands); k++)
			if (str_starts(str_of(facts->exchanges[i].command), str_of(commands[k])))
				return &facts->exchanges[i];
	return NULL;
}

static void judge_opening(struct judge *j, const struct way *way)
{
	const struct step *step = facts_step(way->best, STEP_MAILBOX);
	const struct exchange *e = mailbox_exchange(way->best);
	struct answer answer;
	enum code code;

	if (!step || !e || e->ok || e->answered == MOMENT_NEVER)
		return;
	if (!way->best->mailbox_wants_id && (step->ok || way->best->mailbox_opened))
		return;
	judge_classify(way, e, ANSWER_AT_MAILBOX, &answer);
	code = way->best->mailbox_wants_id ? CODE_IMAP_ID_REQUIRED
					   : judge_code_of(answer.meaning, way->endpoint->protocol);
	judge_quote_answer(j, judge_say(j, code == CODE_COUNT ? CODE_MAILBOX_OPEN_REFUSED : code, way), e,
			   &answer);
}

/* 100 only when nothing is left. */
static uint64_t percent(uint64_t used, uint64_t limit)
{
	uint64_t full;

	if (used >= limit)
		return 100;
	full = limit > UINT64_MAX / 100 ? used / (limit / 100) : used * 100 / limit;
	return full < 100 ? full : 99;
}

static void judge_quota(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	uint64_t full =
		facts->has_quota && facts->quota_limit ? percent(facts->quota_used, facts->quota_limit) : 0;
	struct finding *f;

	if (full < QUOTA_NEARLY)
		return;
	f = judge_say(j, full >= 100 ? CODE_MAILBOX_QUOTA_FULL : CODE_MAILBOX_QUOTA_NEARLY_FULL, way);
	judge_evidence(f, "quota_used_bytes", judge_text(j, "%llu", (unsigned long long)facts->quota_used),
		       judge_text(j, "well below %llu", (unsigned long long)facts->quota_limit));
	judge_evidence(f, "quota_percent", judge_text(j, "%llu", (unsigned long long)full), NULL);
}

void rules_mailbox(struct judge *j, const struct way *way)
{
	if (way->best->login != LOGIN_ACCEPTED)
		return;
	judge_opening(j, way);
	judge_quota(j, way);
}
