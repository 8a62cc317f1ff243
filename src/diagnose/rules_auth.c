/* This file judges logins: what is offered, and what the answer to one means. */
#include "diagnose/house.h"
#include "diagnose/judge.h"

#include "base/checked.h"

enum { PORT_SMTP_RELAY = 25 };

enum { LOCK_WAIT_S = 5 };

static const uint32_t by_token = MECHANISM_XOAUTH2 | MECHANISM_OAUTHBEARER;
static const uint32_t by_password = MECHANISM_PLAIN | MECHANISM_LOGIN | MECHANISM_CRAM_MD5 |
				    MECHANISM_SCRAM_SHA_1 | MECHANISM_SCRAM_SHA_256 |
				    MECHANISM_LOGIN_COMMAND | MECHANISM_DIGEST_MD5 | MECHANISM_APOP;

static const char *list_mechanisms(struct judge *j, uint32_t bits)
{
	const char *list = "";

	for (unsigned i = 0; i < 32; i++)
		if (bits & (UINT32_C(1) << i))
			list = judge_text(j, "%s%s%s", list, *list ? ", " : "",
					  mechanism_name((enum mechanism)(1 << i)));
	return *list ? list : "none";
}

static bool was_by_token(const struct endpoint_facts *facts)
{
	return (facts->login_mechanism & by_token) != 0 || facts_exchange(facts, "token refused") != NULL;
}

/* Google tells a wrong password from one that it does not take. */
static bool tells_them_apart(const char *host)
{
	return house_of(host) && str_is(str_of(house_of(host)->id), "googlemail.com");
}

/* The words say "wrong password" or nothing; what is known of the house may say more. */
static enum code refine_by_house(const struct judge *j, const struct way *way, enum code code)
{
	const char *host = way->endpoint->host;
	const struct settings_facts *s = j->facts->settings;

	if (code != CODE_AUTH_PASSWORD_WRONG && code != CODE_AUTH_LOGIN_REFUSED)
		return code;
	if (house_wants(host, PROVIDER_HINT_OAUTH2_ONLY) && way->endpoint->protocol != PROTOCOL_SMTP)
		return CODE_AUTH_PASSWORD_RETIRED;
	/* With a switch to be set first, the application password is for some accounts only. */
	if (house_wants(host, PROVIDER_HINT_APP_PASSWORD) && !house_wants(host, PROVIDER_HINT_ENABLE_FIRST) &&
	    !tells_them_apart(host))
		return CODE_AUTH_APP_PASSWORD_NEEDED;
	if (house_wants(host, PROVIDER_HINT_SEPARATE_PASSWORD))
		return CODE_AUTH_MAIL_PASSWORD_SEPARATE;
	/* Exchange's wordless refusal where it offers OAuth2 alone. */
	if (code == CODE_AUTH_LOGIN_REFUSED && (way_mechanisms(way) & by_token) &&
	    !(way_mechanisms(way) & by_password))
		return CODE_AUTH_PASSWORD_RETIRED;
	if (code == CODE_AUTH_LOGIN_REFUSED && s && s->mx_provider &&
	    str_is(str_of(s->mx_provider), "office365.com"))
		return CODE_AUTH_PASSWORD_RETIRED;
	return code;
}

static void say_what_the_house_wants(struct judge *j, struct finding *f, const struct way *way)
{
	const struct provider *house = house_of(way->endpoint->host);
	const struct settings_facts *s = j->facts->settings;
	const char *hint = house && house->hint ? house->hint : s ? s->provider_hint : NULL;

	if (house)
		judge_evidence(f, "provider", house->id, NULL);
	if (hint)
		f->remedy_text = judge_text(j, "%s %s", f->remedy_text, hint);
}

static void show_token(struct judge *j, struct finding *f, const struct endpoint_facts *facts)
{
	const struct exchange *e = facts_exchange(facts, "token refused");
	char status[32];

	if (!e)
		return;
	if (answers_token_status(e->reply, status, sizeof status))
		judge_quote(f, "token_status", judge_text(j, "%s", status), "200");
	else
		judge_quote(f, "token_error", judge_str(j, e->reply), NULL);
}

/* A second form of the name was taken after the first was refused. */
static void judge_name_form(struct judge *j, const struct way *way)
{
	const char *words = user_form_words(way->best->other_form);
	struct finding *f = judge_say(j, CODE_AUTH_USER_NAME_FORM, way);

	f->certainty = CERTAINTY_SEEN;
	judge_evidence(f, "accepted_user_name", words, NULL);
	f->remedy_text =
		judge_text(j, "Set %s as user name: the server takes it with the same password.", words);
}

static void judge_refused(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	const struct exchange *e = facts_login_exchange(facts);
	enum code code = CODE_AUTH_LOGIN_REFUSED;
	struct answer answer = { .meaning = ANSWER_UNKNOWN };
	enum code said;
	struct finding *f;

	if (facts->other_login == LOGIN_ACCEPTED) {
		judge_name_form(j, way);
		return;
	}
	if (e) {
		judge_classify(way, e, ANSWER_AT_LOGIN, &answer);
		code = judge_code_of(answer.meaning, way->endpoint->protocol);
	}
	if (code == CODE_COUNT)
		code = CODE_AUTH_LOGIN_REFUSED;
	if (code == CODE_AUTH_PASSWORD_WRONG && facts->secret_beyond_ascii &&
	    (facts->login_mechanism & (MECHANISM_LOGIN | MECHANISM_LOGIN_COMMAND)))
		code = CODE_AUTH_PASSWORD_NOT_ASCII;
	said = code;
	if (was_by_token(facts) && (code == CODE_AUTH_PASSWORD_WRONG || code == CODE_AUTH_LOGIN_REFUSED))
		said = code = CODE_AUTH_TOKEN_REFUSED;
	else
		code = refine_by_house(j, way, code);
	f = judge_say(j, code, way);
	if (code == CODE_AUTH_PASSWORD_NOT_ASCII)
		judge_evidence(f, "password", "bytes beyond ASCII, sent by LOGIN", "ASCII, or AUTH PLAIN");
	if (code != said || answer.n_also > 0)
		f->certainty = CERTAINTY_INFERRED;
	if (e)
		judge_quote_answer(j, f, e, &answer);
	judge_evidence(f, "login_offered", list_mechanisms(j, way_mechanisms(way)), NULL);
	show_token(j, f, facts);
	if (facts->other_login == LOGIN_REFUSED)
		judge_evidence(f, "other_user_name",
			       judge_text(j, "%s, refused too", user_form_words(facts->other_form)), NULL);
	if (code == CODE_AUTH_PASSWORD_WRONG || code == CODE_AUTH_LOGIN_REFUSED ||
	    code == CODE_AUTH_APP_PASSWORD_NEEDED || code == CODE_AUTH_PASSWORD_RETIRED ||
	    code == CODE_AUTH_MAIL_PASSWORD_SEPARATE)
		say_what_the_house_wants(j, f, way);
}

/* No secret was sent: the offer itself says why, or our own side does. */
static void judge_not_possible(struct judge *j, const struct way *way)
{
	uint32_t offered = way_mechanisms(way);
	enum code code = CODE_AUTH_NO_COMMON_MECHANISM;
	struct finding *f;

	if (!way_is_secured(way) || offered == 0 || (offered & by_password) || judge_way_has_fault(j, way))
		return;
	if ((offered & by_token) && house_wants(way->endpoint->host, PROVIDER_HINT_OAUTH2_ONLY))
		code = CODE_AUTH_PASSWORD_RETIRED;
	f = judge_say(j, code, way);
	judge_evidence(f, "login_offered", list_mechanisms(j, offered), "a way to log in with a password");
	if (offered & by_token)
		f->remedy_text = "Choose sign-in by OAuth2 (\"modern authentication\"): this server takes no "
				 "passwords.";
	say_what_the_house_wants(j, f, way);
}

/* The conversation ended in the login: the server's last words may say why. */
/* A POP3 session needs the mailbox for itself (RFC 1939 section 4): a server
 * that was quick until the password came and then says nothing waits for it. */
static void judge_waits_for_mailbox(struct judge *j, const struct way *way)
{
	const struct step *login = facts_step(way->best, STEP_LOGIN);
	const struct step *before = facts_step(way->best, STEP_GREETING);
	struct finding *f;

	if (way->endpoint->protocol != PROTOCOL_POP3 || !login || !before || !before->ok ||
	    login->error != STEP_ERROR_TIMEOUT || login->took < MOMENT_S(LOCK_WAIT_S) ||
	    before->took > MOMENT_S(1) || judge_way_has_fault(j, way))
		return;
	f = judge_say(j, CODE_MAILBOX_LOCKED, way);
	judge_evidence(f, "login_answered", "no", "within seconds, as the greeting was");
	f->certainty = CERTAINTY_INFERRED;
	f->remedy_text =
		"Close other mail programs and devices that fetch this mailbox, then run this again; "
		"with --deadline 30 the server's own answer can be waited for.";
}

static void judge_not_finished(struct judge *j, const struct way *way)
{
	const struct exchange *e = facts_login_exchange(way->best);
	struct answer answer;
	enum code code;

	if (!e || e->ok)
		return;
	if (e->answered == MOMENT_NEVER) {
		judge_waits_for_mailbox(j, way);
		return;
	}
	judge_classify(way, e, ANSWER_AT_LOGIN, &answer);
	code = judge_code_of(answer.meaning, way->endpoint->protocol);
	if (code != CODE_COUNT)
		judge_quote_answer(j, judge_say(j, code, way), e, &answer);
}

/* Without encryption the server lets nobody log in, and encryption is to be had. */
static void judge_disabled(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;
	bool told = way_has_capability(way, "LOGINDISABLED");
	struct finding *f;

	if (way->endpoint->security != SECURITY_NONE || (way_mechanisms(way) & (by_password | by_token)))
		return;
	if (!told && !facts->starttls_offered)
		return;
	f = judge_say(j, CODE_AUTH_LOGIN_DISABLED, way);
	judge_evidence(f, "encryption", "none", "STARTTLS or TLS");
	judge_evidence(f, told ? "capability" : "login_offered", told ? "LOGINDISABLED" : "none", NULL);
	judge_evidence(f, "starttls", facts->starttls_offered ? "offered" : "not offered", NULL);
}

/* A relay for its own network. With a login asked for, the account is set to one,
 * and a recipient of the server's own domain is taken from anybody. */
static bool serves_without_login(const struct way *way)
{
	const struct step *recipient = facts_step(way->best, STEP_RECIPIENT);

	return way->best->login == LOGIN_NOT_ASKED && recipient && recipient->ok;
}

/* A submission server without a login is of no use to anybody outside. */
static void judge_not_offered(struct judge *j, const struct way *way)
{
	struct finding *f;

	if (way->endpoint->protocol != PROTOCOL_SMTP || way->endpoint->port == PORT_SMTP_RELAY)
		return;
	if (!way_is_secured(way) || way_mechanisms(way) != 0 || serves_without_login(way) ||
	    judge_way_has_fault(j, way) || judge_find(j, CODE_TLS_LOGIN_BEFORE_TLS, way))
		return;
	f = judge_say(j, CODE_SMTP_AUTH_NOT_OFFERED, way);
	judge_evidence(f, "login_offered", "none", "PLAIN, LOGIN or another");
	judge_evidence(f, "encryption", security_name(way->endpoint->security), NULL);
}

void rules_auth(struct judge *j, const struct way *way)
{
	if (way->weight == WAY_GUESS && !way_is_secured(way))
		return;
	judge_disabled(j, way);
	switch (way->best->login) {
	case LOGIN_REFUSED:
		judge_refused(j, way);
		break;
	case LOGIN_NOT_POSSIBLE:
		judge_not_possible(j, way);
		break;
	case LOGIN_NOT_FINISHED:
		judge_not_finished(j, way);
		break;
	case LOGIN_ACCEPTED:
	case LOGIN_NOT_ASKED:
	case LOGIN_HELD_BACK:
		break;
	}
}

/* After the rules of sending: what MAIL was answered may say more than the lack of a login. */
void rules_auth_offer(struct judge *j, const struct way *way)
{
	if (way->weight != WAY_GUESS || way->works)
		judge_not_offered(j, way);
}
