/* This file writes what mail programs have set up as JSON. */
#include "report/profiles.h"

#include <string.h>

/* Where a value stands, or would stand if it were set. */
static void write_place(struct json_out *json, const char *name, const struct client_place *place)
{
	if (!place->key && !place->value && !place->line)
		return;
	json_open(json, name, '{');
	if (place->key)
		json_text(json, "key", place->key);
	if (place->value)
		json_text(json, "value", place->value);
	if (place->line)
		json_uint(json, "line", place->line);
	json_close(json, '}');
}

static void write_server(struct json_out *json, const char *name, const struct client_server *server)
{
	json_open(json, name, '{');
	json_word(json, "protocol", client_protocol_name(server->protocol));
	json_text(json, "host", server->host.text);
	if (server->port_used)
		json_uint(json, "port", server->port_used);
	else
		json_nothing(json, "port");
	json_word(json, "security", client_security_name(server->security));
	json_text(json, "user_name", server->user.text);
	json_word(json, "authentication", client_login_name(server->login));
	json_word(json, "password", client_password_name(server->password));
	if (server->timeout.is_set)
		json_uint(json, "timeout_s", server->timeout.number);
	else
		json_nothing(json, "timeout_s");
	json_open(json, "where", '{');
	write_place(json, "host", &server->host.place);
	write_place(json, "port", &server->port.place);
	write_place(json, "security", &server->security_place);
	write_place(json, "user_name", &server->user.place);
	write_place(json, "authentication", &server->login_place);
	write_place(json, "timeout_s", &server->timeout.place);
	json_close(json, '}');
	json_close(json, '}');
}

static void write_leave(struct json_out *json, const struct client_account *account)
{
	json_open(json, "leave_on_server", '{');
	json_bool(json, "keeps", account->leaves_copy);
	if (account->delete_after_days.is_set)
		json_uint(json, "days", account->delete_after_days.number);
	else
		json_nothing(json, "days");
	json_bool(json, "when_emptied", account->deletes_when_emptied);
	write_place(json, "where", &account->leave_place);
	json_close(json, '}');
}

static void write_account(struct json_out *json, const struct client_account *account)
{
	json_open(json, NULL, '{');
	json_word(json, "client", client_program_name(account->program));
	json_text(json, "profile", account->profile);
	json_text(json, "name", account->name.text);
	json_text(json, "address", account->address.text);
	json_text(json, "display_name", account->display_name.text);
	json_word(json, "protocol", client_protocol_name(account->protocol));
	json_bool(json, "default", account->is_default);
	if (account->has_incoming)
		write_server(json, "incoming", &account->incoming);
	else
		json_nothing(json, "incoming");
	if (account->has_outgoing)
		write_server(json, "outgoing", &account->outgoing);
	else
		json_nothing(json, "outgoing");
	json_text(json, "store", account->store.text);
	if (account->protocol == CLIENT_PROTOCOL_POP3)
		write_leave(json, account);
	json_text(json, "source", account->source);
	json_close(json, '}');
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static size_t count_accounts(const struct client_found *found, const struct client_profile *profile)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n_accounts; i++)
		n += found->accounts[i].program == profile->program &&
		     same(found->accounts[i].profile, profile->name) &&
		     same(found->accounts[i].source, profile->source);
	return n;
}

static void write_stores(struct json_out *json, const struct client_found *found,
			 const struct client_profile *profile)
{
	json_open(json, "stores", '[');
	for (size_t i = 0; i < found->n_stores; i++) {
		const struct client_store *store = &found->stores[i];

		if (!same(store->profile, profile->name) || !same(store->source, profile->source))
			continue;
		json_open(json, NULL, '{');
		json_text(json, "name", store->name.text);
		json_text(json, "path", store->path.text);
		json_bool(json, "offline", store->is_offline);
		write_place(json, "where", &store->path.place);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_books(struct json_out *json, const struct client_found *found,
			const struct client_profile *profile)
{
	json_open(json, "address_books", '[');
	for (size_t i = 0; i < found->n_books; i++) {
		const struct client_book *book = &found->books[i];

		if (!same(book->profile, profile->name) || !same(book->source, profile->source))
			continue;
		json_open(json, NULL, '{');
		json_text(json, "name", book->name.text);
		json_text(json, "service", book->service);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_profile(struct json_out *json, const struct client_found *found,
			  const struct client_profile *profile)
{
	json_open(json, NULL, '{');
	json_word(json, "client", client_program_name(profile->program));
	json_text(json, "name", profile->name);
	json_bool(json, "default", profile->is_default);
	json_uint(json, "mail_accounts", count_accounts(found, profile));
	write_stores(json, found, profile);
	write_books(json, found, profile);
	json_text(json, "source", profile->source);
	write_place(json, "where", &profile->place);
	json_close(json, '}');
}

void profiles_json(struct json_out *json, const struct client_found *found)
{
	json_open(json, "accounts", '[');
	for (size_t i = 0; i < found->n_accounts; i++)
		write_account(json, &found->accounts[i]);
	json_close(json, ']');
	json_open(json, "profiles", '[');
	for (size_t i = 0; i < found->n_profiles; i++)
		write_profile(json, found, &found->profiles[i]);
	json_close(json, ']');
	json_open(json, "unread", '[');
	for (size_t i = 0; i < found->n_remarks; i++) {
		json_open(json, NULL, '{');
		json_text(json, "source", found->remarks[i].source);
		if (found->remarks[i].line)
			json_uint(json, "line", found->remarks[i].line);
		json_text(json, "what", found->remarks[i].text);
		json_close(json, '}');
	}
	json_close(json, ']');
}
