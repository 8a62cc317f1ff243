/* This file changes Thunderbird's prefs.js: one call of user_pref, or a new one at its end. */
#include "base/checked.h"
#include "base/cursor.h"
#include "client/rewrite.h"

static const char cannot[] = "the program's own file says it in no way that postmend writes";

/* "mail.server.server1.hostname" up to its last full stop, with another name behind it. */
static const char *name_beside(const struct rewrite_writer *w, const char *what)
{
	const char *name = client_wish_server(w->wish)->host.place.value, *text;
	size_t end = 0;

	for (size_t i = 0; name && name[i]; i++)
		if (name[i] == '.')
			end = i + 1;
	text = end ? arena_printf(w->steps->arena, "%.*s%s", (int)end, name, what) : NULL;
	return text;
}

/* Where the value of a call stands: behind its name in quotes and a comma, up to its end. */
static bool find_value(struct str line, const char *name, struct str *out)
{
	struct str rest = line;
	size_t at = str_find(rest, str_of(name)), n = 0;
	char quote;

	if (at == 0 || at >= rest.len)
		return false;
	quote = rest.at[at - 1];
	rest = str_skip(rest, at + str_of(name).len);
	if ((quote != '"' && quote != '\'') || rest.len == 0 || rest.at[0] != quote)
		return false;
	rest = str_trim(str_skip(rest, 1));
	if (rest.len == 0 || rest.at[0] != ',')
		return false;
	rest = str_trim(str_skip(rest, 1));
	quote = rest.len ? rest.at[0] : '\0';
	if (quote == '"' || quote == '\'') {
		for (n = 1; n < rest.len && rest.at[n] != quote; n++)
			n += rest.at[n] == '\\';
		n++;
	} else {
		while (n < rest.len && rest.at[n] != ')' && rest.at[n] != ' ' && rest.at[n] != '\t')
			n++;
	}
	*out = str_head(rest, n);
	return n > 0 && n < rest.len;
}

/* The last line of the file that says this name, as Thunderbird takes the last. */
const char *rewrite_set_pref(struct rewrite_writer *w, const char *name, const char *value)
{
	const char *text;
	struct str old;

	if (!name || !value)
		return "the names of its settings are not known";
	for (unsigned line = (unsigned)w->lines.n; line > 0; line--)
		if (find_value(rewrite_line(w, line), name, &old)) {
			rewrite_replace(w, name, line, old, value);
			return NULL;
		}
	text = arena_printf(w->steps->arena, "user_pref(\"%s\", %s);", name, value);
	rewrite_insert(w, name, 0, value, text ? text : "");
	return NULL;
}

/* Text as JavaScript has it; a server's name needs little of that. */
static const char *quoted(const struct rewrite_writer *w, const char *text)
{
	struct str rest = str_of(text);

	for (size_t i = 0; i < rest.len; i++)
		if (rest.at[i] == '"' || rest.at[i] == '\\' || (unsigned char)rest.at[i] < 0x20)
			return NULL;
	return text ? arena_printf(w->steps->arena, "\"%s\"", text) : NULL;
}

static const char *secure(struct rewrite_writer *w)
{
	static const char *const sockets[] = { NULL, "0", "3", "2" };
	const char *name = name_beside(w, w->wish->is_outgoing ? "try_ssl" : "socketType");

	if (w->wish->number >= COUNT_OF(sockets) || !sockets[w->wish->number])
		return cannot;
	return rewrite_set_pref(w, name, sockets[w->wish->number]);
}

static const char *log_in(struct rewrite_writer *w)
{
	const char *method = w->wish->number == CLIENT_LOGIN_OAUTH2 ? "10" : "3", *why;
	const struct client_account *account = w->wish->account;

	why = rewrite_set_pref(w, name_beside(w, "authMethod"), method);
	/* To log in for sending a name is needed; without one there is none to ask a password for. */
	if (!why && w->wish->number == CLIENT_LOGIN_AS_INCOMING && !account->outgoing.user.text)
		why = rewrite_set_pref(w, name_beside(w, "username"), quoted(w, account->incoming.user.text));
	return why;
}

const char *rewrite_prefs_program(struct rewrite_writer *w)
{
	const struct client_wish *wish = w->wish;
	const struct client_server *server = client_wish_server(wish);

	switch (wish->field) {
	case CLIENT_FIELD_HOST:
		return rewrite_set_pref(w, server->host.place.value, quoted(w, wish->text));
	case CLIENT_FIELD_USER:
		return rewrite_set_pref(w, server->user.place.value, quoted(w, wish->text));
	case CLIENT_FIELD_PORT:
		return rewrite_set_pref(w, name_beside(w, "port"), rewrite_number(w));
	case CLIENT_FIELD_SECURITY:
		return secure(w);
	case CLIENT_FIELD_LOGIN:
		return log_in(w);
	case CLIENT_FIELD_TIMEOUT:
		return rewrite_set_pref(w, "mailnews.tcptimeout", rewrite_number(w));
	case CLIENT_FIELD_KEEP:
		return rewrite_set_pref(w, name_beside(w, "delete_by_age_from_server"), "false");
	}
	return cannot;
}
