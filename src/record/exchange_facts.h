/* This file holds what the services of Exchange answered that Outlook works with, asked without a login. */
#ifndef POSTMEND_RECORD_EXCHANGE_FACTS_H
#define POSTMEND_RECORD_EXCHANGE_FACTS_H

#include "record/dns_facts.h"

#include <stdbool.h>

enum exchange_service {
	EXCHANGE_MAPI, /* MAPI over HTTP ([MS-OXCMAPIHTTP]): all that Outlook for Windows does */
	EXCHANGE_EWS,  /* Exchange Web Services: free/busy times, out-of-office, Outlook for Mac */
	EXCHANGE_SERVICES,
};

enum { EXCHANGE_HOSTS_MAX = 8 };

struct exchange_facts {
	const char *host;
	bool is_set_up; /* an account of this computer names it; else discovery did */
	const struct fetch_facts *answers[EXCHANGE_SERVICES]; /* NULL: not asked */
};

#endif
