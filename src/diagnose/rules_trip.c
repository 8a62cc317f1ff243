/* This file judges what became of the letters of a trip. */
#include "diagnose/judge.h"

enum { EARLY_PART = 4, EARLY_LEAST_MS = 8, TEXT_MAX = 200 };

static const char *kind_of(const struct letter_fate *fate)
{
	static const char *const words[] = {
		[LETTER_PLAIN] = "plain text",      [LETTER_HTML] = "HTML",
		[LETTER_ATTACHMENT] = "attachment", [LETTER_LONG_LINES] = "long lines",
		[LETTER_LARGE] = "large message",   [LETTER_KINDS] = "",
	};

	return words[fate->sent.letter->kind];
}

static struct finding *say(struct judge *j, enum code code, const struct letter_fate *fate)
{
	struct finding *f = judge_say_domain(j, code, j->facts->address);

	judge_evidence(f, "letter", kind_of(fate), NULL);
	return f;
}

static void quote_answer(struct judge *j, struct finding *f, const struct letter_fate *fate)
{
	if (fate->sent.reply.len > 0)
		judge_quote(f, "server_said", judge_str(j, str_head(fate->sent.reply, TEXT_MAX)), NULL);
}

static const char *ms(struct judge *j, moment length)
{
	return judge_text(j, "%.0f ms", moment_to_ms(length));
}

/* The final answer came sooner than one can from where the others came. */
static bool was_early(const struct letter_facts *sent)
{
	return sent->end == LETTER_ACCEPTED && sent->quickest != MOMENT_NEVER &&
	       sent->quickest >= MOMENT_MS(EARLY_LEAST_MS) &&
	       sent->answered - sent->sent < sent->quickest / EARLY_PART;
}

static void judge_lost(struct judge *j, const struct letter_fate *fate)
{
	bool early = was_early(&fate->sent);
	struct finding *f = say(j, early ? CODE_TRIP_ACKNOWLEDGED_EARLY : CODE_TRIP_MESSAGE_LOST, fate);

	quote_answer(j, f, fate);
	judge_evidence(f, "looked_for", ms(j, j->facts->trip->waited), "found in the mailbox");
	if (!early)
		return;
	judge_evidence(f, "answer_to_message", ms(j, fate->sent.answered - fate->sent.sent), NULL);
	judge_evidence(f, "answer_to_commands", ms(j, fate->sent.quickest), NULL);
}

static void judge_sending(struct judge *j, const struct letter_fate *fate)
{
	const struct letter_facts *sent = &fate->sent;
	bool arrived = fate->n_arrivals > 0;
	struct finding *f;

	if (sent->end == LETTER_REFUSED) {
		f = say(j, CODE_TRIP_MESSAGE_REFUSED, fate);
		quote_answer(j, f, fate);
	} else if (sent->end == LETTER_UNANSWERED || (sent->end == LETTER_CUT && arrived)) {
		f = say(j, arrived ? CODE_TRIP_ANSWER_LOST : CODE_TRIP_CONNECTION_CUT, fate);
		judge_evidence(f, "answer_to_message", step_error_text(sent->error), "accepted");
		judge_evidence(f, "arrived", arrived ? "yes" : "no", NULL);
	} else if (sent->end == LETTER_CUT) {
		f = say(j, CODE_TRIP_CONNECTION_CUT, fate);
		judge_evidence(f, "answer_to_message", step_error_text(sent->error), "accepted");
	} else if (sent->end == LETTER_ACCEPTED && !arrived && j->facts->trip->looked) {
		judge_lost(j, fate);
	}
}

static const enum code altered[] = {
	[ALTERATION_NONE] = CODE_COUNT,
	[ALTERATION_BLANK] = CODE_TRIP_BODY_BLANK,
	[ALTERATION_TRUNCATED] = CODE_TRIP_MESSAGE_TRUNCATED,
	[ALTERATION_FOOTER] = CODE_TRIP_FOOTER_ADDED,
	[ALTERATION_RECODED] = CODE_TRIP_MESSAGE_RECODED,
	[ALTERATION_ATTACHMENT_LOST] = CODE_TRIP_ATTACHMENT_LOST,
	[ALTERATION_OTHER] = CODE_TRIP_MESSAGE_ALTERED,
};

static void judge_content(struct judge *j, const struct letter_fate *fate)
{
	struct finding *f;

	if (fate->alteration == ALTERATION_NONE)
		return;
	f = say(j, altered[fate->alteration], fate);
	judge_evidence(f, "bytes_sent", judge_text(j, "%zu", fate->sent.letter->bytes.len), NULL);
	judge_evidence(f, "differs_at_byte", judge_text(j, "%llu", (unsigned long long)fate->differs_at),
		       NULL);
	if (fate->shown.len > 0)
		judge_quote(f, fate->alteration == ALTERATION_FOOTER ? "added" : "stands_there",
			    judge_str(j, fate->shown), NULL);
}

/* A hash that fits what was sent and not what came was made before the alteration: that tells who altered it.
 */
static void judge_signature(struct judge *j, const struct letter_fate *fate)
{
	const struct signature *signature = &fate->signature;
	struct finding *f;

	if (!signature->there)
		return;
	if (!signature->body_fits || signature->verdict == SIGNATURE_BROKEN) {
		f = say(j, CODE_TRIP_SIGNATURE_BROKEN, fate);
		judge_evidence(f, "body_hash", signature->body_fits ? "fits" : "does not fit the body",
			       "fits");
		if (signature->verdict == SIGNATURE_BROKEN)
			judge_evidence(f, "signature", "does not fit the key in the DNS", "fits");
		if (!signature->body_fits)
			judge_evidence(f, "altered",
				       signature->fits_sent_body ? "after it was signed"
								 : "before it was signed, and again behind",
				       NULL);
		judge_quote(f, "signed_by", judge_str(j, signature->domain), NULL);
	} else if (signature->verdict == SIGNATURE_WITHOUT_KEY) {
		f = say(j, CODE_TRIP_SIGNATURE_WITHOUT_KEY, fate);
		judge_quote(f, "key", signature->key_name, "in the DNS");
	}
}

static void judge_arrival(struct judge *j, const struct letter_fate *fate)
{
	struct finding *f;

	if (fate->n_arrivals == 0)
		return;
	judge_content(j, fate);
	judge_signature(j, fate);
	if (fate->n_arrivals > 1) {
		f = say(j, CODE_TRIP_MESSAGE_DOUBLED, fate);
		judge_evidence(f, "found", judge_text(j, "%zu times", fate->n_arrivals), "once");
	}
	if (fate->in_junk) {
		f = say(j, CODE_TRIP_MESSAGE_IN_JUNK, fate);
		judge_quote(f, "folder", fate->arrivals[0]->folder, "INBOX");
	}
}

static void judge_rest(struct judge *j, const struct trip_facts *trip)
{
	size_t n = 0;

	for (size_t i = 0; i < trip->n_fates; i++)
		n += trip->fates[i].n_arrivals;
	if (trip->identities_differ)
		judge_evidence(judge_say_domain(j, CODE_TRIP_IDENTITIES_CHANGE, j->facts->address),
			       "messages_compared", judge_text(j, "%zu", trip->identities_compared),
			       "the same identities in both sessions");
	if (n > 0 && !trip->removed)
		judge_evidence(judge_say_domain(j, CODE_TRIP_MESSAGE_LEFT, j->facts->address), "letters",
			       judge_text(j, "%zu", n), "removed");
}

void rules_trip(struct judge *j)
{
	if (!j->facts->trip)
		return;
	for (size_t i = 0; i < j->facts->trip->n_fates; i++) {
		judge_sending(j, &j->facts->trip->fates[i]);
		judge_arrival(j, &j->facts->trip->fates[i]);
	}
	judge_rest(j, j->facts->trip);
}
