/* This file reads the configurations of NeoMutt (and mutt), aerc and Himalaya. */
#include "client/configs.h"

#include "base/checked.h"
#include "client/lines.h"

#include <string.h>

enum { PATH_LEN_MAX = 512 };

struct scheme_row {
	const char *scheme;
	enum client_protocol protocol;
	enum client_security security;
};

static const struct scheme_row schemes[] = {
	{ "imap", CLIENT_PROTOCOL_IMAP, CLIENT_SECURITY_STARTTLS },
	{ "imaps", CLIENT_PROTOCOL_IMAP, CLIENT_SECURITY_TLS },
	{ "imap+insecure", CLIENT_PROTOCOL_IMAP, CLIENT_SECURITY_NONE },
	{ "pop", CLIENT_PROTOCOL_POP3, CLIENT_SECURITY_STARTTLS },
	{ "pops", CLIENT_PROTOCOL_POP3, CLIENT_SECURITY_TLS },
	{ "smtp", CLIENT_PROTOCOL_SMTP, CLIENT_SECURITY_STARTTLS },
	{ "smtps", CLIENT_PROTOCOL_SMTP, CLIENT_SECURITY_TLS },
	{ "smtp+insecure", CLIENT_PROTOCOL_SMTP, CLIENT_SECURITY_NONE },
};

/* What aerc says behind a scheme about the login. */
static enum client_login cut_login(struct str *scheme)
{
	static const struct {
		const char *words;
		enum client_login login;
	} rows[] = {
		{ "+plain", CLIENT_LOGIN_PASSWORD }, { "+login", CLIENT_LOGIN_PASSWORD },
		{ "+none", CLIENT_LOGIN_NONE },      { "+oauthbearer", CLIENT_LOGIN_OAUTH2 },
		{ "+xoauth2", CLIENT_LOGIN_OAUTH2 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!str_ends_nocase(*scheme, str_of(rows[i].words)))
			continue;
		*scheme = str_head(*scheme, scheme->len - str_of(rows[i].words).len);
		return rows[i].login;
	}
	return CLIENT_LOGIN_PASSWORD;
}

/* Percent signs of a URL's user name. */
static struct str decoded(struct client_found *found, struct str text)
{
	char *to = arena_text(found->arena, text);
	size_t len = 0;

	for (size_t i = 0; to && i < text.len; i++) {
		uint64_t tens, ones;

		if (text.at[i] == '%' && i + 2 < text.len &&
		    str_to_u64(str_head(str_skip(text, i + 1), 1), 9, &tens) &&
		    str_to_u64(str_head(str_skip(text, i + 2), 1), 9, &ones) && tens * 16 + ones >= 0x20) {
			to[len++] = (char)(tens * 16 + ones);
			i += 2;
		} else {
			to[len++] = text.at[i];
		}
	}
	return (struct str){ .at = to, .len = to ? len : 0 };
}

/* A server out of a URL; false when it is none of these schemes. */
static bool take_url(struct client_found *found, struct client_text url, struct client_server *out)
{
	struct lines_url parts;
	unsigned line = url.place.line;
	enum client_login login;

	if (!url.text || !lines_url(str_of(url.text), &parts))
		return false;
	login = cut_login(&parts.scheme);
	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		if (!str_is_nocase(parts.scheme, schemes[i].scheme))
			continue;
		out->protocol = schemes[i].protocol;
		out->security = schemes[i].security;
		out->security_place = url.place;
		out->login = login;
		out->host = lines_text(found, parts.host, line);
		out->port = lines_number(parts.port, line);
		if (parts.user.len)
			out->user = lines_text(found, decoded(found, parts.user), line);
		if (out->password != CLIENT_PASSWORD_COMMAND)
			out->password = parts.has_password ? CLIENT_PASSWORD_STORED : out->password;
		return true;
	}
	return false;
}

/* Variables of a muttrc that matter; a later line wins. */
enum variable {
	VARIABLE_FOLDER,
	VARIABLE_SPOOLFILE,
	VARIABLE_POP_HOST,
	VARIABLE_IMAP_USER,
	VARIABLE_POP_USER,
	VARIABLE_SMTP_URL,
	VARIABLE_FROM,
	VARIABLE_REALNAME,
	VARIABLE_IMAP_PASS,
	VARIABLE_POP_PASS,
	VARIABLE_SMTP_PASS,
	VARIABLE_STARTTLS,
	VARIABLE_FORCE_TLS,
	VARIABLE_TIMEOUT,
	VARIABLE_POP_DELETE,
	VARIABLE_IMAP_METHODS,
	VARIABLE_POP_METHODS,
	VARIABLE_SMTP_METHODS,
	VARIABLE_COUNT
};

static const char *const variables[VARIABLE_COUNT] = { "folder",
						       "spoolfile",
						       "pop_host",
						       "imap_user",
						       "pop_user",
						       "smtp_url",
						       "from",
						       "realname",
						       "imap_pass",
						       "pop_pass",
						       "smtp_pass",
						       "ssl_starttls",
						       "ssl_force_tls",
						       "connect_timeout",
						       "pop_delete",
						       "imap_authenticators",
						       "pop_authenticators",
						       "smtp_authenticators" };

static const char *const other_names[][2] = { { "spool_file", "spoolfile" }, { "real_name", "realname" } };

static void set_variable(struct client_found *found, struct client_text values[], struct str name,
			 struct client_text value)
{
	for (size_t i = 0; i < COUNT_OF(other_names); i++)
		if (str_is(name, other_names[i][0]))
			name = str_of(other_names[i][1]);
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		if (str_is(name, variables[i]))
			values[i] = value;
	(void)found;
}

/* "set a=b c = d noflag": pairs and switches. Passwords become the word "set". */
static void take_set(struct client_found *found, struct client_text values[], struct str rest, unsigned line)
{
	while (rest.len) {
		size_t n = 0;
		struct str name, value;

		rest = str_trim(rest);
		while (n < rest.len && rest.at[n] != '=' && rest.at[n] != ' ' && rest.at[n] != '\t')
			n++;
		name = str_head(rest, n);
		rest = str_trim(str_skip(rest, n));
		if (name.len == 0)
			return;
		if (rest.len && rest.at[0] == '=') {
			rest = str_skip(rest, 1);
			value = lines_word(&rest);
			if (str_ends_nocase(name, STR("_pass")))
				value = str_find_char(value, '`') < value.len ? STR("`") : STR("set");
		} else {
			value = str_starts(name, STR("no")) ? STR("no") : STR("yes");
			name = str_starts(name, STR("no")) ? str_skip(name, 2) : name;
		}
		set_variable(found, values, name, lines_text(found, value, line));
	}
}

static enum client_password password_of(const struct client_text *value)
{
	if (!value->text)
		return CLIENT_PASSWORD_NONE;
	return str_is(str_of(value->text), "`") ? CLIENT_PASSWORD_COMMAND : CLIENT_PASSWORD_STORED;
}

/* A list of methods that begins with one of OAuth2 is how those log in who have no password. */
static void settle_login(const struct client_text *methods, struct client_server *server)
{
	struct str list = str_of(methods->text), first = str_cut(&list, ':');

	if (!methods->text || (!str_is_nocase(first, "xoauth2") && !str_is_nocase(first, "oauthbearer")))
		return;
	server->login = CLIENT_LOGIN_OAUTH2;
	server->login_place = methods->place;
}

/* Without TLS from the start STARTTLS is used where it is offered, unless switched off, or demanded. */
static void settle_security(const struct client_text values[], struct client_server *server)
{
	struct client_text starttls = values[VARIABLE_STARTTLS], force = values[VARIABLE_FORCE_TLS];

	if (server->security == CLIENT_SECURITY_TLS)
		return;
	server->security = CLIENT_SECURITY_IF_OFFERED;
	if (starttls.text && str_is(str_of(starttls.text), "no"))
		server->security = CLIENT_SECURITY_NONE;
	if (!force.text || lines_is_yes(str_of(force.text)))
		server->security = CLIENT_SECURITY_STARTTLS;
}

static void build_mutt(struct client_found *found, const struct client_text values[], const char *source)
{
	struct client_account account = { .program = CLIENT_NEOMUTT, .source = source };
	struct client_server *in = &account.incoming, *out = &account.outgoing;
	struct client_text pop = values[VARIABLE_POP_HOST];

	if (pop.text && !lines_url(str_of(pop.text), &(struct lines_url){ .has_password = false }))
		pop.text = arena_printf(found->arena, "pop://%s", pop.text);
	account.has_incoming = take_url(found, values[VARIABLE_FOLDER], in) ||
			       take_url(found, values[VARIABLE_SPOOLFILE], in) || take_url(found, pop, in);
	account.has_outgoing = take_url(found, values[VARIABLE_SMTP_URL], out);
	if (!account.has_incoming && !account.has_outgoing)
		return;
	if (account.has_incoming) {
		bool is_pop = in->protocol == CLIENT_PROTOCOL_POP3;
		const struct client_text *user = &values[is_pop ? VARIABLE_POP_USER : VARIABLE_IMAP_USER];

		if (user->text)
			in->user = *user;
		if (in->password == CLIENT_PASSWORD_UNKNOWN)
			in->password = password_of(&values[is_pop ? VARIABLE_POP_PASS : VARIABLE_IMAP_PASS]);
		in->timeout = lines_number(str_of(values[VARIABLE_TIMEOUT].text),
					   values[VARIABLE_TIMEOUT].place.line);
		settle_security(values, in);
		settle_login(&values[is_pop ? VARIABLE_POP_METHODS : VARIABLE_IMAP_METHODS], in);
		account.leaves_copy = is_pop && !(values[VARIABLE_POP_DELETE].text &&
						  lines_is_yes(str_of(values[VARIABLE_POP_DELETE].text)));
	}
	if (account.has_outgoing) {
		if (out->password == CLIENT_PASSWORD_UNKNOWN)
			out->password = password_of(&values[VARIABLE_SMTP_PASS]);
		out->login = out->user.text ? CLIENT_LOGIN_PASSWORD : CLIENT_LOGIN_NONE;
		settle_security(values, out);
		settle_login(&values[VARIABLE_SMTP_METHODS], out);
	}
	account.protocol = account.has_incoming ? in->protocol : CLIENT_PROTOCOL_SMTP;
	account.address = values[VARIABLE_FROM];
	account.display_name = values[VARIABLE_REALNAME];
	account.name = account.address.text ? account.address : account.has_incoming ? in->host : out->host;
	client_settle(&account);
	*client_add_account(found, CLIENT_NEOMUTT, source) = account;
}

void neomutt_read(struct client_found *found, struct view bytes, const char *source)
{
	struct client_text values[VARIABLE_COUNT] = { { .text = NULL } };
	struct lines lines = lines_of(bytes);
	struct str line;

	while (lines_next(&lines, &line)) {
		struct str word = lines_is_comment(line, "#") ? STR("") : lines_word(&line);

		if (str_is(word, "set"))
			take_set(found, values, line, lines.number);
		else if (str_is(word, "source"))
			client_add_remark(found, source, lines.number,
					  "a file that it includes was not read");
	}
	build_mutt(found, values, source);
}

static struct client_text text_of(struct client_found *found, const struct settings_file *file,
				  struct str section, const char *key)
{
	const struct setting *one = lines_find(file, section, key);

	return one ? lines_text(found, lines_unquoted(one->value), one->line)
		   : (struct client_text){ .text = NULL };
}

/* "Anna Example <anna@example.org>". */
static void take_from(struct client_found *found, struct client_text from, struct client_account *account)
{
	struct str text = str_of(from.text);
	size_t open = str_find_char(text, '<'), close = str_find_char(text, '>');

	account->address = from;
	if (open >= text.len || close >= text.len || close < open)
		return;
	account->address =
		lines_text(found, str_head(str_skip(text, open + 1), close - open - 1), from.place.line);
	account->display_name = lines_text(found, lines_unquoted(str_head(text, open)), from.place.line);
}

static void read_aerc(struct client_found *found, const struct settings_file *file, struct str section,
		      const char *source)
{
	struct client_account *account = client_add_account(found, CLIENT_AERC, source);
	struct client_text from_command;

	account->name = lines_text(found, section, 0);
	account->has_incoming = take_url(found, text_of(found, file, section, "source"), &account->incoming);
	account->has_outgoing =
		take_url(found, text_of(found, file, section, "outgoing"), &account->outgoing);
	from_command = text_of(found, file, section, "source-cred-cmd");
	if (account->incoming.password == CLIENT_PASSWORD_UNKNOWN)
		account->incoming.password =
			from_command.text ? CLIENT_PASSWORD_COMMAND : CLIENT_PASSWORD_NONE;
	from_command = text_of(found, file, section, "outgoing-cred-cmd");
	if (account->outgoing.password == CLIENT_PASSWORD_UNKNOWN)
		account->outgoing.password =
			from_command.text ? CLIENT_PASSWORD_COMMAND : CLIENT_PASSWORD_NONE;
	account->protocol = account->has_incoming   ? account->incoming.protocol
			    : account->has_outgoing ? CLIENT_PROTOCOL_SMTP
						    : CLIENT_PROTOCOL_LOCAL;
	take_from(found, text_of(found, file, section, "from"), account);
	client_settle(account);
}

void aerc_read(struct client_found *found, struct view bytes, const char *source)
{
	struct settings_file file;

	if (!lines_read_settings(found, bytes, &file))
		return;
	for (size_t i = 0; i < file.n && found->n_accounts < CLIENT_ACCOUNTS_MAX; i++)
		if (file.at[i].section.len && str_is_nocase(file.at[i].key, "source"))
			read_aerc(found, &file, file.at[i].section, source);
}

/* TOML's tables and dotted keys say the same thing in many ways: the whole path counts. */
struct path_reader {
	struct client_found *found;
	const struct settings_file *file;
	struct str account; /* its name */
};

/* Takes the start off when the text begins with it. */
static bool cut_start(struct str *text, struct str start)
{
	if (!str_starts(*text, start))
		return false;
	*text = str_skip(*text, start.len);
	return true;
}

/* "accounts.NAME.PATH" is the setting's section and key together. */
static bool is_path(const struct path_reader *r, const struct setting *one, const char *side,
		    const char *what)
{
	const struct str parts[] = { STR("accounts."), r->account, STR("."), str_of(side), str_of(what) };
	char whole[PATH_LEN_MAX];
	struct str rest = { .at = whole };

	if (one->section.len == 0 || one->section.len + one->key.len + 1 > sizeof whole)
		return false;
	memcpy(whole, one->section.at, one->section.len);
	whole[one->section.len] = '.';
	memcpy(whole + one->section.len + 1, one->key.at, one->key.len);
	rest.len = one->section.len + 1 + one->key.len;
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (!cut_start(&rest, parts[i]))
			return false;
	return rest.len == 0;
}

static struct client_text toml_text(const struct path_reader *r, const char *side, const char *what)
{
	const struct setting *one = NULL;
	struct str value;

	for (size_t i = r->file->n; i-- > 0 && !one;)
		if (is_path(r, &r->file->at[i], side, what))
			one = &r->file->at[i];
	if (!one)
		return (struct client_text){ .text = NULL };
	/* A comment may stand behind it. */
	value = one->value;
	return lines_text(r->found, lines_word(&value), one->line);
}

static bool read_himalaya_server(const struct path_reader *r, const char *side, enum client_protocol protocol,
				 struct client_server *out)
{
	struct client_text encryption = toml_text(r, side, "encryption.type"),
			   port = toml_text(r, side, "port"), method = toml_text(r, side, "auth.type");
	struct str text;

	out->host = toml_text(r, side, "host");
	if (!out->host.text)
		return false;
	if (!encryption.text)
		encryption = toml_text(r, side, "encryption");
	text = str_of(encryption.text);
	out->protocol = protocol;
	out->port = lines_number(str_of(port.text), port.place.line);
	out->user = toml_text(r, side, "login");
	out->security = !encryption.text || str_is_nocase(text, "tls") ? CLIENT_SECURITY_TLS
			: str_is_nocase(text, "start-tls")             ? CLIENT_SECURITY_STARTTLS
			: str_is_nocase(text, "none")                  ? CLIENT_SECURITY_NONE
								       : CLIENT_SECURITY_UNKNOWN;
	out->security_place = encryption.place;
	out->login = method.text && str_is_nocase(str_of(method.text), "oauth2") ? CLIENT_LOGIN_OAUTH2
										 : CLIENT_LOGIN_PASSWORD;
	out->password = toml_text(r, side, "auth.raw").text ? CLIENT_PASSWORD_STORED
			: toml_text(r, side, "auth.cmd").text || toml_text(r, side, "auth.command").text ||
					toml_text(r, side, "auth.keyring").text
				? CLIENT_PASSWORD_COMMAND
				: CLIENT_PASSWORD_NONE;
	return true;
}

static void read_himalaya(const struct path_reader *r, const char *source)
{
	struct client_account *account = client_add_account(r->found, CLIENT_HIMALAYA, source);
	struct client_text is_default = toml_text(r, "", "default");

	account->name = lines_text(r->found, r->account, 0);
	account->address = toml_text(r, "", "email");
	account->display_name = toml_text(r, "", "display-name");
	account->is_default = is_default.text && lines_is_yes(str_of(is_default.text));
	account->has_incoming = read_himalaya_server(r, "backend.", CLIENT_PROTOCOL_IMAP, &account->incoming);
	account->has_outgoing =
		read_himalaya_server(r, "message.send.backend.", CLIENT_PROTOCOL_SMTP, &account->outgoing);
	account->protocol = account->has_incoming   ? CLIENT_PROTOCOL_IMAP
			    : account->has_outgoing ? CLIENT_PROTOCOL_SMTP
						    : CLIENT_PROTOCOL_LOCAL;
	client_settle(account);
}

void himalaya_read(struct client_found *found, struct view bytes, const char *source)
{
	enum { NAMES_MAX = 64 };
	struct settings_file file;
	struct str seen[NAMES_MAX];
	size_t n_seen = 0;

	if (!lines_read_settings(found, bytes, &file))
		return;
	for (size_t i = 0; i < file.n && n_seen < NAMES_MAX; i++) {
		struct str name = file.at[i].section, kind = str_cut(&name, '.');
		size_t k = 0;

		if (!str_is(kind, "accounts") || !name.at)
			continue;
		name = str_cut(&name, '.');
		while (k < n_seen && !str_eq(seen[k], name))
			k++;
		if (k < n_seen || name.len == 0)
			continue;
		seen[n_seen++] = name;
		read_himalaya(&(struct path_reader){ found, &file, name }, source);
	}
}
