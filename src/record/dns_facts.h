/* This file holds what the DNS and web servers answered to the questions of discovery. */
#ifndef POSTMEND_RECORD_DNS_FACTS_H
#define POSTMEND_RECORD_DNS_FACTS_H

#include "base/moment.h"
#include "base/str.h"
#include "record/steps.h"
#include "record/tls_facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One question to the DNS and its answer. */
enum dns_outcome {
	DNS_ANSWERED,
	DNS_NO_DATA, /* the name exists, the type does not */
	DNS_NO_NAME, /* NXDOMAIN */
	DNS_SERVFAIL,
	DNS_REFUSED,
	DNS_TIMEOUT,
	DNS_MALFORMED,
	DNS_NOT_ASKED, /* --offline, or time was over */
};

enum { DNS_RECORDS_MAX = 32 };

struct dns_record {
	uint16_t type; /* RFC 1035: 1 A, 5 CNAME, 15 MX, 16 TXT, 28 AAAA, 33 SRV */
	uint32_t ttl;
	const char *text; /* A and AAAA: the address; CNAME, MX, SRV, NS: the name, "." for the root */
	uint16_t priority, weight, port; /* MX and SRV */
};

struct dns_facts {
	const char *name;
	uint16_t type;
	enum dns_outcome outcome;
	struct dns_record records[DNS_RECORDS_MAX];
	size_t n_records;
	bool cut; /* there were more */
	moment at, took;
};

/* One document fetched over HTTPS for discovery. */
/* Logins that a server offers in its WWW-Authenticate. */
enum http_login {
	HTTP_LOGIN_BASIC = 1 << 0,
	HTTP_LOGIN_DIGEST = 1 << 1,
	HTTP_LOGIN_NTLM = 1 << 2,
	HTTP_LOGIN_NEGOTIATE = 1 << 3,
	HTTP_LOGIN_BEARER = 1 << 4,
	HTTP_LOGIN_OTHER = 1 << 5,
};

struct fetch_facts {
	const char *url;
	unsigned status;       /* HTTP, 0 when none came */
	const char *location;  /* of a redirect, or NULL */
	const char *challenge; /* WWW-Authenticate, hostile, or NULL … */
	unsigned logins;       /* … and what it offers: bits of enum http_login */
	struct str body;       /* hostile, capped */
	enum step_error error;
	const char *error_text;
	const struct tls_facts *tls;
	wall_time server_date; /* Date header, 0 when none: a check of our clock */
	moment at, took;
};

const char *dns_outcome_name(enum dns_outcome outcome);

#endif
