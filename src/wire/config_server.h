/* This file holds one server as a configuration document of a provider names it. */
#ifndef POSTMEND_WIRE_CONFIG_SERVER_H
#define POSTMEND_WIRE_CONFIG_SERVER_H

#include "account/authentication.h"
#include "account/endpoint.h"
#include "base/arena.h"
#include "base/status.h"

enum { CONFIG_SERVERS_MAX = 16 };

struct config_server {
	struct endpoint endpoint;
	const char *user_name;   /* for the address at hand, NULL when not told or not understood */
	uint32_t authentication; /* bits of enum authentication, 0 when not told */
};

/* What a document says; more than CONFIG_SERVERS_MAX servers are counted as ignored. */
struct config_servers {
	struct config_server rows[CONFIG_SERVERS_MAX];
	size_t n;
	unsigned ignored; /* servers that made no sense, or too many */
};

/* Checks host and port and writes them into the endpoint; port 0 is the default
 * of protocol and security. False: the host is neither a name nor an address,
 * or the port is no port. */
[[nodiscard]] bool config_server_set(struct arena *arena, struct config_server *server, struct str host,
				     struct str port);

/* Appends a copy, or counts it as ignored. */
void config_servers_add(struct config_servers *servers, const struct config_server *server);

/* Plain-text servers go to the end; the order is otherwise kept. */
void config_servers_rank(struct config_servers *servers);

#endif
