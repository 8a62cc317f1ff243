/* This file turns the words of the command line into what is to be planted. */
#ifndef POSTMEND_LAB_PLAN_H
#define POSTMEND_LAB_PLAN_H

#include "base/arena.h"
#include "base/status.h"
#include "lab/fault.h"

enum { PLAN_MAX = 512 };

struct planned {
	const struct fault *fault;
	enum form form; /* FORM_DNS for faults of DNS and discovery */
};

struct plan {
	struct planned rows[PLAN_MAX];
	size_t n;
	bool controls; /* every healthy door, whether a fault needs it or not */
};

/* ST_USAGE and a sentence that names the word and what is expected. */
[[nodiscard]] enum status plan_parse(const char *const *words, size_t n, struct arena *arena,
				     struct plan *out, const char **why_out);

/* Whether one mailbox can show all of them: at most one fault of the incoming
 * server, one of the outgoing and one of the domain. */
[[nodiscard]] enum status plan_fits_mailbox(const struct plan *plan, struct arena *arena,
					    const char **why_out);

#endif
