/* This file is the computer's side of "diagnose ADDRESS": the accounts that are set up here for that
 * address.
 *
 * They are judged as "profile check" does, their own servers are probed beside
 * the right ones, without a login, and both sides become one list of causes.
 */
#ifndef POSTMEND_APP_OWN_ACCOUNTS_H
#define POSTMEND_APP_OWN_ACCOUNTS_H

#include "app/account_servers.h"
#include "app/gather.h"
#include "app/visit.h"

struct own_accounts {
	struct gather gather; /* found: of this address alone */
	struct account_servers used;
	bool any; /* one is set up here; else the rest is not to be looked at */
};

/* Reads and judges: this computer, or what --windows or --hive names. What cannot be read of this computer
 * does not stop the diagnosis: then there are none. ST_IO and words where something was named. */
[[nodiscard]] enum status own_accounts_find(struct own_accounts *own, struct run *run,
					    const struct address *address, const char **why_out);

/* Leaves the accounts of this address, and their profiles and stores. */
void own_accounts_keep(struct client_found *found, const struct address *address);

/* Those of their servers that were not probed yet. */
[[nodiscard]] enum status own_accounts_probe(const struct own_accounts *own, struct visit *visit);

/* Judges both sides and prints the report; returns the exit code. */
int own_accounts_report(struct own_accounts *own, struct visit *visit);

#endif
