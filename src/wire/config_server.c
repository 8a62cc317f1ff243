/* This file holds one server as a configuration document of a provider names it. */
#include "wire/config_server.h"

#include "account/idn.h"
#include "account/ip.h"

bool config_server_set(struct arena *arena, struct config_server *server, struct str host, struct str port)
{
	struct endpoint *endpoint = &server->endpoint;
	char shown[IP_TEXT_MAX];
	uint64_t number = 0;
	struct ip ip;

	if (port.len && (!str_to_u64(port, UINT16_MAX, &number) || number == 0))
		return false;
	endpoint->port =
		number ? (uint16_t)number : endpoint_default_port(endpoint->protocol, endpoint->security);
	if (!ip_parse(host, &ip))
		return idn_to_ascii(arena, host, &endpoint->host) == ST_OK;
	ip_text(&ip, shown);
	endpoint->host = arena_strdup(arena, shown);
	return endpoint->host != NULL;
}

void config_servers_add(struct config_servers *servers, const struct config_server *server)
{
	if (servers->n < CONFIG_SERVERS_MAX)
		servers->rows[servers->n++] = *server;
	else
		servers->ignored++;
}

void config_servers_rank(struct config_servers *servers)
{
	struct config_servers ranked = { .ignored = servers->ignored };

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < servers->n; i++)
			if ((servers->rows[i].endpoint.security == SECURITY_NONE) == (pass == 1))
				ranked.rows[ranked.n++] = servers->rows[i];
	*servers = ranked;
}
