/* This file names the kinds of proof a server wants. */
#include "account/authentication.h"

#include "base/checked.h"
#include "base/names.h"

static const struct name_row names[] = {
	{ AUTHENTICATION_OAUTH2, "oauth2" },
	{ AUTHENTICATION_PASSWORD, "password" },
	{ AUTHENTICATION_PASSWORD_ENCRYPTED, "password-encrypted" },
	{ AUTHENTICATION_NTLM, "ntlm" },
	{ AUTHENTICATION_NONE, "none" },
};

const char *authentication_name(enum authentication one)
{
	return name_of(names, COUNT_OF(names), (int)one);
}
