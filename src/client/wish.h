/* This file says what a setting of an account should be, apart from how its program writes that down. */
#ifndef POSTMEND_CLIENT_WISH_H
#define POSTMEND_CLIENT_WISH_H

#include "client/account.h"

enum client_field {
	CLIENT_FIELD_HOST,
	CLIENT_FIELD_USER,
	CLIENT_FIELD_PORT,
	CLIENT_FIELD_SECURITY,
	CLIENT_FIELD_LOGIN,
	CLIENT_FIELD_TIMEOUT,
	CLIENT_FIELD_KEEP, /* POP3: nothing is removed from the server by its age */
};

struct client_wish {
	const struct client_account *account;
	bool is_outgoing;
	enum client_field field;
	const char *text; /* HOST, USER */
	uint32_t number;  /* PORT, TIMEOUT; enum client_security; enum client_login */
};

/* The side of the account that the wish is about. */
const struct client_server *client_wish_server(const struct client_wish *wish);

/* Whether an account, read again, has what was wished for. */
bool client_wish_holds(const struct client_wish *wish, const struct client_account *account);

#endif
