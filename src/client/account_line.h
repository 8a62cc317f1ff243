/* This file puts an account into one line, for tests. */
#ifndef POSTMEND_CLIENT_ACCOUNT_LINE_H
#define POSTMEND_CLIENT_ACCOUNT_LINE_H

#include "client/account.h"

static inline const char *account_line_text(struct client_text text)
{
	return text.text ? text.text : "-";
}

static inline const char *account_line_server(struct arena *arena, const struct client_server *s)
{
	const char *timeout =
		s->timeout.is_set ? arena_printf(arena, " %us", (unsigned)s->timeout.number) : "";

	return arena_printf(arena, "%s %s %u %s %s %s%s", account_line_text(s->host),
			    account_line_text(s->user), s->port_used, client_security_name(s->security),
			    client_login_name(s->login), client_password_name(s->password), timeout);
}

/* "name address protocol{*}; incoming; outgoing; store; leave". */
static inline const char *account_line(struct arena *arena, const struct client_account *a)
{
	const char *leave = a->delete_after_days.is_set
				    ? arena_printf(arena, "%u days", (unsigned)a->delete_after_days.number)
			    : a->leaves_copy ? "kept"
					     : "-";

	return arena_printf(arena, "%s %s %s%s; %s; %s; %s; %s", account_line_text(a->name),
			    account_line_text(a->address), client_protocol_name(a->protocol),
			    a->is_default ? "*" : "",
			    a->has_incoming ? account_line_server(arena, &a->incoming) : "-",
			    a->has_outgoing ? account_line_server(arena, &a->outgoing) : "-",
			    account_line_text(a->store), leave);
}

#endif
