/* This file holds one account that is judged, for the room itself. */
#ifndef POSTMEND_AUDIT_CASE_H
#define POSTMEND_AUDIT_CASE_H

#include "audit/wanted.h"
#include "client/account.h"
#include "facts/providers.h"
#include "finding/finding.h"

struct audit_case {
	struct arena *arena;
	struct finding_sink *sink;
	const struct client_found *found;
	const struct client_account *account;
	const struct provider *provider; /* NULL: not in the table */
	struct subject subject;
	bool is_outgoing;           /* which of the account's servers is judged */
	struct wanted_list *wanted; /* or NULL */
};

struct finding *audit_case_add(const struct audit_case *c, enum code code);

/* Adds a value, what it should be, and where it stands. */
void audit_case_value(const struct audit_case *c, struct finding *finding, const char *name,
		      const char *found, const char *expected);
void audit_case_place(const struct audit_case *c, struct finding *finding, const struct client_place *place);

/* What would be right, of one of the account's servers: a number, or a text. */
void audit_case_want(const struct audit_case *c, const struct finding *finding, enum wanted_what what,
		     const struct client_place *place, uint32_t number);
void audit_case_want_text(const struct audit_case *c, const struct finding *finding, enum wanted_what what,
			  const struct client_place *place, const char *text);

/* Who of this computer takes connections to this server of the same; NULL where nobody does, and where it is
 * not known (client_found.are_listeners_known). */
const struct listener *audit_case_listener(const struct audit_case *c, const struct client_server *server);
const char *audit_listener_text(struct arena *arena, const struct listener *listener);

/* Rules about a server's host, port and encryption, and about the login there. */
void audit_server(const struct audit_case *c, const struct client_server *server);
void audit_login(const struct audit_case *c, const struct client_server *server);

/* Whether two hosts belong to the same owner, as far as their names tell. */
bool audit_server_same_owner(struct arena *arena, const char *a, const char *b);

#endif
