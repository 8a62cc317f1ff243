/* This file says what a setting of an account should be, apart from how its program writes that down. */
#include "client/wish.h"

const struct client_server *client_wish_server(const struct client_wish *wish)
{
	return wish->is_outgoing ? &wish->account->outgoing : &wish->account->incoming;
}

static bool is_text(const char *found, const char *wanted)
{
	return found && wanted && str_is_nocase(str_of(found), wanted);
}

/* Some programs cannot insist on STARTTLS, and a login may be as good as the one that was asked for. */
static bool is_secured(enum client_security found, enum client_security wanted)
{
	return found == wanted || (wanted == CLIENT_SECURITY_STARTTLS && found == CLIENT_SECURITY_IF_OFFERED);
}

static bool logs_in(enum client_login found, enum client_login wanted)
{
	if (wanted == CLIENT_LOGIN_AS_INCOMING)
		return found != CLIENT_LOGIN_NONE && found != CLIENT_LOGIN_POP_FIRST;
	return found == wanted || (wanted == CLIENT_LOGIN_PASSWORD && found == CLIENT_LOGIN_ANY);
}

bool client_wish_holds(const struct client_wish *wish, const struct client_account *account)
{
	const struct client_wish here = { .account = account, .is_outgoing = wish->is_outgoing };
	const struct client_server *server = client_wish_server(&here);

	switch (wish->field) {
	case CLIENT_FIELD_HOST:
		return is_text(server->host.text, wish->text);
	case CLIENT_FIELD_USER:
		return is_text(server->user.text, wish->text);
	case CLIENT_FIELD_PORT:
		return server->port_used == wish->number;
	case CLIENT_FIELD_SECURITY:
		return is_secured(server->security, (enum client_security)wish->number);
	case CLIENT_FIELD_LOGIN:
		return logs_in(server->login, (enum client_login)wish->number);
	case CLIENT_FIELD_TIMEOUT:
		return server->timeout.is_set && server->timeout.number == wish->number;
	case CLIENT_FIELD_KEEP:
		return !account->delete_after_days.is_set || account->delete_after_days.number == 0;
	}
	return false;
}
