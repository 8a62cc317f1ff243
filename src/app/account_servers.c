/* This file lists the servers that the accounts of this computer use. */
#include "app/account_servers.h"

#include "account/address.h"

#include <string.h>

/* How the account would connect. */
static bool endpoint_of(const struct client_server *server, struct endpoint *out)
{
	bool is_tls = server->security == CLIENT_SECURITY_TLS;

	if (!server->host.text || !server->port_used ||
	    !address_domain_is_valid(str_of(server->host.text), 1))
		return false;
	switch (server->protocol) {
	case CLIENT_PROTOCOL_IMAP:
		out->protocol = PROTOCOL_IMAP;
		break;
	case CLIENT_PROTOCOL_POP3:
		out->protocol = PROTOCOL_POP3;
		break;
	case CLIENT_PROTOCOL_SMTP:
		out->protocol = PROTOCOL_SMTP;
		break;
	case CLIENT_PROTOCOL_UNKNOWN:
	case CLIENT_PROTOCOL_EXCHANGE:
	case CLIENT_PROTOCOL_ACTIVESYNC:
	case CLIENT_PROTOCOL_HTTP:
	case CLIENT_PROTOCOL_LOCAL:
		return false;
	}
	if (server->security == CLIENT_SECURITY_UNKNOWN || server->security == CLIENT_SECURITY_AUTOMATIC)
		is_tls = server->port_used == endpoint_default_port(out->protocol, SECURITY_TLS);
	out->host = server->host.text;
	out->port = server->port_used;
	out->security = is_tls                                     ? SECURITY_TLS
			: server->security == CLIENT_SECURITY_NONE ? SECURITY_NONE
								   : SECURITY_STARTTLS;
	return true;
}

static void add_server(struct client_found *found, struct account_servers *out,
		       const struct client_account *account, const struct client_server *server)
{
	struct arena *arena = found->arena;
	const char *name = account->name.text      ? account->name.text
			   : account->address.text ? account->address.text
						   : account->incoming.host.text;
	struct endpoint endpoint = { .host = NULL };
	const char *url;
	size_t i = 0;

	if (!endpoint_of(server, &endpoint) || !(url = endpoint_url(arena, &endpoint)))
		return;
	while (i < out->n_servers && strcmp(out->servers[i].url, url) != 0)
		i++;
	if (i == out->n_servers) {
		if (out->n_endpoints == ACCOUNT_SERVERS_MAX) {
			client_add_remark(
				found, account->source, 0,
				"it names more servers than are asked at once: use diagnose ADDRESS "
				"for the others");
			return;
		}
		out->endpoints[out->n_endpoints++] = endpoint;
	}
	out->servers[out->n_servers++] = (struct joint_server){
		.client = client_program_name(account->program),
		.profile = account->profile,
		.name = name ? name : "(no name)",
		.host = endpoint.host,
		.url = url,
	};
}

bool account_servers_list(struct client_found *found, struct account_servers *out)
{
	struct arena *arena = found->arena;

	*out = (struct account_servers){
		.servers = arena_array(arena, 2 * found->n_accounts + 1, sizeof *out->servers),
		.endpoints = arena_array(arena, ACCOUNT_SERVERS_MAX, sizeof *out->endpoints),
	};
	if (!out->servers || !out->endpoints)
		return false;
	for (size_t i = 0; i < found->n_accounts; i++) {
		if (found->accounts[i].has_incoming)
			add_server(found, out, &found->accounts[i], &found->accounts[i].incoming);
		if (found->accounts[i].has_outgoing)
			add_server(found, out, &found->accounts[i], &found->accounts[i].outgoing);
	}
	return !arena_failed(arena);
}
