/* This file says what a server's answer means. */
#include "facts/answers.h"

#include "base/checked.h"
#include "base/names.h"
#include "facts/tables.h"

#include <string.h>

static const struct name_row meaning_names[] = {
	{ ANSWER_UNKNOWN, "unknown" },
	{ ANSWER_PASSWORD_WRONG, "password-wrong" },
	{ ANSWER_APP_PASSWORD_NEEDED, "app-password-needed" },
	{ ANSWER_WEB_LOGIN_NEEDED, "web-login-needed" },
	{ ANSWER_PASSWORD_RETIRED, "password-retired" },
	{ ANSWER_LOGIN_UNEXPLAINED, "login-unexplained" },
	{ ANSWER_SMTP_AUTH_OFF, "smtp-auth-off" },
	{ ANSWER_SECURITY_DEFAULTS, "security-defaults" },
	{ ANSWER_BASIC_RETIRED_SUBMISSION, "basic-retired-submission" },
	{ ANSWER_ACCESS_OFF, "access-off" },
	{ ANSWER_ACCOUNT_LOCKED, "account-locked" },
	{ ANSWER_ACCOUNT_SUSPENDED, "account-suspended" },
	{ ANSWER_BACKEND_DOWN, "backend-down" },
	{ ANSWER_USER_NAME_FORM, "user-name-form" },
	{ ANSWER_MECHANISM_REFUSED, "mechanism-refused" },
	{ ANSWER_TOKEN_REFUSED, "token-refused" },
	{ ANSWER_LOGIN_DISABLED, "login-disabled" },
	{ ANSWER_LOGIN_NEEDED, "login-needed" },
	{ ANSWER_TLS_REQUIRED, "tls-required" },
	{ ANSWER_TLS_NOT_AVAILABLE, "tls-not-available" },
	{ ANSWER_SERVICE_REFUSED, "service-refused" },
	{ ANSWER_CONNECTIONS_TOO_MANY, "connections-too-many" },
	{ ANSWER_HELO_REFUSED, "helo-refused" },
	{ ANSWER_RELAY_DENIED, "relay-denied" },
	{ ANSWER_POP_BEFORE_SMTP, "pop-before-smtp" },
	{ ANSWER_SENDER_REFUSED, "sender-refused" },
	{ ANSWER_RECIPIENT_REFUSED, "recipient-refused" },
	{ ANSWER_SIZE_EXCEEDED, "size-exceeded" },
	{ ANSWER_QUOTA_FULL, "quota-full" },
	{ ANSWER_CLIENT_BLOCKED, "client-blocked" },
	{ ANSWER_GREYLISTED, "greylisted" },
	{ ANSWER_RATE_LIMITED, "rate-limited" },
	{ ANSWER_MAILBOX_LOCKED, "mailbox-locked" },
	{ ANSWER_MAILBOX_REFUSED, "mailbox-refused" },
	{ ANSWER_LOGIN_TOO_SOON, "login-too-soon" },
	{ ANSWER_ID_REQUIRED, "id-required" },
};

const char *answer_meaning_name(enum answer_meaning meaning)
{
	return name_of(meaning_names, COUNT_OF(meaning_names), (int)meaning);
}

/* How many characters of the text the first character of the form takes; 0 when
 * it does not fit. ? takes one digit, and all that follow when a dot or the end
 * stands behind it: "5.7.?" fits 5.7.139, "4??" fits 454. */
static size_t one_fits(struct str form, struct str text)
{
	size_t n = 1;

	if (form.at[0] != '?')
		return form.at[0] == text.at[0] ? 1 : 0;
	if (!str_is_digit(text.at[0]))
		return 0;
	while ((form.len == 1 || form.at[1] == '.') && n < text.len && str_is_digit(text.at[n]))
		n++;
	return n;
}

static bool digits_fit(struct str form, struct str text)
{
	while (form.len > 0 && text.len > 0) {
		size_t n = one_fits(form, text);

		if (n == 0)
			return false;
		form = str_skip(form, 1);
		text = str_skip(text, n);
	}
	return form.len == 0 && text.len == 0;
}

static bool one_form_fits(const char *forms, struct str text)
{
	struct str left = str_of(forms);

	while (left.len > 0)
		if (digits_fit(str_cut(&left, ','), text))
			return true;
	return false;
}

static bool one_word_fits(const char *words, struct str text)
{
	struct str left = str_of(words);

	while (left.len > 0)
		if (str_eq_nocase(str_cut(&left, ','), text))
			return true;
	return false;
}

/* The pieces between the stars occur in this order. */
static bool pieces_fit(const char *pieces, struct str text)
{
	struct str left = str_of(pieces);

	while (left.len > 0) {
		struct str piece = str_cut(&left, '*');
		size_t at = str_find_nocase(text, piece);

		if (at == SIZE_MAX)
			return false;
		text = str_skip(text, at + piece.len);
	}
	return true;
}

/* What is compared, made once for all rows. */
struct heard {
	unsigned protocol, stage; /* bits */
	char code[4];
	struct str enhanced, word, text;
};

static bool row_fits(const struct answer_row *row, const struct heard *heard)
{
	bool stage_open = row->words && heard->stage == 1U << ANSWER_AT_UNKNOWN;

	if (row->protocols && !(row->protocols & heard->protocol))
		return false;
	if (row->stages && !stage_open && !(row->stages & heard->stage))
		return false;
	if (row->code && !one_form_fits(row->code, str_of(heard->code)))
		return false;
	if (row->enhanced && !one_form_fits(row->enhanced, heard->enhanced))
		return false;
	if (row->response && !one_word_fits(row->response, heard->word))
		return false;
	return !row->words || pieces_fit(row->words, heard->text);
}

/* "5.7.8" at the front of the text or behind the reply code. */
static struct str enhanced_in(struct str text)
{
	struct str word;

	if (text.len > 4 && str_is_digit(text.at[0]) && str_is_digit(text.at[1]) && str_is_digit(text.at[2]))
		text = str_skip(text, 4);
	word = str_head(text, str_find_char(text, ' '));
	if (digits_fit(STR("?.?.?"), word) && strchr("245", word.at[0]))
		return word;
	return STR("");
}

static unsigned protocol_bit(enum protocol protocol)
{
	static const unsigned bits[] = { [PROTOCOL_IMAP] = 1, [PROTOCOL_POP3] = 2, [PROTOCOL_SMTP] = 4 };

	return bits[protocol];
}

static void hear(const struct answer_said *said, struct heard *out)
{
	*out = (struct heard){
		.protocol = protocol_bit(said->protocol),
		.stage = 1U << said->stage,
		.enhanced = said->enhanced,
		.word = str_head(said->response_code, str_find_char(said->response_code, ' ')),
		.text = str_head(said->text, ANSWER_TEXT_MAX),
	};
	for (unsigned i = 0, rest = said->smtp_code; rest > 0 && i < 3; i++, rest /= 10)
		out->code[2 - i] = (char)('0' + rest % 10);
	if (out->code[0] == 0)
		memset(out->code, 0, sizeof out->code);
	if (out->code[0] && out->enhanced.len == 0)
		out->enhanced = enhanced_in(out->text);
}

static void take(const struct answer_row *row, struct answer *out)
{
	out->meaning = row->meaning;
	out->n_also = row->n_also;
	for (unsigned i = 0; i < row->n_also; i++)
		out->also[i] = row->also[i];
	out->note = row->note;
	out->provider = row->provider;
}

void answers_classify(const struct answer_said *said, struct answer *out)
{
	struct heard heard;

	hear(said, &heard);
	*out = (struct answer){ .meaning = ANSWER_UNKNOWN };
	for (size_t i = 0; i < answers_n; i++) {
		const struct answer_row *row = &answers_rows[i];

		/* Base rows stand first; once one fitted, the others are of no interest. */
		if (!row->words && out->meaning != ANSWER_UNKNOWN)
			continue;
		if (row->words && !(row->refines & ANSWER_BIT(out->meaning)))
			continue;
		if (!row_fits(row, &heard))
			continue;
		take(row, out);
		if (row->words)
			return;
	}
}
