/* This file finds out which programs of this computer listen on ports of mail, and where its accounts point
 * to. */
#include "app/gather.h"

#include "audit/audit.h"
#include "os/listeners.h"

enum { PORTS_MAX = 256 };

static void add_port(uint16_t *ports, size_t *n, const struct client_server *server)
{
	if (*n < PORTS_MAX && server->port_used && client_server_is_local(server))
		ports[(*n)++] = server->port_used;
}

enum status gather_listeners(struct gather *gather)
{
	const struct options *options = &gather->run->options;
	struct client_found *found = &gather->found;
	struct listener *listeners;
	uint16_t ports[PORTS_MAX];
	enum status st;
	size_t n = 0;

	if (!gather->looks_around || options->hive || options->windows)
		return ST_OK;
	for (size_t i = 0; i < AUDIT_MAIL_PORTS; i++)
		ports[n++] = audit_mail_ports[i];
	for (size_t i = 0; i < found->n_accounts; i++) {
		if (found->accounts[i].has_incoming)
			add_port(ports, &n, &found->accounts[i].incoming);
		if (found->accounts[i].has_outgoing)
			add_port(ports, &n, &found->accounts[i].outgoing);
	}
	/* Where the list is full nobody can be said to be missing. */
	st = listeners_find(gather->run->arena, ports, n, &listeners, &found->n_listeners);
	if (st == ST_OK) {
		found->listeners = listeners;
		found->are_listeners_known = n < PORTS_MAX && found->n_listeners < LISTENERS_MAX;
	}
	return st == ST_NOMEM ? st : ST_OK;
}
