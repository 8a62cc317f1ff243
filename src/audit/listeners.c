/* This file judges who listens on ports of mail on this computer: proxies of scanners, bridges, servers. */
#include "audit/audit.h"
#include "audit/case.h"
#include "audit/tree.h"

#include "client/windows_path.h"

#include <string.h>

const uint16_t audit_mail_ports[AUDIT_MAIL_PORTS] = { 25, 110, 143, 465, 587, 993, 995 };

static bool is_mail_port(uint16_t port)
{
	for (size_t i = 0; i < AUDIT_MAIL_PORTS; i++)
		if (audit_mail_ports[i] == port)
			return true;
	return false;
}

static bool is_everywhere(const struct ip *ip)
{
	static const uint8_t nothing[16] = { 0 };

	return memcmp(ip->bytes, nothing, sizeof nothing) == 0;
}

/* Whether a connection to the host comes to this listener. A name may mean an address of either family, and
 * what listens at every address of IPv6 usually takes those of IPv4 too. */
static bool takes(const struct listener *listener, struct str host)
{
	struct ip wanted;

	if (is_everywhere(&listener->address) || !ip_parse(host, &wanted))
		return true;
	return wanted.family == listener->address.family &&
	       memcmp(wanted.bytes, listener->address.bytes, sizeof wanted.bytes) == 0;
}

static const struct listener *listener_of(const struct client_found *found,
					  const struct client_server *server)
{
	for (size_t i = 0; client_server_is_local(server) && i < found->n_listeners; i++)
		if (found->listeners[i].port == server->port_used &&
		    takes(&found->listeners[i], str_of(server->host.text)))
			return &found->listeners[i];
	return NULL;
}

const struct listener *audit_case_listener(const struct audit_case *c, const struct client_server *server)
{
	return listener_of(c->found, server);
}

const char *audit_listener_text(struct arena *arena, const struct listener *listener)
{
	if (listener->program)
		return listener->program;
	return listener->process ? arena_printf(arena, "process %u", (unsigned)listener->process)
				 : "a program of another user";
}

/* The same program on the same port again: at another address. */
static bool is_same(const struct listener *a, const struct listener *b)
{
	return a->port == b->port && a->process == b->process;
}

static const char *addresses_of(const struct audit_tree *t, const struct listener *first)
{
	const struct client_found *found = t->found;
	const char *text = "";

	for (const struct listener *one = first; one < found->listeners + found->n_listeners; one++) {
		char address[IP_TEXT_MAX];

		if (!is_same(one, first))
			continue;
		ip_text(&one->address, address);
		text = arena_printf(t->arena, "%s%s%s", text, *text ? ", " : "", address);
	}
	return text;
}

static const char *accounts_of(const struct audit_tree *t, const struct listener *listener)
{
	const struct client_found *found = t->found;
	const char *text = NULL;

	for (size_t i = 0; i < found->n_accounts; i++) {
		const struct client_account *account = &found->accounts[i];
		const struct listener *in =
			account->has_incoming ? listener_of(found, &account->incoming) : NULL;
		const struct listener *out =
			account->has_outgoing ? listener_of(found, &account->outgoing) : NULL;

		if ((in && is_same(in, listener)) || (out && is_same(out, listener)))
			text = arena_printf(t->arena, "%s%s%s", text ? text : "", text ? ", " : "",
					    account->name.text      ? account->name.text
					    : account->address.text ? account->address.text
								    : "(no name)");
	}
	return text;
}

/* An account that is not looked at (diagnose ADDRESS) is not told of by its port either. */
static void tell(const struct audit_tree *t, const struct listener *listener)
{
	const char *who = audit_listener_text(t->arena, listener), *accounts = accounts_of(t, listener),
		   *text;
	struct str name = windows_path_name(str_of(who));
	struct finding *f;

	if (!accounts && !is_mail_port(listener->port))
		return;
	text = arena_printf(t->arena, "port %u, %.*s", listener->port, (int)name.len, name.at);
	f = audit_tree_add(t, CODE_CLIENT_MAIL_PORT_SERVED, text);
	if (f->n_evidence > 0)
		return;
	finding_evidence(f, "port", arena_printf(t->arena, "%u", listener->port), NULL, TRUST_OURS);
	finding_evidence(f, "address", addresses_of(t, listener), NULL, TRUST_OURS);
	finding_evidence(f, "program", who, NULL, TRUST_PEER);
	if (listener->process)
		finding_evidence(f, "process", arena_printf(t->arena, "%u", (unsigned)listener->process),
				 NULL, TRUST_OURS);
	if (accounts)
		finding_evidence(f, "account", accounts, NULL, TRUST_PEER);
}

void audit_tree_listeners(const struct audit_tree *t)
{
	const struct client_found *found = t->found;

	for (size_t i = 0; i < found->n_listeners; i++) {
		bool is_new = true;

		for (size_t k = 0; k < i && is_new; k++)
			is_new = !is_same(&found->listeners[k], &found->listeners[i]);
		if (is_new)
			tell(t, &found->listeners[i]);
	}
}
