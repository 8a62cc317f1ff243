/* This file lists the servers that the accounts of this computer use, each of them once, to be probed. */
#ifndef POSTMEND_APP_ACCOUNT_SERVERS_H
#define POSTMEND_APP_ACCOUNT_SERVERS_H

#include "account/endpoint.h"
#include "client/account.h"
#include "diagnose/joint.h"

/* Servers that are probed in one run. */
enum { ACCOUNT_SERVERS_MAX = 32 };

struct account_servers {
	struct joint_server *servers; /* of all accounts */
	struct endpoint *endpoints;   /* each once */
	size_t n_servers, n_endpoints;
};

/* What does not fit is a remark of `found`. False when memory ended. */
[[nodiscard]] bool account_servers_list(struct client_found *found, struct account_servers *out);

#endif
