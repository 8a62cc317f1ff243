/* This file reads fetchmail's run control file: words in free order, one account for each user of each
 * server. */
#include "client/configs.h"
#include "client/lines.h"

/* What a server and its users share. */
struct state {
	struct client_found *found;
	const char *source;
	struct client_account server, account;
	bool has_ssl, no_starttls, needs_starttls, in_server, has_user, in_defaults;
	bool account_ssl, account_no_starttls, account_needs_starttls;
	struct client_account defaults;
};

struct words {
	struct str rest;
	unsigned line;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ';' || c == ':' ||
	       c == '=';
}

/* The next word; strings in quotes may hold blanks. NULL at the end. */
static struct str next_word(struct words *words)
{
	struct str *rest = &words->rest, word;
	size_t n = 0;
	char quote;

	while (rest->len && (is_blank(rest->at[0]) || rest->at[0] == '#')) {
		if (rest->at[0] == '#') {
			(void)str_cut(rest, '\n');
			words->line++;
			continue;
		}
		words->line += rest->at[0] == '\n';
		*rest = str_skip(*rest, 1);
	}
	if (rest->len == 0)
		return (struct str){ .at = NULL };
	quote = rest->at[0];
	if (quote == '"' || quote == '\'') {
		for (n = 1; n < rest->len && rest->at[n] != quote; n++)
			words->line += rest->at[n] == '\n';
		word = (struct str){ .at = rest->at + 1, .len = n - 1 };
		*rest = str_skip(*rest, n + 1);
		return word;
	}
	while (n < rest->len && !is_blank(rest->at[n]) && rest->at[n] != '"')
		n++;
	word = str_head(*rest, n);
	*rest = str_skip(*rest, n);
	return word;
}

static void close_account(struct state *state)
{
	struct client_account *account = &state->account;
	bool has_ssl = state->has_ssl || state->account_ssl;

	if (!state->has_user)
		return;
	state->has_user = false;
	account->incoming.security = has_ssl                                            ? CLIENT_SECURITY_TLS
				     : state->no_starttls || state->account_no_starttls ? CLIENT_SECURITY_NONE
				     : state->needs_starttls || state->account_needs_starttls
					     ? CLIENT_SECURITY_STARTTLS
					     : CLIENT_SECURITY_IF_OFFERED;
	client_settle(account);
	*client_add_account(state->found, CLIENT_FETCHMAIL, state->source) = *account;
}

static void open_user(struct state *state, struct client_text user)
{
	close_account(state);
	state->account = state->server;
	state->account.incoming.user = user;
	state->account_ssl = state->account_no_starttls = state->account_needs_starttls = false;
	state->has_user = true;
}

static void open_server(struct state *state, struct client_text host)
{
	close_account(state);
	state->server = state->defaults;
	state->server.name = host;
	state->server.incoming.host = host;
	state->has_ssl = state->no_starttls = state->needs_starttls = false;
	state->in_server = true;
	state->in_defaults = false;
}

static enum client_protocol protocol_of(struct str word)
{
	if (str_starts_nocase(word, STR("imap")))
		return CLIENT_PROTOCOL_IMAP;
	if (str_starts_nocase(word, STR("pop")) || str_is_nocase(word, "kpop") ||
	    str_is_nocase(word, "apop") || str_is_nocase(word, "sdps"))
		return CLIENT_PROTOCOL_POP3;
	return CLIENT_PROTOCOL_UNKNOWN;
}

static enum client_login login_of(struct str word)
{
	if (str_is_nocase(word, "ntlm") || str_is_nocase(word, "msn"))
		return CLIENT_LOGIN_NTLM;
	if (str_is_nocase(word, "oauthbearer") || str_is_nocase(word, "xoauth2"))
		return CLIENT_LOGIN_OAUTH2;
	if (str_starts_nocase(word, STR("kerberos")) || str_is_nocase(word, "gssapi"))
		return CLIENT_LOGIN_KERBEROS;
	if (str_is_nocase(word, "cram-md5") || str_is_nocase(word, "otp"))
		return CLIENT_LOGIN_ENCRYPTED;
	if (str_is_nocase(word, "external") || str_is_nocase(word, "ssh"))
		return CLIENT_LOGIN_CERTIFICATE;
	return str_is_nocase(word, "password") ? CLIENT_LOGIN_PASSWORD : CLIENT_LOGIN_ANY;
}

static void take_port(struct client_server *out, struct client_text value)
{
	struct str text = str_of(value.text);

	out->port = lines_number(text, value.place.line);
	if (str_is_nocase(text, "imaps"))
		out->port = (struct client_number){ 993, true, value.place };
	if (str_is_nocase(text, "pop3s"))
		out->port = (struct client_number){ 995, true, value.place };
}

static void take_sslproto(struct state *state, struct str value)
{
	bool is_empty = value.len == 0;
	bool needs = !is_empty && !str_is_nocase(value, "auto");

	if (state->has_user) {
		state->account_no_starttls = is_empty;
		state->account_needs_starttls = needs;
	} else {
		state->no_starttls = is_empty;
		state->needs_starttls = needs;
	}
}

/* Words that have one behind them. True when this was one. */
static bool take_pair(struct state *state, struct str word, struct words *words)
{
	static const char *const pairs[] = { "via",  "proto",        "protocol", "port",     "service",
					     "user", "username",     "pass",     "password", "timeout",
					     "auth", "authenticate", "sslproto" };
	struct client_account *to = state->has_user ? &state->account : &state->server;
	struct client_text value;
	struct str text;
	size_t i = 0;

	while (i < sizeof pairs / sizeof pairs[0] && !str_is_nocase(word, pairs[i]))
		i++;
	if (i == sizeof pairs / sizeof pairs[0])
		return false;
	text = next_word(words);
	/* A password is passed over as it is. */
	value = str_starts_nocase(word, STR("pass")) ? (struct client_text){ .text = NULL }
						     : lines_text(state->found, text, words->line);
	if (str_is_nocase(word, "via"))
		to->incoming.host = value;
	else if (str_starts_nocase(word, STR("proto")))
		to->protocol = to->incoming.protocol = protocol_of(text);
	else if (str_is_nocase(word, "port") || str_is_nocase(word, "service"))
		take_port(&to->incoming, value);
	else if (str_starts_nocase(word, STR("user")))
		open_user(state, value);
	else if (str_starts_nocase(word, STR("pass")))
		to->incoming.password = CLIENT_PASSWORD_STORED;
	else if (str_is_nocase(word, "timeout"))
		to->incoming.timeout = lines_number(text, words->line);
	else if (str_is_nocase(word, "sslproto"))
		take_sslproto(state, text);
	else
		to->incoming.login = login_of(text);
	return true;
}

static void take_switch(struct state *state, struct str word, unsigned line)
{
	struct client_account *to = state->has_user ? &state->account : &state->server;

	if (str_is_nocase(word, "ssl")) {
		*(state->has_user ? &state->account_ssl : &state->has_ssl) = true;
		to->incoming.security_place.line = line;
	} else if (str_is_nocase(word, "keep") || str_is_nocase(word, "nokeep")) {
		to->leaves_copy = str_is_nocase(word, "keep");
		to->leave_place.line = line;
	}
}

void fetchmail_read(struct client_found *found, struct view bytes, const char *source)
{
	struct state *state = arena_alloc(found->arena, sizeof *state);
	struct words words = { .rest = lines_of(bytes).rest, .line = 1 };
	struct str word;

	if (!state)
		return;
	*state = (struct state){ .found = found, .source = source };
	state->defaults = (struct client_account){ .program = CLIENT_FETCHMAIL,
						   .source = source,
						   .has_incoming = true };
	/* Without a protocol fetchmail tries IMAP and then POP3. */
	state->defaults.incoming.login = CLIENT_LOGIN_ANY;
	state->defaults.incoming.password = CLIENT_PASSWORD_NONE;
	state->server = state->defaults;
	while (found->n_accounts < CLIENT_ACCOUNTS_MAX && (word = next_word(&words)).at) {
		if (str_is_nocase(word, "set")) {
			/* "set daemon 300": of the whole, nothing of an account. */
			(void)str_cut(&words.rest, '\n');
			words.line++;
		} else if (str_is_nocase(word, "poll") || str_is_nocase(word, "server") ||
			   str_is_nocase(word, "skip")) {
			if (state->in_defaults)
				state->defaults = state->server;
			open_server(state, lines_text(found, next_word(&words), words.line));
		} else if (str_is_nocase(word, "defaults")) {
			close_account(state);
			state->in_defaults = true;
			state->server = state->defaults;
		} else if (!take_pair(state, word, &words)) {
			take_switch(state, word, words.line);
		}
	}
	close_account(state);
}
