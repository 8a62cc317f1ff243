/* This file names the kinds of proof a server wants, as lists of servers and clients' dialogues call them. */
#ifndef POSTMEND_ACCOUNT_AUTHENTICATION_H
#define POSTMEND_ACCOUNT_AUTHENTICATION_H

/* "authentication" of the JSON: oauth2, password, password-encrypted, ntlm, none. */
enum authentication {
	AUTHENTICATION_OAUTH2 = 1 << 0,
	AUTHENTICATION_PASSWORD = 1 << 1,
	AUTHENTICATION_PASSWORD_ENCRYPTED = 1 << 2, /* CRAM-MD5, SCRAM and kin */
	AUTHENTICATION_NTLM = 1 << 3,
	AUTHENTICATION_NONE = 1 << 4,
};

/* One bit only; "unknown" for others. */
const char *authentication_name(enum authentication one);

#endif
