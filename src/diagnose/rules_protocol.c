/* This file judges what answers: the right protocol, its greeting, STARTTLS. */
#include "diagnose/judge.h"

#include "base/checked.h"

enum { FIRST_WORDS_MAX = 80 };

static const char *first_words(struct judge *j, const struct way *way)
{
	return judge_str(j, str_head(way->best->first_bytes, FIRST_WORDS_MAX));
}

static bool is_web_port(unsigned port)
{
	return port == 80 || port == 443 || port == 8080 || port == 8443;
}

/* Every mix-up of protocols that has a name of its own. */
static const struct {
	enum protocol wanted;
	enum greeting came;
	enum code code;
} mix_ups[] = {
	{ PROTOCOL_IMAP, GREETING_POP3, CODE_IMAP_PORT_SPEAKS_POP3 },
	{ PROTOCOL_IMAP, GREETING_POP3_ERR, CODE_IMAP_PORT_SPEAKS_POP3 },
	{ PROTOCOL_POP3, GREETING_IMAP, CODE_POP3_PORT_SPEAKS_IMAP },
	{ PROTOCOL_POP3, GREETING_IMAP_BYE, CODE_POP3_PORT_SPEAKS_IMAP },
};

static bool fits(enum greeting greeting, enum protocol protocol)
{
	static const enum protocol of[] = {
		[GREETING_SMTP] = PROTOCOL_SMTP, [GREETING_SMTP_NO] = PROTOCOL_SMTP,
		[GREETING_IMAP] = PROTOCOL_IMAP, [GREETING_IMAP_BYE] = PROTOCOL_IMAP,
		[GREETING_POP3] = PROTOCOL_POP3, [GREETING_POP3_ERR] = PROTOCOL_POP3,
	};

	return greeting >= GREETING_SMTP && greeting <= GREETING_POP3_ERR && of[greeting] == protocol;
}

static enum code code_of_mix_up(const struct way *way)
{
	for (size_t i = 0; i < COUNT_OF(mix_ups); i++)
		if (mix_ups[i].wanted == way->endpoint->protocol && mix_ups[i].came == way->best->greeting)
			return mix_ups[i].code;
	if (way->best->greeting == GREETING_TLS)
		return CODE_TLS_PORT_EXPECTS_TLS;
	if (way->best->greeting == GREETING_HTTP && !is_web_port(way->endpoint->port) &&
	    !tls_is_verified(way->best->tls))
		return CODE_PATH_PORTAL_ANSWERS;
	return CODE_TCP_PORT_SPEAKS_OTHER;
}

static void judge_mix_up(struct judge *j, const struct way *way)
{
	enum code code = code_of_mix_up(way);
	struct finding *f = judge_say(j, code, code == CODE_PATH_PORTAL_ANSWERS ? NULL : way);

	judge_quote(f, "first_words", first_words(j, way),
		    judge_text(j, "a greeting of %s", protocol_name(way->endpoint->protocol)));
	judge_evidence(f, "recognised_as", greeting_name(way->best->greeting),
		       protocol_name(way->endpoint->protocol));
	if (code == CODE_PATH_PORTAL_ANSWERS)
		judge_evidence(f, "seen_at", way->url, NULL);
}

static void judge_plain_on_tls(struct judge *j, const struct way *way)
{
	static const unsigned tls_ports[] = {
		[PROTOCOL_IMAP] = 993, [PROTOCOL_POP3] = 995, [PROTOCOL_SMTP] = 465
	};
	unsigned usual = tls_ports[way->endpoint->protocol], port = way->endpoint->port;
	struct finding *f = judge_say(j, CODE_TLS_PORT_SPEAKS_PLAIN, way);

	judge_quote(f, "first_words", first_words(j, way), "the start of TLS");
	judge_evidence(f, "client_hello", "answered in plain text", NULL);
	if (port != usual)
		f->remedy_text =
			judge_text(j, "Set the encryption to STARTTLS for port %u, or use port %u with TLS.",
				   port, usual);
	else
		f->remedy_text =
			judge_text(j,
				   "Port %u should speak TLS: a device on the way or a wrong set-up of the "
				   "server answers in plain text. Do not log in; tell the provider.",
				   port);
}

/* The greeting is of the right protocol and says no. */
static void judge_refusal(struct judge *j, const struct way *way)
{
	static const enum code plain[] = { [PROTOCOL_IMAP] = CODE_IMAP_SERVER_UNUSABLE,
					   [PROTOCOL_POP3] = CODE_POP3_SERVER_UNUSABLE,
					   [PROTOCOL_SMTP] = CODE_SMTP_SERVICE_REFUSED };
	const struct exchange *e = facts_exchange(way->best, "greeting");
	struct exchange made = { .command = "greeting",
				 .reply = str_trim(way->best->first_bytes),
				 .enhanced = STR(""),
				 .response_code = STR("") };
	struct answer_said said;
	struct answer answer;
	enum code code;

	if (!e || e->ok) {
		if (answers_read(made.reply, &said)) {
			made.smtp_code = said.smtp_code;
			made.response_code = said.response_code;
		}
		e = &made;
	}
	judge_classify(way, e, ANSWER_AT_GREETING, &answer);
	code = judge_code_of(answer.meaning, way->endpoint->protocol);
	if (code == CODE_COUNT || answer.meaning == ANSWER_BACKEND_DOWN)
		code = plain[way->endpoint->protocol];
	judge_quote_answer(j, judge_say(j, code, way), e, &answer);
}

static bool is_masked_word(struct str word)
{
	size_t n = 0;

	while (n < word.len && (word.at[n] == 'X' || word.at[n] == '*'))
		n++;
	return n >= 4 && n + 1 >= word.len;
}

/* Cisco and kin write XXXXXXXA over STARTTLS and asterisks over the greeting. */
static bool is_stripped(const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	struct str greeting = str_skip(facts->first_bytes, 4);
	size_t stars = 0;

	if (facts->starttls_masked)
		return true;
	for (size_t i = 0; i < facts->n_capabilities; i++)
		if (is_masked_word(
			    str_head(facts->capabilities[i], str_find_char(facts->capabilities[i], ' '))))
			return true;
	while (stars < greeting.len && greeting.at[stars] == '*')
		stars++;
	return stars >= 4;
}

static void judge_no_starttls(struct judge *j, const struct way *way)
{
	bool stripped = is_stripped(way);
	struct finding *f =
		judge_say(j, stripped ? CODE_TLS_STARTTLS_STRIPPED : CODE_TLS_STARTTLS_MISSING, way);

	judge_evidence(f, "starttls", stripped ? "masked" : "not offered", "offered");
	if (stripped)
		judge_quote(f, "first_words", first_words(j, way), NULL);
	for (size_t i = 0; stripped && i < way->best->n_capabilities; i++)
		if (is_masked_word(way->best->capabilities[i]))
			judge_quote(f, "capability", judge_str(j, way->best->capabilities[i]), "STARTTLS");
}

static void judge_starttls(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	const struct exchange *e =
		facts_exchange(facts, way->endpoint->protocol == PROTOCOL_POP3 ? "STLS" : "STARTTLS");
	struct answer answer;
	struct finding *f;

	if (way->endpoint->security != SECURITY_STARTTLS || !facts_step(facts, STEP_CAPABILITIES))
		return;
	if (facts->bytes_after_starttls) {
		f = judge_say(j, CODE_TLS_STARTTLS_INJECTION, way);
		judge_evidence(f, "bytes_before_handshake", "yes", "none");
	}
	if (facts->keeps_early_commands) {
		f = judge_say(j, CODE_TLS_STARTTLS_INJECTION, way);
		judge_evidence(f, "command_before_handshake", "answered inside TLS", "dropped");
	}
	if (!facts->starttls_offered) {
		if (!judge_way_has_fault(j, way) && facts_step(facts, STEP_STARTTLS))
			judge_no_starttls(j, way);
	} else if (e && !e->ok && e->answered != MOMENT_NEVER) {
		judge_classify(way, e, ANSWER_AT_STARTTLS, &answer);
		f = judge_say(j, is_stripped(way) ? CODE_TLS_STARTTLS_STRIPPED : CODE_TLS_STARTTLS_REFUSED,
			      way);
		judge_quote_answer(j, f, e, &answer);
	}
}

/* Words that pass in the clear before TLS. */
static void judge_early_login(struct judge *j, const struct way *way)
{
	const uint32_t clear = MECHANISM_PLAIN | MECHANISM_LOGIN | MECHANISM_LOGIN_COMMAND;
	const struct endpoint_facts *facts = way->best;
	struct finding *f;

	if (way->endpoint->security != SECURITY_STARTTLS || !(facts->mechanisms & clear) ||
	    !facts->starttls_offered)
		return;
	for (size_t i = 0; i < facts->n_capabilities; i++)
		if (str_is_nocase(facts->capabilities[i], "LOGINDISABLED"))
			return;
	f = judge_say(j, CODE_TLS_LOGIN_BEFORE_TLS, way);
	judge_evidence(f, "login_offered_before_tls", "yes", "no");
}

void rules_protocol(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	const struct tls_facts *tls = facts->tls;
	struct finding *f;

	if (way->weight == WAY_GUESS && !way->works)
		return;
	if (facts->limit_met) {
		f = judge_say(j, CODE_PATH_SERVER_HOSTILE, way);
		judge_evidence(f, "limit_met", facts->limit_met, "an answer of ordinary size and speed");
		return;
	}
	if (facts->greeting == GREETING_NONE)
		return;
	if (!fits(facts->greeting, way->endpoint->protocol)) {
		if (facts->greeting == GREETING_OTHER && is_stripped(way))
			judge_no_starttls(j, way);
		else
			judge_mix_up(j, way);
		return;
	}
	if (way->endpoint->security == SECURITY_TLS && tls && tls->end == TLS_END_NOT_TLS) {
		judge_plain_on_tls(j, way);
		return;
	}
	if (facts->greeting == GREETING_SMTP_NO || facts->greeting == GREETING_IMAP_BYE ||
	    facts->greeting == GREETING_POP3_ERR) {
		judge_refusal(j, way);
		return;
	}
	judge_starttls(j, way);
	judge_early_login(j, way);
}
