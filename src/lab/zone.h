/* This file is what the practice DNS knows, and its answers as bytes.
 *
 * A zone is a list of records; questions come and answers go as messages of
 * RFC 1035. Names outside the practice domain do not exist, unless the zone's
 * manner says otherwise.
 */
#ifndef POSTMEND_LAB_ZONE_H
#define POSTMEND_LAB_ZONE_H

#include "base/buf.h"
#include "base/status.h"
#include "lab/fault.h"

enum { ZONE_ROWS_MAX = 24, ZONE_ANSWER_MAX = 4096, ZONE_UDP_MAX = 512 };

enum zone_type {
	ZONE_A = 1,
	ZONE_NS = 2,
	ZONE_CNAME = 5,
	ZONE_SOA = 6,
	ZONE_MX = 15,
	ZONE_TXT = 16,
	ZONE_AAAA = 28,
	ZONE_SRV = 33,
	ZONE_ANY = 255,
};

struct zone_row {
	char name[96];
	enum zone_type type;
	char value[96]; /* address, name or text; "." is the root */
	uint16_t priority, weight, port;
};

struct zone {
	struct zone_row rows[ZONE_ROWS_MAX];
	size_t n;
	char wildcard[64]; /* every name has this address; empty: none */
	bool silent;       /* nothing is ever answered */
};

/* What the records point at. Ports of 0: the service is not there. */
struct zone_setup {
	enum zone_manner manner;
	const char *domain, *address;
	enum form incoming, outgoing;
	uint16_t incoming_port, outgoing_port;
};

void zone_init(struct zone *zone, const struct zone_setup *setup);

/* ST_LIMIT when the zone is full or a text too long. */
[[nodiscard]] enum status zone_add(struct zone *zone, const struct zone_row *row);

/* The answer to a message: false when it deserves none (silent, no question,
 * itself an answer). `max` is 512 for UDP; a longer answer is cut and says so. */
[[nodiscard]] bool zone_answer(const struct zone *zone, struct view query, size_t max, struct buf *out);

#endif
