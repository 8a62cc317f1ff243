/* This file asks servers of Exchange for their services, without a login. */
#ifndef POSTMEND_DRIVE_EXCHANGE_H
#define POSTMEND_DRIVE_EXCHANGE_H

#include "drive/drive.h"
#include "record/exchange_facts.h"

/* One GET for each service of each host, all at once; a redirect is an answer and not followed. Fills
 * ->answers of at most EXCHANGE_HOSTS_MAX. ST_CANCEL after Ctrl-C, ST_NOMEM. */
[[nodiscard]] enum status drive_exchange(struct drive *drive, struct exchange_facts *hosts, size_t n);

#endif
