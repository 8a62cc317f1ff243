/* This file is the list of faults that the lab can plant.
 *
 * A fault is named by the finding that a good diagnosis ends in, and by a
 * variant where there are several ways to it: "tls-certificate-expired",
 * "auth-password-wrong/gmail". A word of the command line may choose the door:
 * "FAULT@imap".
 */
#ifndef POSTMEND_LAB_FAULT_H
#define POSTMEND_LAB_FAULT_H

#include "account/endpoint.h"
#include "base/str.h"
#include "lab/behaviour.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The doors of a mail account; the -plain ones are addressed without any TLS. */
enum form {
	FORM_IMAPS,
	FORM_IMAP,
	FORM_IMAP_PLAIN,
	FORM_POP3S,
	FORM_POP3,
	FORM_POP3_PLAIN,
	FORM_SMTPS,
	FORM_SMTP,
	FORM_SMTP_PLAIN,
	FORM_COUNT,
	FORM_DNS = FORM_COUNT, /* no door: a deviation of the DNS or of discovery */
};

/* What a client must do to meet the fault. */
enum needs {
	NEEDS_CONNECT,
	NEEDS_LOGIN,    /* with the practice user and password */
	NEEDS_TOKEN,    /* with the password as a bearer token */
	NEEDS_ENVELOPE, /* login, then MAIL and RCPT */
	NEEDS_SENDER,   /* MAIL without a login */
	NEEDS_RESOLVER, /* a probe of the URL that asks the fault's resolver */
	NEEDS_ADDRESS,  /* a search for the address's settings with the fault's resolver */
};

/* How the practice domain deviates; see "lab/zone.h". */
enum zone_manner {
	ZONE_HEALTHY,
	ZONE_SILENT,            /* the resolver never answers */
	ZONE_HOST_UNKNOWN,      /* the server's name does not exist */
	ZONE_HOST_RETIRED,      /* the name of a provider that has moved does not exist */
	ZONE_PUBLIC_IS_PRIVATE, /* a big provider's name leads to loopback */
	ZONE_WILDCARD,          /* every name leads to one address */
	ZONE_DOMAIN_UNKNOWN,    /* the domain does not exist */
	ZONE_NULL_MX,           /* RFC 7505 */
	ZONE_NOT_OFFERED,       /* SRV target "." for IMAP (RFC 6186) */
	ZONE_DISAGREES,         /* SRV records name another server than autoconfig */
	ZONE_CLOCK_WRONG,       /* the web server's Date says that our clock is wrong */
	ZONE_IPV6_SILENT,       /* AAAA leads to a silent port, A to a good one */
};

struct fault {
	const char *slug, *variant; /* variant NULL: the slug's own */
	const char *summary;        /* one line for people */
	enum form form;             /* where it is planted unless told */
	unsigned fits;              /* bits 1 << form; 0: its own form alone */
	enum needs needs;
	enum zone_manner zone;
	struct behaviour behaviour;
	const char *user; /* to log in with, when not the practice user */
};

#define FITS(form) (1u << (form))
enum {
	FITS_IMAP = FITS(FORM_IMAPS) | FITS(FORM_IMAP),
	FITS_POP3 = FITS(FORM_POP3S) | FITS(FORM_POP3),
	FITS_SMTP = FITS(FORM_SMTPS) | FITS(FORM_SMTP),
	FITS_ALL = FITS_IMAP | FITS_POP3 | FITS_SMTP,
	FITS_TLS = FITS(FORM_IMAPS) | FITS(FORM_POP3S) | FITS(FORM_SMTPS),
	FITS_STARTTLS = FITS(FORM_IMAP) | FITS(FORM_POP3) | FITS(FORM_SMTP),
	FITS_PLAIN = FITS(FORM_IMAP_PLAIN) | FITS(FORM_POP3_PLAIN) | FITS(FORM_SMTP_PLAIN),
};

/* The i-th of all rows, or NULL behind the last. */
const struct fault *fault_at(size_t i);

/* "slug" or "slug/variant", without a door; NULL when there is none. */
const struct fault *fault_find(struct str name);

bool fault_fits(const struct fault *fault, enum form form);

const char *form_name(enum form form); /* imaps imap imap-plain … dns */
[[nodiscard]] bool form_find(struct str name, enum form *out);
enum protocol form_protocol(enum form form);
enum security form_security(enum form form);
const char *needs_name(enum needs needs);

/* The rows by part, for fault_at(). */
struct fault_part {
	const struct fault *rows;
	size_t n;
};
extern const struct fault_part faults_path, faults_server, faults_login;

#endif
