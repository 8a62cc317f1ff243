/* This file holds what mail programs have set up: one model for all of them. */
#include "client/account.h"

/* Each list has room for one more, the spare. */
bool client_found_init(struct client_found *found, struct arena *arena)
{
	*found = (struct client_found){ .arena = arena };
	found->accounts = arena_array(arena, CLIENT_ACCOUNTS_MAX + 1, sizeof *found->accounts);
	found->profiles = arena_array(arena, CLIENT_PROFILES_MAX + 1, sizeof *found->profiles);
	found->stores = arena_array(arena, CLIENT_STORES_MAX + 1, sizeof *found->stores);
	found->books = arena_array(arena, CLIENT_STORES_MAX + 1, sizeof *found->books);
	found->remarks = arena_array(arena, CLIENT_REMARKS_MAX + 1, sizeof *found->remarks);
	found->machine = machine_new(arena);
	return found->machine && found->accounts && found->profiles && found->stores && found->books &&
	       found->remarks;
}

/* The index of a new one; the spare's when the list is full. */
static size_t next_index(struct client_found *found, size_t *n, size_t max)
{
	if (*n < max)
		return (*n)++;
	found->is_cut = true;
	return max;
}

struct client_account *client_add_account(struct client_found *found, enum client_program program,
					  const char *source)
{
	struct client_account *one =
		&found->accounts[next_index(found, &found->n_accounts, CLIENT_ACCOUNTS_MAX)];

	*one = (struct client_account){ .program = program, .source = source };
	return one;
}

struct client_profile *client_add_profile(struct client_found *found, enum client_program program,
					  const char *source)
{
	struct client_profile *one =
		&found->profiles[next_index(found, &found->n_profiles, CLIENT_PROFILES_MAX)];

	*one = (struct client_profile){ .program = program, .source = source };
	return one;
}

struct client_store *client_add_store(struct client_found *found, enum client_program program,
				      const char *source)
{
	struct client_store *one = &found->stores[next_index(found, &found->n_stores, CLIENT_STORES_MAX)];

	*one = (struct client_store){ .program = program, .source = source };
	return one;
}

struct client_book *client_add_book(struct client_found *found, const char *source)
{
	struct client_book *one = &found->books[next_index(found, &found->n_books, CLIENT_STORES_MAX)];

	*one = (struct client_book){ .source = source };
	return one;
}

void client_add_remark(struct client_found *found, const char *source, unsigned line, const char *text)
{
	size_t i = next_index(found, &found->n_remarks, CLIENT_REMARKS_MAX);

	found->remarks[i] = (struct client_remark){ source, line, text };
}

static uint16_t default_port(enum client_program program, const struct client_server *server)
{
	bool is_tls = server->security == CLIENT_SECURITY_TLS;
	/* These programs keep the plain port unless told; the others know the ports of TLS. */
	bool knows_tls = program != CLIENT_OUTLOOK && program != CLIENT_OUTLOOK_EXPRESS &&
			 program != CLIENT_WINDOWS_MAIL;

	switch (server->protocol) {
	case CLIENT_PROTOCOL_IMAP:
		return is_tls && knows_tls ? 993 : 143;
	case CLIENT_PROTOCOL_POP3:
		return is_tls && knows_tls ? 995 : 110;
	case CLIENT_PROTOCOL_SMTP:
		if (is_tls && knows_tls)
			return 465;
		return program == CLIENT_AERC || program == CLIENT_THUNDERBIRD || program == CLIENT_HIMALAYA
			       ? 587
			       : 25;
	case CLIENT_PROTOCOL_UNKNOWN:
	case CLIENT_PROTOCOL_EXCHANGE:
	case CLIENT_PROTOCOL_ACTIVESYNC:
	case CLIENT_PROTOCOL_HTTP:
	case CLIENT_PROTOCOL_LOCAL:
		break;
	}
	return 0;
}

static void settle_server(enum client_program program, struct client_server *server)
{
	bool is_port = server->port.is_set && server->port.number > 0 && server->port.number <= UINT16_MAX;

	server->port_used = is_port ? (uint16_t)server->port.number : default_port(program, server);
}

void client_settle(struct client_account *account)
{
	if (account->has_incoming)
		settle_server(account->program, &account->incoming);
	if (account->has_outgoing)
		settle_server(account->program, &account->outgoing);
}

bool client_server_is_local(const struct client_server *server)
{
	struct str host = str_of(server->host.text);

	return str_is_nocase(host, "localhost") || str_starts(host, STR("127.")) || str_is(host, "::1");
}
