/* This file says in which ways a practice server can differ from a healthy one.
 *
 * A behaviour of all zeros is healthy. Every fault is a row of such deviations
 * (see "lab/fault.h"); servers, sockets and TLS look at the fields and know
 * nothing of faults.
 */
#ifndef POSTMEND_LAB_BEHAVIOUR_H
#define POSTMEND_LAB_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the socket does before any protocol. */
enum door_manner {
	DOOR_OPEN,
	DOOR_REFUSES, /* nobody listens on the port */
	DOOR_FULL,    /* the queue of connections is full, so that SYNs stay unanswered (Linux) */
	DOOR_RESETS,  /* RST right after the connect */
	DOOR_CLOSES,  /* FIN right after the connect */
	DOOR_SILENT,  /* takes everything, says nothing */
};

/* What speaks on the port. */
enum speaks { SPEAKS_OWN, SPEAKS_SMTP, SPEAKS_IMAP, SPEAKS_POP3, SPEAKS_HTTP };

/* How the handshake goes. */
enum tls_manner {
	TLS_HEALTHY,
	TLS_SILENT,             /* the ClientHello is never answered */
	TLS_CUT,                /* the ClientHello is answered by the end of the stream */
	TLS_ALERTS,             /* the ClientHello is answered by the alert internal_error */
	TLS_ONLY_1_0,           /* TLS 1.0 alone */
	TLS_ONLY_1_3,           /* TLS 1.3 alone */
	TLS_OLD_TOO,            /* TLS 1.0 to 1.3 */
	TLS_WEAK_DH,            /* TLS 1.2 with a Diffie-Hellman group of 1024 bits alone */
	TLS_WANTS_CLIENT,       /* a client certificate, else the handshake fails */
	TLS_WANTS_CLIENT_BY_12, /* the same with TLS 1.2, where the handshake itself fails */
};

/* Which certificate chain is shown. */
enum pki_chain {
	PKI_GOOD,
	PKI_EXPIRED,
	PKI_NOT_YET_VALID,
	PKI_WRONG_HOST,
	PKI_SELF_SIGNED,
	PKI_UNKNOWN_ROOT,
	PKI_NO_INTERMEDIATE,
	PKI_CHAIN_EXPIRED,
	PKI_WEAK_KEY,
	PKI_WRONG_PURPOSE,
	PKI_UNKNOWN_EXTENSION, /* critical and known to nobody */
	PKI_ANTIVIRUS,
	PKI_GATEWAY,
	PKI_HUGE,
	PKI_RSA, /* good, but with an RSA key: what old ciphers need */
	PKI_CHAIN_COUNT,
};

/* Bytes that no honest server sends. */
enum hostile {
	HOSTILE_NONE,
	HOSTILE_ENDLESS_LINE,
	HOSTILE_ENDLESS_CAPABILITIES,
	HOSTILE_NULS,
};

/* How STARTTLS is kept away from the client. */
enum starttls_manner {
	STARTTLS_HEALTHY,
	STARTTLS_MISSING,  /* not offered and not known */
	STARTTLS_MASKED,   /* overwritten by a box on the way */
	STARTTLS_REFUSED,  /* offered, then "not now" */
	STARTTLS_INJECTED, /* plain text stands behind the "go ahead" */
	STARTTLS_KEEPS,    /* commands sent before the handshake are run after it */
};

/* Before TLS: healthy servers take no password there. */
enum plain_login { PLAIN_LOGIN_BY_DOOR, PLAIN_LOGIN_ALLOWED, PLAIN_LOGIN_FORBIDDEN };

/* One answer that replaces the healthy one. `verb` is the command in upper
 * case, "GREETING", or "PASSWORD" for the outcome of any login. The text has
 * no last CRLF; of several lines of an IMAP answer the last gets the tag. */
struct answer {
	enum speaks protocol;
	const char *verb, *text;
};

enum { BEHAVIOUR_ANSWERS_MAX = 8 };

struct behaviour {
	enum door_manner door;
	enum speaks speaks;
	enum tls_manner tls;
	enum pki_chain chain;
	enum hostile hostile;
	enum starttls_manner starttls;
	enum plain_login plain_login;
	bool plain_on_tls_port; /* speaks plain where TLS is expected */
	bool tls_on_plain_port; /* speaks TLS where plain text is expected */
	bool masked_banner;     /* stars over the banner, as one maker's firewall does */
	bool leaves_after_greeting;
	bool needs_id;           /* SELECT only after IMAP ID (RFC 2971) */
	bool local_user_only;    /* "anna", not "anna@practice.example" */
	bool token_refused;      /* XOAUTH2 gets a JSON error */
	const char *mechanisms;  /* SASL names instead of the healthy ones; "" for none at all */
	unsigned greeting_delay; /* milliseconds */
	unsigned drip;           /* milliseconds for each byte sent */
	unsigned quota_percent;  /* how full the mailbox is; 0: the healthy 12 */
	unsigned size_limit;     /* of a message in bytes; 0: the healthy 50 MB */
	struct answer answers[BEHAVIOUR_ANSWERS_MAX]; /* up to the first without a verb */
};

#endif
