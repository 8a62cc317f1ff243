/* This file has the services of Exchange asked: of the accounts that are set up, and of what discovery names.
 */
#include "app/exchange_ask.h"

#include "account/address.h"
#include "drive/exchange.h"

/* A mailbox of Exchange 2013 and later may be named instead, with an "@": that is no host. */
static const char *host_of(const struct client_account *account)
{
	const char *host = account->incoming.host.text;

	if (account->protocol != CLIENT_PROTOCOL_EXCHANGE || !host ||
	    !address_domain_is_valid(str_of(host), 1))
		return NULL;
	return host;
}

bool exchange_is_set_up(const struct client_found *found)
{
	for (size_t i = 0; i < found->n_accounts; i++)
		if (host_of(&found->accounts[i]))
			return true;
	return false;
}

static size_t add(struct exchange_facts *hosts, size_t n, const char *host, bool is_set_up)
{
	if (!host || n == EXCHANGE_HOSTS_MAX)
		return n;
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_of(hosts[i].host), str_of(host)))
			return n;
	hosts[n] = (struct exchange_facts){ .host = host, .is_set_up = is_set_up };
	return n + 1;
}

enum status exchange_ask(struct visit *visit, const struct client_found *found)
{
	struct exchange_facts *hosts = arena_array(visit->run->arena, EXCHANGE_HOSTS_MAX, sizeof *hosts);
	enum status st;
	size_t n = 0;

	if (!hosts)
		return ST_NOMEM;
	for (size_t i = 0; found && i < found->n_accounts; i++)
		n = add(hosts, n, host_of(&found->accounts[i]), true);
	if (visit->facts.settings)
		n = add(hosts, n, visit->facts.settings->exchange_host, false);
	if (n == 0 || visit->run->options.offline || drive_was_cancelled(visit->drive))
		return ST_OK;
	st = drive_exchange(visit->drive, hosts, n);
	visit->facts.exchanges = hosts;
	visit->facts.n_exchanges = n;
	return st == ST_CANCEL ? ST_OK : st;
}
