/* This file renders what mail programs have set up, as text and as HTML. */
#include "report/profiles.h"

#include <stdio.h>
#include <string.h>

/* More than these are counted and left to JSON. */
enum { SHOWN_ACCOUNTS = 200, SHOWN_STORES = 50, LINE_CAP = 2048, USER_MAX = 96, SMALL = 96 };

static bool same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* "imap.example.org port 993 tls, user anna, password stored". */
static void server_line(const struct client_server *server, struct buf *out)
{
	buf_add_text(out, server->host.text ? server->host.text : "no server named");
	if (server->port_used)
		buf_printf(out, " port %u", server->port_used);
	if (server->security != CLIENT_SECURITY_UNKNOWN)
		buf_printf(out, " %s",
			   server->security == CLIENT_SECURITY_NONE ? "without encryption"
								    : client_security_name(server->security));
	if (server->user.text)
		buf_printf(out, ", user %s", server->user.text);
	if (server->login != CLIENT_LOGIN_UNKNOWN)
		buf_printf(out, ", login %s", client_login_name(server->login));
	if (server->password == CLIENT_PASSWORD_STORED)
		buf_add_text(out, ", password stored");
	if (server->password == CLIENT_PASSWORD_NONE && server->login != CLIENT_LOGIN_NONE &&
	    server->login != CLIENT_LOGIN_AS_INCOMING)
		buf_add_text(out, ", no password stored");
	if (server->password == CLIENT_PASSWORD_COMMAND)
		buf_add_text(out, ", a command gives the password");
	if (server->timeout.is_set)
		buf_printf(out, ", time-out %u s", (unsigned)server->timeout.number);
}

static const char *leave_words(const struct client_account *account, char text[SMALL])
{
	if (account->delete_after_days.is_set)
		snprintf(text, SMALL, "kept on the server for %u days",
			 (unsigned)account->delete_after_days.number);
	else
		snprintf(text, SMALL, "%s",
			 account->leaves_copy ? "kept on the server"
					      : "removed from the server once fetched");
	return text;
}

static void put_server(struct paper *paper, const char *label, const struct client_server *server)
{
	struct buf line;

	buf_init(&line, LINE_CAP);
	server_line(server, &line);
	paper_add(paper, label);
	paper_pad(paper, 9);
	paper_peer(paper, buf_str(&line));
	paper_end(paper, 5, 9);
	buf_fini(&line);
}

static void put_pair(struct paper *paper, const char *label, const char *text)
{
	if (!text)
		return;
	paper_add(paper, label);
	paper_pad(paper, 9);
	paper_peer(paper, str_of(text));
	paper_end(paper, 5, 9);
}

static void put_account(struct paper *paper, const struct client_account *account)
{
	char text[SMALL];

	paper_mark(paper, PAPER_BOLD);
	paper_peer(paper, str_of(account->name.text ? account->name.text : "(no name)"));
	paper_mark(paper, PAPER_PLAIN);
	if (account->address.text && !same(account->address.text, account->name.text)) {
		paper_add(paper, "  ");
		paper_peer(paper, str_of(account->address.text));
	}
	paper_add(paper, "  ");
	paper_add(paper, client_protocol_name(account->protocol));
	if (account->is_default)
		paper_add(paper, "  (default)");
	paper_end(paper, 3, 2);
	if (account->has_incoming)
		put_server(paper, "fetches", &account->incoming);
	if (account->has_outgoing)
		put_server(paper, "sends", &account->outgoing);
	put_pair(paper, "into", account->store.text);
	if (account->protocol == CLIENT_PROTOCOL_POP3)
		put_pair(paper, "mail is", leave_words(account, text));
}

static bool is_of(const struct client_account *account, const struct client_profile *profile)
{
	return account->program == profile->program && same(account->profile, profile->name) &&
	       same(account->source, profile->source);
}

static size_t put_accounts_of(struct paper *paper, const struct client_found *found,
			      const struct client_profile *profile)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n_accounts; i++)
		if (is_of(&found->accounts[i], profile) && ++n <= SHOWN_ACCOUNTS)
			put_account(paper, &found->accounts[i]);
	return n;
}

static const char *no_account_words(const struct client_profile *profile)
{
	if (profile->program != CLIENT_OUTLOOK)
		return "No mail account.";
	return profile->has_mail_list ? "No mail account: the profile's list of them is empty."
				      : "No mail account: the profile has no list of them.";
}

static void put_profile(struct paper *paper, const struct client_found *found,
			const struct client_profile *profile)
{
	size_t n = 0;

	paper_gap(paper);
	paper_add(paper, client_program_title(profile->program));
	paper_add(paper, " profile \"");
	paper_peer(paper, str_of(profile->name));
	paper_add(paper, profile->is_default ? "\" (default)  " : "\"  ");
	paper_mark(paper, PAPER_DIM);
	paper_peer(paper, str_of(profile->source));
	paper_mark(paper, PAPER_PLAIN);
	paper_end(paper, 1, 2);
	if (put_accounts_of(paper, found, profile) == 0)
		paper_line(paper, 3, no_account_words(profile));
	for (size_t i = 0; i < found->n_stores && n < SHOWN_STORES; i++) {
		const struct client_store *store = &found->stores[i];

		if (!same(store->profile, profile->name) || !same(store->source, profile->source))
			continue;
		n++;
		paper_add(paper, store->is_offline ? "copy" : "store");
		paper_pad(paper, 9);
		paper_peer(paper, str_of(store->name.text));
		paper_add(paper, ": ");
		paper_peer(paper, str_of(store->path.text ? store->path.text : "its path is not told"));
		paper_end(paper, 3, 9);
	}
	for (size_t i = 0; i < found->n_books && n < SHOWN_STORES; i++) {
		const struct client_book *book = &found->books[i];

		if (!same(book->profile, profile->name) || !same(book->source, profile->source))
			continue;
		n++;
		paper_add(paper, "address book ");
		paper_peer(paper, str_of(book->name.text));
		paper_end(paper, 3, 9);
	}
}

/* Accounts of programs that know no profiles, one group for each file. */
static bool begins_group(const struct client_found *found, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!found->accounts[i].profile &&
		    found->accounts[i].program == found->accounts[index].program &&
		    same(found->accounts[i].source, found->accounts[index].source))
			return false;
	return !found->accounts[index].profile;
}

static void put_file(struct paper *paper, const struct client_found *found, size_t first)
{
	const struct client_profile group = { .program = found->accounts[first].program,
					      .source = found->accounts[first].source };

	paper_gap(paper);
	paper_add(paper, client_program_title(group.program));
	paper_add(paper, "  ");
	paper_mark(paper, PAPER_DIM);
	paper_peer(paper, str_of(group.source));
	paper_mark(paper, PAPER_PLAIN);
	paper_end(paper, 1, 2);
	(void)put_accounts_of(paper, found, &group);
}

void profiles_text(struct paper *paper, const struct client_found *found)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n_profiles; i++)
		put_profile(paper, found, &found->profiles[i]);
	for (size_t i = 0; i < found->n_accounts; i++)
		if (begins_group(found, i) && n++ < SHOWN_ACCOUNTS)
			put_file(paper, found, i);
	if (n > SHOWN_ACCOUNTS)
		paper_line(paper, 1, "… and more files: --json has them all.");
}

static void html_server(struct page *page, const char *label, const struct client_server *server)
{
	struct buf line;

	buf_init(&line, LINE_CAP);
	server_line(server, &line);
	page_markup(page, "<tr><th>");
	page_text(page, label);
	page_markup(page, "</th><td>");
	page_peer(page, buf_str(&line));
	page_markup(page, "</td></tr>\n");
	buf_fini(&line);
}

static void html_account(struct page *page, const struct client_account *account)
{
	char text[SMALL];

	page_markup(page, "<h3>");
	page_peer(page, str_of(account->name.text ? account->name.text : "(no name)"));
	page_markup(page, "</h3>\n<table>\n");
	page_row(page, "program", client_program_title(account->program));
	page_row(page, "profile", account->profile);
	page_row(page, "address", account->address.text);
	page_row(page, "kind", client_protocol_name(account->protocol));
	if (account->has_incoming)
		html_server(page, "fetches", &account->incoming);
	if (account->has_outgoing)
		html_server(page, "sends", &account->outgoing);
	page_row(page, "into", account->store.text);
	if (account->protocol == CLIENT_PROTOCOL_POP3)
		page_row(page, "mail is", leave_words(account, text));
	page_row(page, "stands in", account->source);
	page_markup(page, "</table>\n");
}

static bool has_account(const struct client_found *found, const struct client_profile *profile)
{
	for (size_t i = 0; i < found->n_accounts; i++)
		if (is_of(&found->accounts[i], profile))
			return true;
	return false;
}

static void html_profile(struct page *page, const struct client_found *found,
			 const struct client_profile *profile)
{
	page_markup(page, "<h3>");
	page_text(page, client_program_title(profile->program));
	page_markup(page, " profile “");
	page_peer(page, str_of(profile->name));
	page_markup(page, "”</h3>\n<table>\n");
	page_row(page, "stands in", profile->source);
	if (!has_account(found, profile))
		page_row(page, "accounts", no_account_words(profile));
	for (size_t i = 0; i < found->n_stores; i++)
		if (same(found->stores[i].profile, profile->name) &&
		    same(found->stores[i].source, profile->source))
			page_row(page, found->stores[i].name.text ? found->stores[i].name.text : "store",
				 found->stores[i].path.text ? found->stores[i].path.text
							    : "its path is not told");
	for (size_t i = 0; i < found->n_books; i++)
		if (same(found->books[i].profile, profile->name) &&
		    same(found->books[i].source, profile->source))
			page_row(page, "address book", found->books[i].name.text);
	page_markup(page, "</table>\n");
}

void profiles_html(struct page *page, const struct client_found *found)
{
	if (found->n_accounts)
		page_element(page, "h2", NULL, "Mail accounts");
	for (size_t i = 0; i < found->n_accounts && i < SHOWN_ACCOUNTS; i++)
		html_account(page, &found->accounts[i]);
	if (found->n_profiles)
		page_element(page, "h2", NULL, "Profiles");
	for (size_t i = 0; i < found->n_profiles && i < SHOWN_ACCOUNTS; i++)
		html_profile(page, found, &found->profiles[i]);
}

/* The name in front of an @ or a Windows domain's behind its backslash. */
static void redact_user(struct redactor *redactor, const char *text)
{
	char name[USER_MAX];
	size_t len;

	if (!text)
		return;
	if (strchr(text, '\\'))
		text = strchr(text, '\\') + 1;
	len = strcspn(text, "@");
	if (len >= sizeof name)
		return;
	memcpy(name, text, len);
	name[len] = '\0';
	redact_word(redactor, REDACT_USER, name);
}

/* C:\Users\NAME\…, and the same with slashes. */
static void redact_folder(struct redactor *redactor, const char *path)
{
	static const char *const tops[] = { "Users", "home", "Documents and Settings" };
	struct str text = str_of(path);
	char name[USER_MAX];

	for (size_t i = 0; path && i < sizeof tops / sizeof tops[0]; i++) {
		size_t at = str_find_nocase(text, str_of(tops[i]));
		const char *user = at == SIZE_MAX ? NULL : path + at + strlen(tops[i]);
		size_t len = user && *user ? strcspn(user + 1, "\\/") : 0;

		if (len == 0 || len >= sizeof name)
			continue;
		memcpy(name, user + 1, len);
		name[len] = '\0';
		redact_word(redactor, REDACT_USER, name);
	}
}

void profiles_redact(struct redactor *redactor, const struct client_found *found)
{
	for (size_t i = 0; i < found->n_accounts; i++) {
		const struct client_account *account = &found->accounts[i];

		redact_user(redactor, account->address.text);
		redact_user(redactor, account->incoming.user.text);
		redact_user(redactor, account->outgoing.user.text);
		redact_word(redactor, REDACT_USER, account->display_name.text);
		redact_folder(redactor, account->store.text);
		redact_folder(redactor, account->source);
	}
	for (size_t i = 0; i < found->n_profiles; i++)
		redact_folder(redactor, found->profiles[i].source);
	for (size_t i = 0; i < found->n_stores; i++)
		redact_folder(redactor, found->stores[i].path.text);
}
