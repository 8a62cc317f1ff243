/* This file knows builds and updates of Office and Windows that break mail (data/bad-builds.tsv). */
#ifndef POSTMEND_FACTS_BAD_BUILDS_H
#define POSTMEND_FACTS_BAD_BUILDS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bad_build_kind { BAD_BUILD_OUTLOOK, BAD_BUILD_WINDOWS, BAD_BUILD_PATCH, BAD_BUILD_MIXED };
enum bad_build_need {
	BAD_BUILD_NEEDS_NOTHING,
	BAD_BUILD_NEEDS_POP3,
	BAD_BUILD_NEEDS_SPA,
	BAD_BUILD_NEEDS_LARGE
};
enum bad_build_standing { BAD_BUILD_CONFIRMED, BAD_BUILD_APPROXIMATE, BAD_BUILD_UNCONFIRMED };

struct bad_build {
	const char *id; /* of the finding */
	enum bad_build_kind kind;
	uint64_t from, to; /* versions as one number; of a patch its number */
	const char *from_text;
	enum bad_build_need need;
	enum bad_build_standing standing;
	const char *breaks, *helps;
};

const struct bad_build *bad_builds_rows(size_t *n_out);

/* "16.0.6568.2025" as a number that compares as versions do, 16 bits for each part; up to four
 * parts. False when it is none. */
[[nodiscard]] bool bad_builds_version(struct str text, uint64_t *out);

#endif
