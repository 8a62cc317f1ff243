/* This file is how rules say what they found. */
#include "diagnose/judge.h"

#include "base/checked.h"

#include <string.h>

const char *judge_text(struct judge *j, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(j->arena, format, args);
	va_end(args);
	return text ? text : "";
}

const char *judge_str(struct judge *j, struct str text)
{
	char *copy = arena_text(j->arena, text);

	return copy ? copy : "";
}

static bool room_for_one(struct judge *j)
{
	struct noted *noted = arena_grown(j->arena, j->noted, j->n_noted, &j->noted_room, sizeof *noted);

	if (!noted)
		return false;
	j->noted = noted;
	return true;
}

static struct finding *say(struct judge *j, enum code code, const struct subject *subject,
			   const struct way *way)
{
	size_t before = finding_count(j->sink);
	struct finding *f = finding_add(j->sink, code, subject);

	if (finding_count(j->sink) > before && room_for_one(j))
		j->noted[j->n_noted++] = (struct noted){ f, way };
	if (way && way->weight == WAY_SPARE && f->severity > SEVERITY_ADVICE)
		f->severity = SEVERITY_ADVICE;
	return f;
}

struct finding *judge_say(struct judge *j, enum code code, const struct way *way)
{
	struct subject subject = { .kind = SUBJECT_COMPUTER };

	if (way) {
		subject.kind = SUBJECT_ENDPOINT;
		subject.url = way->url;
		subject.address = way->best->address;
		subject.family = way->best->family == 6 ? "ipv6" : way->best->family == 4 ? "ipv4" : NULL;
	}
	return say(j, code, &subject, way);
}

struct finding *judge_say_computer(struct judge *j, enum code code, const char *part)
{
	return say(j, code, &(struct subject){ .kind = SUBJECT_COMPUTER, .name = part }, NULL);
}

struct finding *judge_say_domain(struct judge *j, enum code code, const char *domain)
{
	return say(j, code, &(struct subject){ .kind = SUBJECT_DOMAIN, .name = domain }, NULL);
}

struct finding *judge_find(const struct judge *j, enum code code, const struct way *way)
{
	for (size_t i = 0; i < j->n_noted; i++)
		if (j->noted[i].finding->code == code && (!way || j->noted[i].way == way))
			return j->noted[i].finding;
	return NULL;
}

bool judge_way_has_fault(const struct judge *j, const struct way *way)
{
	for (size_t i = 0; i < j->n_noted; i++)
		if (j->noted[i].way == way &&
		    catalogue_row(j->noted[i].finding->code)->severity >= SEVERITY_FAULT)
			return true;
	return false;
}

void judge_evidence(struct finding *f, const char *name, const char *found, const char *expected)
{
	finding_evidence(f, name, found, expected, TRUST_OURS);
}

void judge_quote(struct finding *f, const char *name, const char *found, const char *expected)
{
	finding_evidence(f, name, found, expected, TRUST_PEER);
}

void judge_classify(const struct way *way, const struct exchange *e, enum answer_stage stage,
		    struct answer *out)
{
	const struct answer_said said = {
		.protocol = way->endpoint->protocol,
		.stage = stage,
		.smtp_code = e->smtp_code,
		.enhanced = e->enhanced,
		.response_code = e->response_code,
		.text = e->reply,
	};

	answers_classify(&said, out);
}

static const struct {
	enum answer_meaning meaning;
	enum code imap, pop3, smtp; /* CODE_COUNT: nothing that such a server can mean */
} codes[] = {
#define EVERYWHERE(code) code, code, code
#define SENDING(code)    CODE_COUNT, CODE_COUNT, code
	{ ANSWER_PASSWORD_WRONG, EVERYWHERE(CODE_AUTH_PASSWORD_WRONG) },
	{ ANSWER_APP_PASSWORD_NEEDED, EVERYWHERE(CODE_AUTH_APP_PASSWORD_NEEDED) },
	{ ANSWER_WEB_LOGIN_NEEDED, EVERYWHERE(CODE_AUTH_WEB_LOGIN_NEEDED) },
	{ ANSWER_PASSWORD_RETIRED, EVERYWHERE(CODE_AUTH_PASSWORD_RETIRED) },
	{ ANSWER_LOGIN_UNEXPLAINED, EVERYWHERE(CODE_AUTH_LOGIN_REFUSED) },
	{ ANSWER_SMTP_AUTH_OFF, SENDING(CODE_AUTH_SMTP_OFF_FOR_TENANT) },
	{ ANSWER_SECURITY_DEFAULTS, EVERYWHERE(CODE_AUTH_SECURITY_DEFAULTS) },
	{ ANSWER_BASIC_RETIRED_SUBMISSION, SENDING(CODE_AUTH_BASIC_RETIRED_EXCHANGE) },
	{ ANSWER_ACCESS_OFF, EVERYWHERE(CODE_AUTH_ACCESS_OFF) },
	{ ANSWER_ACCOUNT_LOCKED, EVERYWHERE(CODE_AUTH_ACCOUNT_LOCKED) },
	{ ANSWER_ACCOUNT_SUSPENDED, EVERYWHERE(CODE_AUTH_ACCOUNT_SUSPENDED) },
	{ ANSWER_BACKEND_DOWN, EVERYWHERE(CODE_AUTH_BACKEND_DOWN) },
	{ ANSWER_USER_NAME_FORM, EVERYWHERE(CODE_AUTH_USER_NAME_FORM) },
	{ ANSWER_MECHANISM_REFUSED, EVERYWHERE(CODE_AUTH_NO_COMMON_MECHANISM) },
	{ ANSWER_TOKEN_REFUSED, EVERYWHERE(CODE_AUTH_TOKEN_REFUSED) },
	{ ANSWER_LOGIN_DISABLED, EVERYWHERE(CODE_AUTH_LOGIN_DISABLED) },
	{ ANSWER_TLS_REQUIRED, CODE_AUTH_LOGIN_DISABLED, CODE_AUTH_LOGIN_DISABLED,
	  CODE_SMTP_STARTTLS_REQUIRED },
	{ ANSWER_TLS_NOT_AVAILABLE, EVERYWHERE(CODE_TLS_STARTTLS_REFUSED) },
	{ ANSWER_SERVICE_REFUSED, CODE_IMAP_SERVER_UNUSABLE, CODE_POP3_SERVER_UNUSABLE,
	  CODE_SMTP_SERVICE_REFUSED },
	{ ANSWER_CONNECTIONS_TOO_MANY, CODE_IMAP_CONNECTIONS_TOO_MANY, CODE_POP3_CONNECTIONS_TOO_MANY,
	  CODE_SMTP_CONNECTIONS_TOO_MANY },
	{ ANSWER_HELO_REFUSED, SENDING(CODE_SMTP_HELO_REFUSED) },
	{ ANSWER_RELAY_DENIED, SENDING(CODE_SMTP_RELAY_DENIED) },
	{ ANSWER_POP_BEFORE_SMTP, SENDING(CODE_SMTP_POP_BEFORE_SMTP) },
	{ ANSWER_SENDER_REFUSED, SENDING(CODE_SMTP_SENDER_REFUSED) },
	{ ANSWER_RECIPIENT_REFUSED, SENDING(CODE_SMTP_RECIPIENT_REFUSED) },
	{ ANSWER_SIZE_EXCEEDED, SENDING(CODE_SMTP_MESSAGE_TOO_LARGE) },
	{ ANSWER_QUOTA_FULL, EVERYWHERE(CODE_MAILBOX_QUOTA_FULL) },
	{ ANSWER_CLIENT_BLOCKED, SENDING(CODE_SMTP_CLIENT_BLOCKED) },
	{ ANSWER_GREYLISTED, SENDING(CODE_SMTP_GREYLISTED) },
	{ ANSWER_RATE_LIMITED, SENDING(CODE_SMTP_RATE_LIMITED) },
	{ ANSWER_MAILBOX_LOCKED, EVERYWHERE(CODE_MAILBOX_LOCKED) },
	{ ANSWER_MAILBOX_REFUSED, EVERYWHERE(CODE_MAILBOX_OPEN_REFUSED) },
	{ ANSWER_LOGIN_TOO_SOON, EVERYWHERE(CODE_POP3_LOGIN_TOO_SOON) },
	{ ANSWER_ID_REQUIRED, EVERYWHERE(CODE_IMAP_ID_REQUIRED) },
};

enum code judge_code_of(enum answer_meaning meaning, enum protocol protocol)
{
	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		if (codes[i].meaning != meaning)
			continue;
		return protocol == PROTOCOL_IMAP   ? codes[i].imap
		       : protocol == PROTOCOL_POP3 ? codes[i].pop3
						   : codes[i].smtp;
	}
	return CODE_COUNT;
}

void judge_quote_answer(struct judge *j, struct finding *f, const struct exchange *e,
			const struct answer *answer)
{
	judge_quote(f, "server_said", judge_str(j, e->reply), NULL);
	if (answer->note)
		judge_evidence(f, "meaning", answer->note, NULL);
	judge_evidence(f, "after_command", e->command, NULL);
}

const char *judge_date(struct judge *j, wall_time at)
{
	/* Days to a civil date, Howard Hinnant's arithmetic: years begin in March. */
	int64_t days = at >= 0 ? at / 86400 : (at - 86399) / 86400;
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	int64_t day = of_year - (153 * month + 2) / 5 + 1;

	year += era * 400 + (month >= 10 ? 1 : 0);
	month += month < 10 ? 3 : -9;
	return judge_text(j, "%04lld-%02lld-%02lld", (long long)year, (long long)month, (long long)day);
}
