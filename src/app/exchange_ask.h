/* This file has the services of Exchange asked: of the accounts that are set up, and of what discovery names.
 */
#ifndef POSTMEND_APP_EXCHANGE_ASK_H
#define POSTMEND_APP_EXCHANGE_ASK_H

#include "app/visit.h"
#include "client/account.h"

/* Whether one of the accounts names a host of Exchange. */
bool exchange_is_set_up(const struct client_found *found);

/* Fills visit->facts.exchanges; `found` may be NULL. Ctrl-C is no failure. */
[[nodiscard]] enum status exchange_ask(struct visit *visit, const struct client_found *found);

#endif
