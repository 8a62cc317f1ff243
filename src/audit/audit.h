/* This file judges the settings of mail programs: each account against itself, the others and its provider.
 *
 * Nothing is asked of a server. What only the provider's table can tell is said
 * where the address belongs to a provider in it; where a rule holds for most
 * servers but not for all, it is advice.
 */
#ifndef POSTMEND_AUDIT_AUDIT_H
#define POSTMEND_AUDIT_AUDIT_H

#include "audit/wanted.h"
#include "client/account.h"
#include "finding/finding.h"

enum audit_store_state { AUDIT_STORE_UNKNOWN, AUDIT_STORE_PRESENT, AUDIT_STORE_MISSING };

/* Ports on which who listens is always worth telling. */
enum { AUDIT_MAIL_PORTS = 7 };
extern const uint16_t audit_mail_ports[AUDIT_MAIL_PORTS];

/* What is known of the file behind a store's path. */
struct audit_store {
	const char *path; /* as the settings have it */
	enum audit_store_state state;
	uint64_t bytes;
	bool is_ansi; /* of the kind that ends at 2 GB */
	bool is_copy; /* of a server's mailbox (.ost): made anew when it is gone */
	/* Of a copy: */
	const char *file;   /* where it lies, for who opens it */
	const char *damage; /* what its header says is wrong with it; NULL: nothing */
	const char *aside;  /* where an earlier one was put; NULL: nowhere */
	bool is_read_only;
};

/* Every rule about accounts, in their order. What would be right goes into `wanted`, which may be NULL. */
void audit_clients(struct arena *arena, const struct client_found *found, struct finding_sink *sink,
		   struct wanted_list *wanted);
void audit_stores(struct arena *arena, const struct audit_store *stores, size_t n, struct finding_sink *sink,
		  struct wanted_list *wanted);

#endif
