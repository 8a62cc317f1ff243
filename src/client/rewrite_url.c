/* This file changes servers that stand as URLs: those of NeoMutt, mutt and aerc. */
#include "base/checked.h"
#include "client/lines.h"
#include "client/rewrite.h"

/* The parts of the URL in its line; those that are not there are empty and stand where they would. */
struct parts {
	unsigned line;
	struct str scheme, host, port;
};

static const char cannot[] = "the program's own file says it in no way that postmend writes";

static bool is_end(char c)
{
	return c == '/' || c == '?' || c == '"' || c == '\'' || c == ' ' || c == '\t';
}

static bool is_scheme_char(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '+' || c == '-';
}

static bool find_parts(const struct rewrite_writer *w, struct parts *out)
{
	unsigned line = client_wish_server(w->wish)->host.place.line;
	struct str text = rewrite_line(w, line), rest;
	size_t at = str_find(text, STR("://")), start = at, end = 0, colon;

	if (at >= text.len)
		return false;
	while (start > 0 && is_scheme_char(text.at[start - 1]))
		start--;
	*out = (struct parts){ .line = line, .scheme = str_head(str_skip(text, start), at - start) };
	rest = str_skip(text, at + 3);
	while (end < rest.len && !is_end(rest.at[end]))
		end++;
	rest = str_head(rest, end);
	/* A user may hold an @ itself: the last one ends it. */
	for (end = rest.len; end > 0 && rest.at[end - 1] != '@';)
		end--;
	out->host = (struct str){ rest.at + end, rest.len - end };
	end = out->host.len && out->host.at[0] == '[' ? str_find_char(out->host, ']') : 0;
	if (end >= rest.len && end)
		return false;
	colon = str_find_char(str_skip(out->host, end), ':');
	out->port = (struct str){ out->host.at + out->host.len, 0 };
	if (colon < out->host.len - end) {
		out->port = str_skip(out->host, end + colon + 1);
		out->host = str_head(out->host, end + colon);
	}
	return out->scheme.len && out->host.len;
}

/* "smtp+insecure+plain" is "smtps+plain" with TLS: the login at its end stays. */
static const char *scheme_for(struct rewrite_writer *w, struct str scheme)
{
	bool is_tls = w->wish->number == CLIENT_SECURITY_TLS;
	struct str base = str_cut(&scheme, '+'), word;
	const char *text;

	if (base.len && str_lower_char(base.at[base.len - 1]) == 's')
		base.len--;
	text = arena_printf(w->steps->arena, "%.*s%s", (int)base.len, base.at, is_tls ? "s" : "");
	while (text && scheme.at) {
		word = str_cut(&scheme, '+');
		if (!str_is_nocase(word, "insecure"))
			text = arena_printf(w->steps->arena, "%s+%.*s", text, (int)word.len, word.at);
	}
	return text ? text : "";
}

/* The value of a variable of a muttrc, in the last line that sets it alone. */
static bool find_variable(const struct rewrite_writer *w, const char *name, unsigned *line_out,
			  struct str *value_out)
{
	for (unsigned line = (unsigned)w->lines.n; line > 0; line--) {
		struct str rest = str_trim(rewrite_line(w, line));
		size_t equals = str_find_char(rest, '=');

		if (equals >= rest.len || !str_is(lines_word(&rest), "set"))
			continue;
		equals = str_find_char(rest, '=');
		if (equals >= rest.len || !str_is(str_trim(str_head(rest, equals)), name))
			continue;
		rest = str_trim(str_skip(rest, equals + 1));
		*line_out = line;
		*value_out = lines_word(&rest);
		return value_out->at != NULL;
	}
	return false;
}

/* Without TLS from the start NeoMutt encrypts unless it was told not to. */
static void allow_starttls(struct rewrite_writer *w)
{
	static const char *const switches[] = { "ssl_starttls", "ssl_force_tls" };
	struct str value;
	unsigned line;

	for (size_t i = 0; i < COUNT_OF(switches); i++)
		if (find_variable(w, switches[i], &line, &value) && str_is(value, "no"))
			rewrite_replace(w, switches[i], line, value, "yes");
}

static const char *secure(struct rewrite_writer *w, const struct parts *parts)
{
	if (w->wish->number != CLIENT_SECURITY_TLS && w->wish->number != CLIENT_SECURITY_STARTTLS)
		return cannot;
	rewrite_replace(w, "URL", parts->line, parts->scheme, scheme_for(w, parts->scheme));
	if (w->wish->account->program == CLIENT_NEOMUTT && w->wish->number == CLIENT_SECURITY_STARTTLS)
		allow_starttls(w);
	return NULL;
}

static const char *set_timeout(struct rewrite_writer *w)
{
	struct str value;
	unsigned line;

	if (w->wish->account->program != CLIENT_NEOMUTT ||
	    !find_variable(w, "connect_timeout", &line, &value))
		return cannot;
	rewrite_replace(w, "connect_timeout", line, value, rewrite_number(w));
	return NULL;
}

const char *rewrite_url_program(struct rewrite_writer *w)
{
	struct parts parts;
	const char *text;

	if (w->wish->field == CLIENT_FIELD_TIMEOUT)
		return set_timeout(w);
	if (!find_parts(w, &parts))
		return "its server stands there in another way than as a URL";
	switch (w->wish->field) {
	case CLIENT_FIELD_HOST:
		rewrite_replace(w, "URL", parts.line, parts.host, w->wish->text);
		return NULL;
	case CLIENT_FIELD_PORT:
		text = arena_printf(w->steps->arena, ":%s", rewrite_number(w));
		if (parts.port.len)
			rewrite_replace(w, "URL", parts.line, parts.port, rewrite_number(w));
		else
			rewrite_insert_behind(w, "URL", parts.host, rewrite_number(w), text ? text : "");
		return NULL;
	case CLIENT_FIELD_SECURITY:
		return secure(w, &parts);
	case CLIENT_FIELD_USER:
	case CLIENT_FIELD_LOGIN:
	case CLIENT_FIELD_TIMEOUT:
	case CLIENT_FIELD_KEEP:
		break;
	}
	return cannot;
}
