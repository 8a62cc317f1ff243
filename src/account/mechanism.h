/* This file names the ways to log in that postmend knows (RFC 4422 and kin). */
#ifndef POSTMEND_ACCOUNT_MECHANISM_H
#define POSTMEND_ACCOUNT_MECHANISM_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Bits, so that a server's offer is one word. LOGIN_COMMAND is IMAP's LOGIN and
 * POP3's USER/PASS, which are not SASL. NTLM and the rest are recognised only. */
enum mechanism {
	MECHANISM_PLAIN = 1 << 0,
	MECHANISM_LOGIN = 1 << 1,
	MECHANISM_CRAM_MD5 = 1 << 2,
	MECHANISM_SCRAM_SHA_1 = 1 << 3,
	MECHANISM_SCRAM_SHA_256 = 1 << 4,
	MECHANISM_XOAUTH2 = 1 << 5,
	MECHANISM_OAUTHBEARER = 1 << 6,
	MECHANISM_NTLM = 1 << 7,
	MECHANISM_GSSAPI = 1 << 8,
	MECHANISM_DIGEST_MD5 = 1 << 9,
	MECHANISM_EXTERNAL = 1 << 10,
	MECHANISM_LOGIN_COMMAND = 1 << 11,
	MECHANISM_APOP = 1 << 12,
	MECHANISM_OTHER = 1 << 13,
};

/* The IANA name; "USER/PASS or LOGIN" for the command. One bit only. */
const char *mechanism_name(enum mechanism one);

/* MECHANISM_OTHER when not known. */
enum mechanism mechanism_find(struct str iana_name);

#endif
