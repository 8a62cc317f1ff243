/* This file holds what was measured of a connection's flow: what the system counted, and whether bulk passes.
 */
#ifndef POSTMEND_RECORD_FLOW_FACTS_H
#define POSTMEND_RECORD_FLOW_FACTS_H

#include "base/moment.h"

#include <stdbool.h>
#include <stdint.h>

/* What the system counted of one connection. */
struct flow_facts {
	bool known;
	unsigned retransmits;       /* segments sent again, in all */
	unsigned unacked;           /* segments sent and never acknowledged */
	unsigned path_mtu, segment; /* bytes, as the system believes them to be */
	moment round_trip;
	unsigned disordered; /* segments that came out of their order: others were lost before them */
};

/* How fast messages come: of a sample, or of those that a trip fetches. Times in sum or the worst, bytes as
 * they were on the wire. */
enum { SPEED_TRIES_MAX = 3 };
struct speed_facts {
	bool asked, running; /* there was something to fetch; an answer is awaited now */
	moment sent;         /* the last command of its kind */
	moment begun, last;  /* when the first byte of its answer came, and the last one so far */
	moment waited;       /* the longest wait for a first byte */
	moment took;         /* from first bytes to last ones */
	uint64_t bytes;
	/* Connections to the same door while bytes were awaited; `busy` is the slowest that came about. */
	unsigned tried, came;
	moment busy;
};

/* Other doors of the same host, asked where ours opens far sooner than anything is answered behind it. */
struct doors_facts {
	bool tried;
	moment took;   /* the slowest of those that answered in any way; 0 none */
	unsigned port; /* that one */
};

/* A handshake that was cut, once more without the server's name in its start. */
enum unnamed_tls { UNNAMED_NOT_TRIED, UNNAMED_FAILS_TOO, UNNAMED_COMES_UP };

/* Whether much at once passes as well as a little: on connections of their own. */
enum bulk_way { BULK_NOT_TRIED, BULK_PASSES, BULK_STALLS_OUT, BULK_STALLS_IN, BULK_HALF_ANSWERED };
struct bulk_facts {
	enum bulk_way way;
	unsigned sent, answered; /* commands of one write */
	struct flow_facts flow;  /* when it stalled */
	unsigned works_with;     /* the largest bound of segments with which it passed; 0 none did */
};

/* What became of a connection that rested. */
enum rest_end { REST_NOT_TRIED, REST_ANSWERED, REST_CLOSED, REST_CUT };

/* The longest rest after which it was answered and the shortest after which it was not; 0 for none. */
struct rest_facts {
	moment answered, cut;
};

#endif
