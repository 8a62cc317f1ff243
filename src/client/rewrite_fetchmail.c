/* This file changes fetchmail's run control file, whose words stand in free order. */
#include "base/checked.h"
#include "client/rewrite.h"

/* One word, its place in the text and its line; `whole` has the quotes that stand around it. */
struct word {
	struct str text, whole;
	unsigned line;
};

struct words {
	struct str rest;
	unsigned line;
};

/* What an account's words are: those of its server up to the first user, and those of its user. */
struct entry {
	struct word host, user, port, timeout;
	bool has_ssl;
};

static const char cannot[] = "the program's own file says it in no way that postmend writes";

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ';' || c == ':' ||
	       c == '=';
}

static void skip_blank(struct words *words)
{
	struct str *rest = &words->rest;

	while (rest->len && (is_blank(rest->at[0]) || rest->at[0] == '#')) {
		if (rest->at[0] == '#') {
			(void)str_cut(rest, '\n');
			words->line++;
			continue;
		}
		words->line += rest->at[0] == '\n';
		*rest = str_skip(*rest, 1);
	}
}

/* Words as the reader sees them; a text at NULL at the end. */
static struct word next_word(struct words *words)
{
	struct word word = { .line = 0 };
	struct str *rest = &words->rest;
	size_t n = 0;
	char quote;

	skip_blank(words);
	if (!rest->at || rest->len == 0)
		return word;
	quote = rest->at[0];
	if (quote == '"' || quote == '\'') {
		for (n = 1; n < rest->len && rest->at[n] != quote; n++)
			words->line += rest->at[n] == '\n';
		word.text = str_head(str_skip(*rest, 1), n - 1);
		word.whole = str_head(*rest, n < rest->len ? n + 1 : n);
	} else {
		while (n < rest->len && !is_blank(rest->at[n]) && rest->at[n] != '"')
			n++;
		word.text = word.whole = str_head(*rest, n);
	}
	word.line = words->line;
	*rest = str_skip(*rest, word.whole.len);
	return word;
}

static bool is_one_of(struct str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is_nocase(word, list[i]))
			return true;
	return false;
}

/* Words that have a value behind them, as far as accounts go. */
static const char *const pairs[] = { "via",    "proto",    "protocol", "port", "service",
				     "pass",   "password", "timeout",  "auth", "authenticate",
				     "folder", "mda",      "sslproto", "is",   "to" };
static const char *const servers[] = { "poll", "server", "skip" };
static const char *const users[] = { "user", "username" };

/* Whose words are being read. */
enum owner { OWNER_OTHER_SERVER, OWNER_SERVER, OWNER_USER, OWNER_OTHER_USER };

static void take_pair(struct entry *out, struct str name, struct word value)
{
	if (str_is_nocase(name, "port") || str_is_nocase(name, "service"))
		out->port = value;
	else if (str_is_nocase(name, "timeout"))
		out->timeout = value;
	else if (str_is_nocase(name, "via"))
		out->host = value;
}

static bool is_of(const struct client_text *text, const struct word *word)
{
	return text->text && str_is(word->text, text->text) && word->line == text->place.line;
}

/* Values of the server hold for all its users. False when the account's words end here. */
static bool take_word(struct entry *out, enum owner *owner, const struct client_account *account,
		      struct words *words, struct str name)
{
	bool is_server = is_one_of(name, servers, COUNT_OF(servers)) || str_is_nocase(name, "defaults");
	struct word value;

	if ((is_server && *owner != OWNER_OTHER_SERVER) ||
	    (out->user.line && is_one_of(name, users, COUNT_OF(users))))
		return out->user.line == 0 && account->incoming.user.text;
	if (is_server) {
		value = next_word(words);
		*owner = is_of(&account->name, &value) ? OWNER_SERVER : OWNER_OTHER_SERVER;
		*out = (struct entry){ .host = value };
	} else if (*owner != OWNER_OTHER_SERVER && is_one_of(name, users, COUNT_OF(users))) {
		value = next_word(words);
		*owner = is_of(&account->incoming.user, &value) ? OWNER_USER : OWNER_OTHER_USER;
		if (*owner == OWNER_USER)
			out->user = value;
	} else if (is_one_of(name, pairs, COUNT_OF(pairs))) {
		value = next_word(words);
		if (*owner == OWNER_SERVER || *owner == OWNER_USER)
			take_pair(out, name, value);
	} else if (str_is_nocase(name, "ssl") && (*owner == OWNER_SERVER || *owner == OWNER_USER)) {
		out->has_ssl = true;
	}
	return true;
}

static bool find_entry(const struct rewrite_writer *w, struct entry *out)
{
	const struct client_account *account = w->wish->account;
	struct words words = { .rest = w->lines.text, .line = 1 };
	enum owner owner = OWNER_OTHER_SERVER;
	struct word word = next_word(&words);

	*out = (struct entry){ .has_ssl = false };
	while (word.text.at && take_word(out, &owner, account, &words, word.text))
		word = next_word(&words);
	return account->incoming.user.text ? out->user.line != 0 : out->host.line != 0;
}

/* In quotes as before; without them where there were none. */
static const char *quoted(struct rewrite_writer *w, const struct word *word, const char *fresh)
{
	const char *text = fresh;

	if (word->whole.len != word->text.len)
		text = arena_printf(w->steps->arena, "%c%s%c", word->whole.at[0], fresh, word->whole.at[0]);
	return text ? text : "";
}

static const char *set_word(struct rewrite_writer *w, const char *name, const struct word *old,
			    const struct word *behind, const char *value)
{
	const char *text;

	if (!value || str_find(str_of(value), STR("\"")) != SIZE_MAX)
		return cannot;
	if (old->line) {
		rewrite_replace(w, name, old->line, old->whole, quoted(w, old, value));
		return NULL;
	}
	if (!behind->line)
		return cannot;
	text = arena_printf(w->steps->arena, " %s %s", name, value);
	rewrite_insert_behind(w, name, behind->whole, value, text ? text : "");
	return NULL;
}

/* TLS from the start: what fetchmail itself advises, and the one that nobody on the way can take off. */
static const char *secure(struct rewrite_writer *w, const struct entry *entry)
{
	const struct word *behind = entry->user.line ? &entry->user : &entry->host;

	if (w->wish->number == CLIENT_SECURITY_TLS && !entry->has_ssl) {
		rewrite_insert_behind(w, "ssl", behind->whole, "on", " ssl");
		return NULL;
	}
	return cannot;
}

const char *rewrite_fetchmail_program(struct rewrite_writer *w)
{
	struct entry entry;

	if (!find_entry(w, &entry))
		return "the words of this account are not found in it";
	switch (w->wish->field) {
	case CLIENT_FIELD_HOST:
		return set_word(w, "via", &entry.host, &entry.host, w->wish->text);
	case CLIENT_FIELD_USER:
		return set_word(w, "user", &entry.user, &entry.user, w->wish->text);
	case CLIENT_FIELD_PORT:
		return set_word(w, "port", &entry.port, &entry.host, rewrite_number(w));
	case CLIENT_FIELD_TIMEOUT:
		return set_word(w, "timeout", &entry.timeout, &entry.host, rewrite_number(w));
	case CLIENT_FIELD_SECURITY:
		return secure(w, &entry);
	case CLIENT_FIELD_LOGIN:
	case CLIENT_FIELD_KEEP:
		break;
	}
	return cannot;
}
