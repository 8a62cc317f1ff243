/* This file is the one desk that every finding goes through.
 *
 * A check or a rule says what it saw: a code of the catalogue, a subject and
 * typed evidence. It prints nothing and decides no policy; wording, order and
 * exit code come later and elsewhere.
 *
 *	struct finding *f = finding_add(sink, CODE_TLS_CERTIFICATE_EXPIRED, &subject);
 *	finding_evidence(f, "not_after", arena_printf(a, ...), "later than now", TRUST_OURS);
 *
 * finding_add() never returns NULL: when memory has ended it returns a spare
 * finding that nobody will see, and sink->failed is set; the caller of the
 * whole pass asks finding_sink_failed() once.
 *
 * Findings with the same key are one finding with a count. Of one code at most
 * FINDING_PER_CODE_MAX are kept, or as many as finding_sink_fold() says; one more
 * counts those beyond. Strings given here are not copied: they live in the
 * sink's arena or longer.
 */
#ifndef POSTMEND_FINDING_FINDING_H
#define POSTMEND_FINDING_FINDING_H

#include "base/arena.h"
#include "base/status.h"
#include "finding/catalogue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FINDING_EVIDENCE_MAX = 8, FINDING_PER_CODE_MAX = 4096 };

enum subject_kind { SUBJECT_COMPUTER, SUBJECT_ENDPOINT, SUBJECT_DOMAIN, SUBJECT_STORE, SUBJECT_ACCOUNT };

/* What a finding is about. Fields that a kind does not use are NULL or 0. */
struct subject {
	enum subject_kind kind;
	const char *url, *address, *family; /* endpoint: imaps://h:993, 192.0.2.1, ipv4 */
	const char *name;                   /* domain, account; computer: the part of it, or NULL */
	const char *path, *node, *folder;   /* store; node as "0x200024" */
	bool has_offset;
	uint64_t offset;              /* store: bytes from its start */
	const char *client, *profile; /* account */
};

/* Whose words an evidence value is: hostile text is escaped and cut by every
 * renderer and never interpreted. */
enum trust { TRUST_OURS, TRUST_PEER };

struct evidence {
	const char *name;     /* lower case with underscores */
	const char *found;    /* never NULL */
	const char *expected; /* NULL when there is nothing to compare with */
	enum trust trust;     /* of `found` */
};

struct finding {
	enum code code;
	enum severity severity;   /* the row's, unless the rule lowered it */
	enum certainty certainty; /* likewise */
	struct subject subject;
	struct evidence evidence[FINDING_EVIDENCE_MAX];
	size_t n_evidence;
	const char *key;            /* slug@subject, stable between runs */
	const char *because_of;     /* key of the finding that causes this one, or NULL */
	const char *remedy_text;    /* the row's, unless the rule knows better */
	const char *remedy_command; /* a postmend command line that mends it, or NULL */
	uint64_t count;
	bool is_folded; /* it stands for `count` others of its code: see finding_sink_fold() */
};

struct finding_sink;

[[nodiscard]] struct finding_sink *finding_sink_new(struct arena *arena);

struct finding *finding_add(struct finding_sink *sink, enum code code, const struct subject *subject);

/* Adds one pair; beyond FINDING_EVIDENCE_MAX it is dropped. found NULL is "". */
void finding_evidence(struct finding *finding, const char *name, const char *found, const char *expected,
		      enum trust trust);

/* From now on at most `n` findings of one code, at least 1, are kept one by one;
 * those beyond are counted in one more, whose subject is the first one's
 * without its place. For what may be wrong in a million places. */
void finding_sink_fold(struct finding_sink *sink, uint32_t n);

/* Whether the next finding of this code would only be counted: whoever builds
 * costly evidence asks first. */
bool finding_is_folded(const struct finding_sink *sink, enum code code);

/* Copies all findings with their texts behind those of `to`, which must not be
 * asked to add any that are there already. ST_NOMEM when memory ended. */
[[nodiscard]] enum status finding_sink_append(struct finding_sink *to, struct finding_sink *from);

/* In the order they were added. */
size_t finding_count(const struct finding_sink *sink);
struct finding *finding_at(const struct finding_sink *sink, size_t index);
struct finding *finding_find(const struct finding_sink *sink, const char *key);

/* True when a finding was dropped because memory ended. */
bool finding_sink_failed(const struct finding_sink *sink);

/* True when no finding is a warning or worse. */
bool finding_all_healthy(const struct finding_sink *sink);

/* "slug@subject" as the key has it; NULL when memory ended. */
[[nodiscard]] const char *finding_key(struct arena *arena, enum code code, const struct subject *subject);

#endif
