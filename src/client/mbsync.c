/* This file reads mbsync's configuration (isync): IMAP accounts, and where their mail is put. */
#include "client/configs.h"
#include "client/lines.h"

enum { NAMES_MAX = 256 };

/* Which store uses which account, and which store lies where. */
struct link {
	struct str store, account, path;
};

struct state {
	struct client_found *found;
	struct link links[NAMES_MAX];
	size_t n_links, first;
	struct client_account *account; /* NULL: another section, or none */
	struct link *link;
	bool has_tunnel;
};

static struct client_account *open_account(struct state *state, const char *source, struct client_text name)
{
	struct client_account *account = client_add_account(state->found, CLIENT_MBSYNC, source);

	account->name = name;
	account->has_incoming = true;
	account->protocol = account->incoming.protocol = CLIENT_PROTOCOL_IMAP;
	account->incoming.security = CLIENT_SECURITY_STARTTLS;
	account->incoming.login = CLIENT_LOGIN_ANY;
	account->incoming.password = CLIENT_PASSWORD_NONE;
	state->has_tunnel = false;
	return account;
}

static void open_section(struct state *state, struct str kind, struct client_text name, const char *source)
{
	struct str text = str_of(name.text);

	state->account = NULL;
	state->link = NULL;
	if (str_is_nocase(kind, "IMAPAccount"))
		state->account = open_account(state, source, name);
	if (!str_is_nocase(kind, "IMAPStore") && !str_is_nocase(kind, "MaildirStore"))
		return;
	if (state->n_links < NAMES_MAX) {
		state->link = &state->links[state->n_links++];
		*state->link = (struct link){ .store = text };
	}
}

static enum client_security security_of(struct str type)
{
	if (str_is_nocase(type, "None"))
		return CLIENT_SECURITY_NONE;
	if (str_is_nocase(type, "IMAPS"))
		return CLIENT_SECURITY_TLS;
	return str_is_nocase(type, "STARTTLS") ? CLIENT_SECURITY_STARTTLS : CLIENT_SECURITY_UNKNOWN;
}

static void take_account(struct client_account *account, struct str key, struct client_text value)
{
	struct client_server *out = &account->incoming;
	struct str text = str_of(value.text);

	if (str_is_nocase(key, "Host"))
		out->host = value;
	else if (str_is_nocase(key, "Port"))
		out->port = lines_number(text, value.place.line);
	else if (str_is_nocase(key, "Timeout"))
		out->timeout = lines_number(text, value.place.line);
	else if (str_is_nocase(key, "User"))
		out->user = value;
	else if (str_is_nocase(key, "Pass"))
		out->password = CLIENT_PASSWORD_STORED;
	else if (str_is_nocase(key, "PassCmd") || (str_is_nocase(key, "UseKeychain") && lines_is_yes(text)))
		out->password = CLIENT_PASSWORD_COMMAND;
	else if (str_is_nocase(key, "TLSType") || str_is_nocase(key, "SSLType")) {
		out->security = security_of(text);
		out->security_place = value.place;
	} else if (str_is_nocase(key, "UseIMAPS") && lines_is_yes(text)) {
		out->security = CLIENT_SECURITY_TLS;
		out->security_place = value.place;
	}
	if (!str_is_nocase(key, "AuthMechs") && !str_is_nocase(key, "AuthMech"))
		return;
	out->login_place = value.place;
	out->login = str_is_nocase(text, "XOAUTH2") || str_is_nocase(text, "OAUTHBEARER")
			     ? CLIENT_LOGIN_OAUTH2
		     : str_is_nocase(text, "PLAIN") || str_is_nocase(text, "LOGIN") ? CLIENT_LOGIN_PASSWORD
										    : CLIENT_LOGIN_ANY;
}

/* "imaps:host" was once the way to say both. */
static void mend_host(struct client_found *found, struct client_account *account)
{
	struct str host = str_of(account->incoming.host.text);

	if (!str_starts_nocase(host, STR("imaps:")))
		return;
	account->incoming.host = lines_text(found, str_skip(host, 6), account->incoming.host.place.line);
	account->incoming.security = CLIENT_SECURITY_TLS;
}

/* The local side of the channel whose far side is a store of this account. */
static void take_channel(struct state *state, struct str far_side, struct str near_side)
{
	struct link *far_link = NULL, *near_link = NULL;

	for (size_t i = 0; i < state->n_links; i++) {
		if (str_eq(state->links[i].store, far_side))
			far_link = &state->links[i];
		if (str_eq(state->links[i].store, near_side))
			near_link = &state->links[i];
	}
	if (far_link && near_link && far_link->account.len && near_link->path.len)
		far_link->path = near_link->path;
}

/* ":store:box" names a store. */
static struct str store_of(struct str text)
{
	if (text.len == 0 || text.at[0] != ':')
		return STR("");
	text = str_skip(text, 1);
	return str_cut(&text, ':');
}

static void settle(struct state *state)
{
	for (size_t i = state->first; i < state->found->n_accounts; i++) {
		struct client_account *account = &state->found->accounts[i];

		mend_host(state->found, account);
		for (size_t k = 0; k < state->n_links; k++)
			if (state->links[k].path.len && account->name.text &&
			    str_is(state->links[k].account, account->name.text))
				account->store = lines_text(state->found, state->links[k].path, 0);
		client_settle(account);
	}
}

void mbsync_read(struct client_found *found, struct view bytes, const char *source)
{
	static const char *const sections[] = { "IMAPAccount", "IMAPStore", "MaildirStore", "Channel",
						"Group" };
	struct state *state = arena_alloc(found->arena, sizeof *state);
	struct str far_side = STR(""), near_side = STR(""), line;
	struct lines lines = lines_of(bytes);

	if (!state)
		return;
	*state = (struct state){ .found = found, .first = found->n_accounts };
	while (lines_next(&lines, &line) && found->n_accounts < CLIENT_ACCOUNTS_MAX) {
		struct str key = lines_is_comment(line, "#") ? STR("") : lines_word(&line);
		struct str word = lines_word(&line);
		struct client_text value;

		if (key.len == 0)
			continue;
		value = lines_text(found, word, lines.number);
		for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
			if (str_is_nocase(key, sections[i]))
				open_section(state, key, value, source);
		/* A store may describe its account itself. */
		if (state->link && !state->account && str_is_nocase(key, "Host")) {
			state->account =
				open_account(state, source, lines_text(found, state->link->store, 0));
			state->link->account = state->link->store;
		}
		if (state->account)
			take_account(state->account, key, value);
		if (state->link && str_is_nocase(key, "Account"))
			state->link->account = word;
		if (state->link && (str_is_nocase(key, "Path") || str_is_nocase(key, "Inbox")) &&
		    !state->link->path.len)
			state->link->path = word;
		if (str_is_nocase(key, "Far") || str_is_nocase(key, "Master"))
			far_side = store_of(word);
		if (str_is_nocase(key, "Near") || str_is_nocase(key, "Slave"))
			near_side = store_of(word);
		if (far_side.len && near_side.len) {
			take_channel(state, far_side, near_side);
			far_side = near_side = STR("");
		}
	}
	settle(state);
}
