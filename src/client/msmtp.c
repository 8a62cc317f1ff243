/* This file reads msmtp's configuration: accounts that only send. */
#include "client/configs.h"
#include "client/lines.h"

/* The account at hand, with what its STARTTLS switch says: it counts only with TLS on. */
struct state {
	struct client_account account, defaults;
	bool has_tls, has_starttls, defaults_tls, defaults_starttls, is_open;
	size_t first; /* of this file's among those found */
};

static void close_account(struct client_found *found, struct state *state)
{
	struct client_server *out = &state->account.outgoing;

	if (!state->is_open)
		return;
	state->is_open = false;
	out->security = !state->has_tls       ? CLIENT_SECURITY_NONE
			: state->has_starttls ? CLIENT_SECURITY_STARTTLS
					      : CLIENT_SECURITY_TLS;
	client_settle(&state->account);
	*client_add_account(found, CLIENT_MSMTP, state->account.source) = state->account;
}

static const struct client_account *find_account(const struct client_found *found, const struct state *state,
						 struct str name)
{
	for (size_t i = state->first; i < found->n_accounts; i++)
		if (found->accounts[i].name.text && str_is(name, found->accounts[i].name.text))
			return &found->accounts[i];
	return NULL;
}

/* "account NAME [: BASE,…]". "account default : NAME" chooses one. */
static void open_account(struct client_found *found, struct state *state, struct str rest, unsigned line)
{
	struct str name = str_trim(str_cut(&rest, ':')), base = str_trim(str_cut(&rest, ','));
	const struct client_account *other;

	close_account(found, state);
	other = base.len ? find_account(found, state, base) : NULL;
	if (str_is(name, "default") && other) {
		found->accounts[other - found->accounts].is_default = true;
		return;
	}
	state->account = other ? *other : state->defaults;
	state->has_tls = other ? other->outgoing.security != CLIENT_SECURITY_NONE : state->defaults_tls;
	state->has_starttls =
		other ? other->outgoing.security != CLIENT_SECURITY_TLS : state->defaults_starttls;
	state->account.name = lines_text(found, name, line);
	state->is_open = true;
}

static enum client_login login_of(struct str method)
{
	if (str_is_nocase(method, "off"))
		return CLIENT_LOGIN_NONE;
	if (str_is_nocase(method, "oauthbearer") || str_is_nocase(method, "xoauth2"))
		return CLIENT_LOGIN_OAUTH2;
	if (str_is_nocase(method, "ntlm"))
		return CLIENT_LOGIN_NTLM;
	if (str_is_nocase(method, "gssapi"))
		return CLIENT_LOGIN_KERBEROS;
	if (str_is_nocase(method, "external"))
		return CLIENT_LOGIN_CERTIFICATE;
	if (str_starts_nocase(method, STR("scram-")) || str_is_nocase(method, "cram-md5") ||
	    str_is_nocase(method, "digest-md5"))
		return CLIENT_LOGIN_ENCRYPTED;
	return CLIENT_LOGIN_PASSWORD;
}

static void take(struct client_found *found, struct state *state, struct str key, struct client_text value)
{
	struct client_server *out = &state->account.outgoing;
	struct str text = str_of(value.text);
	/* A switch that stands alone is on. */
	bool is_on = text.len == 0 || lines_is_yes(text);

	(void)found;
	if (str_is(key, "host"))
		out->host = value;
	else if (str_is(key, "port"))
		out->port = lines_number(text, value.place.line);
	else if (str_is(key, "timeout"))
		out->timeout = lines_number(text, value.place.line);
	else if (str_is(key, "from"))
		state->account.address = value;
	else if (str_is(key, "user"))
		out->user = value;
	else if (str_is(key, "password"))
		out->password = CLIENT_PASSWORD_STORED;
	else if (str_is(key, "passwordeval"))
		out->password = CLIENT_PASSWORD_COMMAND;
	else if (str_is(key, "tls_starttls"))
		state->has_starttls = is_on;
	if (str_is(key, "tls") || str_is(key, "tls_starttls"))
		out->security_place = value.place;
	if (str_is(key, "tls"))
		state->has_tls = is_on;
	if (str_is(key, "auth")) {
		out->login = text.len == 0 ? CLIENT_LOGIN_PASSWORD : login_of(text);
		out->login_place = value.place;
	}
}

void msmtp_read(struct client_found *found, struct view bytes, const char *source)
{
	struct state state = { .has_starttls = true, .defaults_starttls = true, .first = found->n_accounts };
	struct lines lines = lines_of(bytes);
	bool in_defaults = true;
	struct str line;

	state.account = (struct client_account){ .program = CLIENT_MSMTP,
						 .source = source,
						 .protocol = CLIENT_PROTOCOL_SMTP,
						 .has_outgoing = true };
	state.account.outgoing.protocol = CLIENT_PROTOCOL_SMTP;
	state.account.outgoing.login = CLIENT_LOGIN_NONE;
	state.account.outgoing.password = CLIENT_PASSWORD_NONE;
	state.defaults = state.account;
	while (lines_next(&lines, &line) && found->n_accounts < CLIENT_ACCOUNTS_MAX) {
		struct str key = lines_is_comment(line, "#") ? STR("") : lines_word(&line);

		if (key.len == 0)
			continue;
		if (str_is(key, "account") || str_is(key, "defaults")) {
			if (in_defaults) {
				state.defaults = state.account;
				state.defaults_tls = state.has_tls;
				state.defaults_starttls = state.has_starttls;
			}
			close_account(found, &state);
			in_defaults = str_is(key, "defaults");
			if (in_defaults) {
				state.account = state.defaults;
				state.has_tls = state.defaults_tls;
				state.has_starttls = state.defaults_starttls;
			} else {
				open_account(found, &state, line, lines.number);
			}
			continue;
		}
		take(found, &state, key, lines_text(found, lines_unquoted(line), lines.number));
	}
	close_account(found, &state);
}
