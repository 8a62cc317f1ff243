/* This file judges sending: the greeting name, the sender and the recipient. */
#include "diagnose/judge.h"

static void say(struct judge *j, const struct way *way, const struct exchange *e, const struct answer *answer)
{
	enum code code = judge_code_of(answer->meaning, PROTOCOL_SMTP);
	struct finding *f;

	if (code == CODE_COUNT)
		return;
	f = judge_say(j, code, way);
	if (answer->n_also > 0)
		f->certainty = CERTAINTY_INFERRED;
	judge_quote_answer(j, f, e, answer);
	if (code == CODE_SMTP_MESSAGE_TOO_LARGE && way->best->size_limit > 0) {
		unsigned long long limit = way->best->size_limit;

		judge_evidence(f, "size_limit_bytes", judge_text(j, "%llu", limit), NULL);
		f->remedy_text =
			judge_text(j,
				   "Keep attachments below %llu kB in all (the server's limit is %llu "
				   "kB, and they grow by more than a third), or send a link.",
				   limit / 1024 * 10 / 14, limit / 1024);
	}
	if (code == CODE_SMTP_RELAY_DENIED && way->best->login != LOGIN_ACCEPTED &&
	    way_mechanisms(way) != 0) {
		judge_evidence(f, "login_offered", "yes", "used");
		f->remedy_text =
			"Switch on \"my outgoing server requires authentication\" with the account's name "
			"and password.";
	}
}

static void judge_helo(struct judge *j, const struct way *way)
{
	const struct exchange *ehlo = facts_exchange(way->best, "EHLO");
	const struct exchange *helo = facts_exchange(way->best, "HELO");
	struct answer answer;

	if (!ehlo || ehlo->ok || ehlo->answered == MOMENT_NEVER || (helo && helo->ok))
		return;
	if (helo && helo->answered != MOMENT_NEVER)
		ehlo = helo;
	judge_classify(way, ehlo, ANSWER_AT_HELO, &answer);
	say(j, way, ehlo, &answer);
}

static void judge_envelope(struct judge *j, const struct way *way, const char *command,
			   enum answer_stage stage)
{
	const struct exchange *e = facts_exchange(way->best, command);
	struct answer answer;

	if (!e || e->ok || e->answered == MOMENT_NEVER)
		return;
	judge_classify(way, e, stage, &answer);
	/* A submission server that wants a login first is as it should be. */
	if (answer.meaning != ANSWER_LOGIN_NEEDED)
		say(j, way, e, &answer);
}

static bool is_beyond_ascii(const char *text)
{
	for (; text && *text; text++)
		if ((unsigned char)*text > 0x7f)
			return true;
	return false;
}

/* RFC 6531: the user's own address has letters that this server cannot carry. */
static void judge_letters(struct judge *j, const struct way *way)
{
	struct finding *f;

	if (!is_beyond_ascii(j->facts->address) || !way_is_secured(way) ||
	    way_has_capability(way, "SMTPUTF8"))
		return;
	f = judge_say(j, CODE_SMTP_ADDRESS_NOT_ASCII, way);
	judge_evidence(f, "address", "letters beyond ASCII", "ASCII");
	judge_evidence(f, "capability", "no SMTPUTF8", "SMTPUTF8");
}

void rules_smtp(struct judge *j, const struct way *way)
{
	if (way->endpoint->protocol != PROTOCOL_SMTP || (way->weight == WAY_GUESS && !way->works))
		return;
	judge_helo(j, way);
	judge_letters(j, way);
	judge_envelope(j, way, "MAIL", ANSWER_AT_SENDER);
	judge_envelope(j, way, "RCPT", ANSWER_AT_RECIPIENT);
}
