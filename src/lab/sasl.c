/* This file takes passwords and tokens of the practice account. */
#include "lab/sasl.h"

#include "base/checked.h"
#include "base/wipe.h"

#include <openssl/evp.h>
#include <string.h>

enum { SASL_TEXT_MAX = 3 * 1024 };

struct sasl_text {
	unsigned char at[SASL_TEXT_MAX];
	size_t len;
};

static const struct {
	const char *name;
	enum sasl_state state;
	const char *challenge;
} mechanisms[] = {
	{ "PLAIN", SASL_PLAIN, "" },
	{ "LOGIN", SASL_LOGIN_USER, "VXNlcm5hbWU6" }, /* Username: */
	{ "XOAUTH2", SASL_XOAUTH2, "" },
};

static void ask(struct session *session, const char *challenge)
{
	session_sayf(session, "%s %s", session->dialect->protocol == SPEAKS_SMTP ? "334" : "+", challenge);
}

static bool decode(struct str base64, struct sasl_text *out)
{
	size_t padding = 0;
	int len;

	out->len = 0;
	if (base64.len == 0 || str_is(base64, "="))
		return true;
	if (base64.len % 4 != 0 || base64.len / 4 * 3 > sizeof(out->at))
		return false;
	while (padding < 2 && base64.at[base64.len - 1 - padding] == '=')
		padding++;
	len = EVP_DecodeBlock(out->at, (const unsigned char *)base64.at, (int)base64.len);
	if (len < 0)
		return false;
	out->len = (size_t)len - padding;
	return true;
}

static struct str text_of(const struct sasl_text *text)
{
	return str_from_view(view_of(text->at, text->len));
}

static void finish(struct session *session, bool ok)
{
	session->sasl = SASL_NONE;
	session->authenticated = ok;
	session->dialect->login_done(session, ok);
}

/* [authzid] NUL user NUL password */
static void on_plain(struct session *session, struct str text)
{
	(void)str_cut(&text, '\0');
	struct str user = str_cut(&text, '\0');

	finish(session, session_credentials_fit(session, user, text));
}

static void on_login_user(struct session *session, struct str text)
{
	size_t n = text.len < sizeof(session->user) - 1 ? text.len : sizeof(session->user) - 1;

	if (n)
		memcpy(session->user, text.at, n);
	session->user[n] = '\0';
	session->sasl = SASL_LOGIN_PASSWORD;
	ask(session, "UGFzc3dvcmQ6"); /* Password: */
}

/* user=U ^A auth=Bearer T ^A ^A */
static void on_xoauth2(struct session *session, struct str text)
{
	static const char refused[] = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIiwic2NvcGUiOiJtYWlsIn0=";
	struct str user = str_cut(&text, '\1'), token = str_cut(&text, '\1');

	if (!session->behaviour->token_refused && str_starts(user, STR("user=")) &&
	    str_starts_nocase(token, STR("auth=Bearer ")) &&
	    session_credentials_fit(session, str_skip(user, 5), str_skip(token, 12))) {
		finish(session, true);
		return;
	}
	session->sasl = SASL_XOAUTH2_END;
	ask(session, refused); /* {"status":"401","schemes":"bearer","scope":"mail"} */
}

static void on_text(struct session *session, struct str text)
{
	switch (session->sasl) {
	case SASL_PLAIN:
		on_plain(session, text);
		break;
	case SASL_LOGIN_USER:
		on_login_user(session, text);
		break;
	case SASL_LOGIN_PASSWORD:
		finish(session, session_credentials_fit(session, str_of(session->user), text));
		break;
	case SASL_XOAUTH2:
		on_xoauth2(session, text);
		break;
	case SASL_XOAUTH2_END:
	case SASL_NONE:
	default:
		finish(session, false);
		break;
	}
}

void sasl_on_line(struct session *session, struct str line)
{
	struct sasl_text text;

	if (str_is(line, "*") || !decode(line, &text)) {
		finish(session, false);
		return;
	}
	on_text(session, text_of(&text));
	wipe(&text, sizeof(text));
}

static bool is_offered(const struct session *session, struct str mechanism)
{
	struct str offer = str_of(session_mechanisms(session));

	while (offer.len)
		if (str_eq_nocase(str_cut(&offer, ' '), mechanism))
			return true;
	return false;
}

bool sasl_begin(struct session *session, struct str mechanism, struct str initial)
{
	if (!is_offered(session, mechanism))
		return false;
	for (size_t i = 0; i < COUNT_OF(mechanisms); i++) {
		if (!str_is_nocase(mechanism, mechanisms[i].name))
			continue;
		session->sasl = mechanisms[i].state;
		if (initial.at)
			sasl_on_line(session, initial);
		else
			ask(session, mechanisms[i].challenge);
		return true;
	}
	return false;
}
