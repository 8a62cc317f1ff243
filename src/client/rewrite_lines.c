/* This file changes configurations of one setting a line: msmtp, mbsync, getmail, OfflineIMAP, Himalaya,
 * Evolution. */
#include "base/checked.h"
#include "client/lines.h"
#include "client/rewrite.h"

/* How a program writes a line and where an account's lines end. */
enum style {
	STYLE_WORDS, /* key value */
	STYLE_INI,   /* key = value */
	STYLE_TIGHT, /* key=value */
	STYLE_TOML,  /* key = "value" */
};

/* Lines in which an account's setting may stand, and behind which a new one goes. */
struct scope {
	unsigned first, last, anchor;
};

struct names {
	enum client_program program;
	enum style style;
	const char *host, *user, *port, *timeout; /* NULL: the program has none */
};

static const struct names names[] = {
	{ CLIENT_MSMTP, STYLE_WORDS, "host", "user", "port", "timeout" },
	{ CLIENT_MBSYNC, STYLE_WORDS, "Host", "User", "Port", "Timeout" },
	{ CLIENT_GETMAIL, STYLE_INI, "server", "username", "port", "timeout" },
	{ CLIENT_OFFLINEIMAP, STYLE_INI, "remotehost", "remoteuser", "remoteport", NULL },
	{ CLIENT_HIMALAYA, STYLE_TOML, "host", "login", "port", NULL },
	{ CLIENT_EVOLUTION, STYLE_TIGHT, "Host", "User", "Port", NULL },
};

static const char cannot[] = "the program's own file says it in no way that postmend writes";

static const struct names *names_of(enum client_program program)
{
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (names[i].program == program)
			return &names[i];
	return NULL;
}

static struct str key_of(enum style style, struct str line)
{
	size_t equals, colon;

	line = str_trim(line);
	if (lines_is_comment(line, style == STYLE_WORDS ? "#" : "#;"))
		return STR("");
	if (style == STYLE_WORDS)
		return lines_word(&line);
	equals = str_find_char(line, '=');
	colon = str_find_char(line, ':');
	equals = equals < colon ? equals : colon;
	return equals < line.len ? str_trim(str_head(line, equals)) : STR("");
}

/* The value's place in the line, without quotes around it. */
static struct str value_of(enum style style, struct str line)
{
	struct str rest = str_trim(line), value;
	size_t equals = str_find_char(rest, '='), colon = str_find_char(rest, ':');

	if (style == STYLE_WORDS)
		(void)lines_word(&rest);
	else
		rest = str_skip(rest, (equals < colon ? equals : colon) + 1);
	if (style == STYLE_INI || style == STYLE_TIGHT)
		return lines_unquoted(rest);
	rest = str_trim(rest);
	value = rest.len ? lines_word(&rest) : rest;
	return value.at ? value : str_head(rest, 0);
}

static bool is_section(struct str line)
{
	line = str_trim(line);
	return line.len && line.at[0] == '[';
}

/* What begins a part of these two programs' files. */
static bool begins_part(enum client_program program, struct str line)
{
	static const char *const words[] = { "account",      "defaults", "IMAPAccount", "IMAPStore",
					     "MaildirStore", "Channel",  "Group" };
	struct str key = key_of(STYLE_WORDS, line);

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if ((i < 2) == (program == CLIENT_MSMTP) && str_is_nocase(key, words[i]))
			return true;
	return false;
}

static bool is_border(const struct rewrite_writer *w, const struct names *row, unsigned line)
{
	struct str text = rewrite_line(w, line);

	return row->style == STYLE_WORDS ? begins_part(row->program, text) : is_section(text);
}

/* From the border above a line to the one below it. */
static struct scope scope_around(const struct rewrite_writer *w, const struct names *row, unsigned line)
{
	struct scope scope = { line, line, line };

	while (scope.first > 1 && !is_border(w, row, scope.first))
		scope.first--;
	while (scope.last < w->lines.n && !is_border(w, row, scope.last + 1))
		scope.last++;
	return scope;
}

/* The account's own lines: msmtp may have taken what stands there from another one, and that stays. */
static struct scope scope_of(const struct rewrite_writer *w, const struct names *row)
{
	const struct client_account *account = w->wish->account;
	const struct client_server *server = client_wish_server(w->wish);

	if (row->program == CLIENT_MSMTP && account->name.place.line)
		return scope_around(w, row, account->name.place.line);
	return scope_around(w, row, server->host.place.line);
}

static unsigned line_of(const struct rewrite_writer *w, enum style style, const struct scope *scope,
			const char *key)
{
	for (unsigned line = scope->last; line >= scope->first && line > 0; line--)
		if (str_is_nocase(key_of(style, rewrite_line(w, line)), key))
			return line;
	return 0;
}

/* The blanks that a line begins with. */
static struct str indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && (line.at[n] == ' ' || line.at[n] == '\t'))
		n++;
	return str_head(line, n);
}

static const char *new_line(const struct rewrite_writer *w, enum style style, const struct scope *scope,
			    const char *key, const char *value)
{
	struct str like = indent_of(rewrite_line(w, scope->anchor));
	uint64_t number;
	bool is_number = str_to_u64(str_of(value), UINT32_MAX, &number);
	/* Himalaya's numbers stand without quotes. */
	enum style form = style == STYLE_TOML && is_number ? STYLE_INI : style;
	struct arena *arena = w->steps->arena;

	switch (form) {
	case STYLE_WORDS:
		return arena_printf(arena, "%.*s%s %s", (int)like.len, like.at, key, value);
	case STYLE_INI:
		return arena_printf(arena, "%.*s%s = %s", (int)like.len, like.at, key, value);
	case STYLE_TIGHT:
		return arena_printf(arena, "%.*s%s=%s", (int)like.len, like.at, key, value);
	case STYLE_TOML:
		break;
	}
	return arena_printf(arena, "%.*s%s = \"%s\"", (int)like.len, like.at, key, value);
}

/* Sets a key within the scope: in its last line, or in a new one behind the anchor. */
static void set_key(struct rewrite_writer *w, enum style style, const struct scope *scope, const char *key,
		    const char *value)
{
	unsigned line = line_of(w, style, scope, key);
	const char *text;

	if (line) {
		rewrite_replace(w, key, line, value_of(style, rewrite_line(w, line)), value);
		return;
	}
	text = new_line(w, style, scope, key, value);
	rewrite_insert(w, key, scope->anchor, value, text ? text : "");
}

static bool has_key(const struct rewrite_writer *w, enum style style, const struct scope *scope,
		    const char *key)
{
	return line_of(w, style, scope, key) != 0;
}

static const char *secure_msmtp(struct rewrite_writer *w, const struct scope *scope)
{
	enum client_security wanted = (enum client_security)w->wish->number;
	bool has_starttls = wanted != CLIENT_SECURITY_TLS;
	enum client_security found = w->wish->account->outgoing.security;

	set_key(w, STYLE_WORDS, scope, "tls", wanted == CLIENT_SECURITY_NONE ? "off" : "on");
	if (wanted != CLIENT_SECURITY_NONE &&
	    (has_key(w, STYLE_WORDS, scope, "tls_starttls") || !has_starttls || found == CLIENT_SECURITY_TLS))
		set_key(w, STYLE_WORDS, scope, "tls_starttls", has_starttls ? "on" : "off");
	return NULL;
}

static const char *secure_mbsync(struct rewrite_writer *w, const struct scope *scope)
{
	static const char *const words[] = { NULL, "None", "IMAPS", "STARTTLS" };
	const char *key = has_key(w, STYLE_WORDS, scope, "TLSType") ? "TLSType" : "SSLType";

	if (w->wish->number >= COUNT_OF(words) || !words[w->wish->number])
		return cannot;
	set_key(w, STYLE_WORDS, scope, key, words[w->wish->number]);
	return NULL;
}

/* "SimpleIMAPRetriever" and "SimpleIMAPSSLRetriever". */
static const char *secure_getmail(struct rewrite_writer *w, const struct scope *scope)
{
	unsigned line = line_of(w, STYLE_INI, scope, "type");
	struct str kind = line ? value_of(STYLE_INI, rewrite_line(w, line)) : STR("");
	const char *fresh;

	if (w->wish->number != CLIENT_SECURITY_TLS || !str_ends_nocase(kind, STR("Retriever")) ||
	    str_ends_nocase(kind, STR("SSLRetriever")))
		return cannot;
	fresh = arena_printf(w->steps->arena, "%.*sSSLRetriever", (int)(kind.len - 9), kind.at);
	rewrite_replace(w, "type", line, kind, fresh ? fresh : "");
	return NULL;
}

static const char *secure_offlineimap(struct rewrite_writer *w, const struct scope *scope)
{
	bool is_tls = w->wish->number == CLIENT_SECURITY_TLS;

	set_key(w, STYLE_INI, scope, "ssl", is_tls ? "yes" : "no");
	if (!is_tls)
		set_key(w, STYLE_INI, scope, "starttls",
			w->wish->number == CLIENT_SECURITY_NONE ? "no" : "yes");
	return NULL;
}

/* Himalaya's keys are "host", or end in ".host" where the section is above: the start stays. */
static const char *toml_key(const struct rewrite_writer *w, const struct scope *scope, const char *what)
{
	struct str host = key_of(STYLE_TOML, rewrite_line(w, scope->anchor));
	size_t start = host.len >= 4 ? host.len - 4 : 0;
	const char *key = arena_printf(w->steps->arena, "%.*s%s", (int)start, host.at, what);

	return key ? key : "";
}

static const char *secure_himalaya(struct rewrite_writer *w, const struct scope *scope)
{
	static const char *const words[] = { NULL, "none", "tls", "start-tls" };
	const char *key = toml_key(w, scope, "encryption");

	if (w->wish->number >= COUNT_OF(words) || !words[w->wish->number])
		return cannot;
	if (!has_key(w, STYLE_TOML, scope, key))
		key = toml_key(w, scope, "encryption.type");
	set_key(w, STYLE_TOML, scope, key, words[w->wish->number]);
	return NULL;
}

/* Evolution keeps this in a section of its own. */
static const char *secure_evolution(struct rewrite_writer *w)
{
	static const char *const words[] = { NULL, "none", "ssl-on-alternate-port",
					     "starttls-on-standard-port" };
	const char *word = w->wish->number < COUNT_OF(words) ? words[w->wish->number] : NULL, *text;

	if (!word)
		return cannot;
	for (unsigned line = 1; line <= w->lines.n; line++) {
		struct scope scope = { line, line, line };

		if (!str_is(str_trim(rewrite_line(w, line)), "[Security]"))
			continue;
		while (scope.last < w->lines.n && !is_section(rewrite_line(w, scope.last + 1)))
			scope.last++;
		set_key(w, STYLE_TIGHT, &scope, "Method", word);
		return NULL;
	}
	text = arena_printf(w->steps->arena, "\n[Security]\nMethod=%s", word);
	rewrite_insert(w, "Method", 0, word, text ? text : "");
	return NULL;
}

static const char *secure(struct rewrite_writer *w, const struct names *row, const struct scope *scope)
{
	if (row->program == CLIENT_MSMTP)
		return secure_msmtp(w, scope);
	if (row->program == CLIENT_MBSYNC)
		return secure_mbsync(w, scope);
	if (row->program == CLIENT_GETMAIL)
		return secure_getmail(w, scope);
	if (row->program == CLIENT_OFFLINEIMAP)
		return secure_offlineimap(w, scope);
	return row->program == CLIENT_HIMALAYA ? secure_himalaya(w, scope) : secure_evolution(w);
}

static const char *log_in(struct rewrite_writer *w, const struct names *row, const struct scope *scope)
{
	if (row->program == CLIENT_MSMTP && w->wish->number == CLIENT_LOGIN_AS_INCOMING) {
		set_key(w, STYLE_WORDS, scope, "auth", "on");
		return NULL;
	}
	if (row->program == CLIENT_EVOLUTION &&
	    (w->wish->number == CLIENT_LOGIN_PASSWORD || w->wish->number == CLIENT_LOGIN_AS_INCOMING)) {
		set_key(w, STYLE_TIGHT, scope, "Method", "PLAIN");
		return NULL;
	}
	return cannot;
}

/* Values whose own line is known and stands elsewhere than the server's. */
static const char *set_line(struct rewrite_writer *w, const struct names *row,
			    const struct client_place *place, const char *value)
{
	struct str line = rewrite_line(w, place->line), key = key_of(row->style, line);
	const char *name = arena_text(w->steps->arena, key);

	if (key.len == 0 || !name)
		return cannot;
	rewrite_replace(w, name, place->line, value_of(row->style, line), value);
	return NULL;
}

static const char *set_text(struct rewrite_writer *w, const struct names *row, const struct scope *scope,
			    const char *name, const char *value)
{
	if (!name || !value || str_find_char(str_of(value), '"') < str_of(value).len)
		return cannot;
	set_key(w, row->style, scope, row->style == STYLE_TOML ? toml_key(w, scope, name) : name, value);
	return NULL;
}

const char *rewrite_lines_program(struct rewrite_writer *w)
{
	const struct client_wish *wish = w->wish;
	const struct names *row = names_of(wish->account->program);
	const struct client_server *server = client_wish_server(wish);
	struct scope scope;

	if (!row || !server->host.place.line || server->host.place.line > w->lines.n)
		return "the line of its server is not known";
	scope = scope_of(w, row);
	switch (wish->field) {
	case CLIENT_FIELD_HOST:
		return set_text(w, row, &scope, row->host, wish->text);
	case CLIENT_FIELD_USER:
		return set_text(w, row, &scope, row->user, wish->text);
	case CLIENT_FIELD_PORT:
		return set_text(w, row, &scope, row->port, rewrite_number(w));
	case CLIENT_FIELD_TIMEOUT:
		if (!row->timeout)
			return set_line(w, row, &server->timeout.place, rewrite_number(w));
		return set_text(w, row, &scope, row->timeout, rewrite_number(w));
	case CLIENT_FIELD_SECURITY:
		return secure(w, row, &scope);
	case CLIENT_FIELD_LOGIN:
		return log_in(w, row, &scope);
	case CLIENT_FIELD_KEEP:
		return set_line(w, row, &wish->account->delete_after_days.place, "0");
	}
	return cannot;
}
