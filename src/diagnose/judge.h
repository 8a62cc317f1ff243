/* This file is what the rules share: the ways to servers, and how a rule says what it found.
 *
 * It is visible inside this room only.
 */
#ifndef POSTMEND_DIAGNOSE_JUDGE_H
#define POSTMEND_DIAGNOSE_JUDGE_H

#include "base/format.h"
#include "diagnose/diagnose.h"
#include "facts/answers.h"

/* How much a way's faults matter. */
enum way_weight {
	WAY_COUNTS, /* the user's, or the best that is published for its protocol */
	WAY_SPARE,  /* another one works: faults are advice and never causes */
	WAY_GUESS,  /* nobody named it: when it fails, that says nothing */
};

/* One endpoint with all the addresses that were tried for it. */
struct way {
	const struct endpoint *endpoint;
	const char *url;
	const struct endpoint_facts *const *tries; /* one for each address */
	size_t n_tries;
	const struct endpoint_facts *best; /* the chosen try, else the one that came farthest */
	enum way_weight weight;
	bool works; /* every step that was tried went well and TLS is verified where it is set */
};

/* A finding and the way it is about; NULL for the computer or the domain. */
struct noted {
	struct finding *finding;
	const struct way *way;
};

struct judge {
	struct arena *arena;
	const struct case_facts *facts;
	struct finding_sink *sink;
	struct way *ways;
	size_t n_ways;
	struct noted *noted;
	size_t n_noted, noted_room;
};

/* Groups the endpoints into ways; false when memory ended. */
[[nodiscard]] bool ways_find(struct judge *j);

/* True when the conversation came to the protocol inside of what was asked
 * for: after TLS when TLS or STARTTLS is set, after the capabilities otherwise. */
bool way_is_secured(const struct way *way);

/* What the server offers for the login where the login would happen. */
uint32_t way_mechanisms(const struct way *way);
bool way_has_capability(const struct way *way, const char *name);

/* "1.2.3.4" and "[::1]:993" style names for texts. */
/* The same door of another judge's, or NULL. */
const struct way *way_like(const struct judge *j, const struct way *way);

const char *way_name(struct judge *j, const struct way *way);

/* Adds a finding about a way, about the computer (way NULL), or about the domain. */
struct finding *judge_say(struct judge *j, enum code code, const struct way *way);
struct finding *judge_say_computer(struct judge *j, enum code code, const char *part);
struct finding *judge_say_domain(struct judge *j, enum code code, const char *domain);

/* The first finding about this way or, with way NULL, anywhere; NULL when none. */
struct finding *judge_find(const struct judge *j, enum code code, const struct way *way);
bool judge_way_has_fault(const struct judge *j, const struct way *way);

/* A sentence for the arena; "" when memory ended, and the arena remembers. */
POSTMEND_PRINTF(2, 3) const char *judge_text(struct judge *j, const char *format, ...);
const char *judge_str(struct judge *j, struct str text);

/* Ours, and the peer's words. */
void judge_evidence(struct finding *f, const char *name, const char *found, const char *expected);
void judge_quote(struct finding *f, const char *name, const char *found, const char *expected);

/* The exchange as an answer, and the code that such an answer stands for:
 * CODE_COUNT when none does. */
void judge_classify(const struct way *way, const struct exchange *e, enum answer_stage stage,
		    struct answer *out);
enum code judge_code_of(enum answer_meaning meaning, enum protocol protocol);

/* Adds the server's words and what the table of answers says about them. */
void judge_quote_answer(struct judge *j, struct finding *f, const struct exchange *e,
			const struct answer *answer);

/* Who costs the time: a connection opens in that much, so the rest is the server's, or of what stands before
 * it. */
void judge_side(struct judge *j, struct finding *f, const struct way *way);

/* The rules, one file each. They run in this order and may look at what the
 * ones before them said about the same way. */
void rules_dns(struct judge *j, const struct way *way);
void rules_tcp(struct judge *j, const struct way *way);
void rules_tls(struct judge *j, const struct way *way);
void rules_bulk(struct judge *j, const struct way *way);
void rules_greeting(struct judge *j, const struct way *way);
void rules_protocol(struct judge *j, const struct way *way);
void rules_auth(struct judge *j, const struct way *way);
void rules_auth_offer(struct judge *j, const struct way *way);
void rules_mailbox(struct judge *j, const struct way *way);
void rules_smtp(struct judge *j, const struct way *way);
void rules_speed(struct judge *j, const struct way *way);

/* Over all ways, the computer and the domain. */
void rules_path(struct judge *j);
void rules_settings(struct judge *j);
void rules_exchange(struct judge *j);
void rules_elsewhere(struct judge *j);
void rules_firewall(struct judge *j);
void rules_trip(struct judge *j);
/* What differs from the last time that all was well; fills what is well now. The last of the rules: it adds
 * to what the others said. */
void rules_since(struct judge *j, struct memory_facts *healthy_out);

/* "2026-11-23" */
const char *judge_date(struct judge *j, wall_time at);

/* Orders causes, links what they explain, notes what was excluded and what to test next. */
void causes_find(struct judge *j, struct diagnosis *out);
void exclusions_find(struct judge *j, struct diagnosis *out);

#endif
