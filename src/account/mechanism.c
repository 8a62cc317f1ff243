/* This file names the ways to log in that postmend knows. */
#include "account/mechanism.h"

#include "base/checked.h"
#include "base/names.h"

/* The IANA registry's names; the two that are no SASL mechanisms have words of ours. */
static const struct name_row names[] = {
	{ MECHANISM_PLAIN, "PLAIN" },
	{ MECHANISM_LOGIN, "LOGIN" },
	{ MECHANISM_CRAM_MD5, "CRAM-MD5" },
	{ MECHANISM_SCRAM_SHA_1, "SCRAM-SHA-1" },
	{ MECHANISM_SCRAM_SHA_256, "SCRAM-SHA-256" },
	{ MECHANISM_XOAUTH2, "XOAUTH2" },
	{ MECHANISM_OAUTHBEARER, "OAUTHBEARER" },
	{ MECHANISM_NTLM, "NTLM" },
	{ MECHANISM_GSSAPI, "GSSAPI" },
	{ MECHANISM_DIGEST_MD5, "DIGEST-MD5" },
	{ MECHANISM_EXTERNAL, "EXTERNAL" },
	{ MECHANISM_LOGIN_COMMAND, "USER/PASS or LOGIN" },
	{ MECHANISM_APOP, "APOP" },
	{ MECHANISM_OTHER, "other" },
};

const char *mechanism_name(enum mechanism one)
{
	return name_of(names, COUNT_OF(names), (int)one);
}

enum mechanism mechanism_find(struct str iana_name)
{
	int found;

	if (!name_find(names, COUNT_OF(names), iana_name, &found) || found == MECHANISM_LOGIN_COMMAND)
		return MECHANISM_OTHER;
	return (enum mechanism)found;
}
