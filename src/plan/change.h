/* This file names a group of changes of small files that are one: settings files, hives, names of stores.
 *
 * Room `apply` carries a group out and takes it back. A change knows what the
 * file must be before, byte for byte, and its old bytes only where they change:
 * what else stands in a settings file, passwords among it, is never copied.
 */
#ifndef POSTMEND_PLAN_CHANGE_H
#define POSTMEND_PLAN_CHANGE_H

#include "base/view.h"

#include <stddef.h>
#include <stdint.h>

enum { CHANGE_DIGEST_LEN = 32, CHANGE_SPANS_MAX = 1 << 20, CHANGE_GROUP_MAX = 4096 };

/* `old` stands at this place of the file as it was; `fresh` may be longer or shorter. Spans are in order and
 * do not overlap. */
struct change_span {
	uint64_t at;
	struct view old, fresh;
};

enum change_kind {
	CHANGE_BYTES, /* spans of `path` */
	CHANGE_NAME,  /* `path` is called `to` afterwards; its bytes stay */
	CHANGE_NEW,   /* `path` is made, of one span's bytes; it is not there before */
	/* The value `to` of the key `path` of a registry that runs: one span, each side
	 * its type (four bytes, little-endian) and data, or nothing where there is none. */
	CHANGE_VALUE,
	/* The key `path` of a registry that runs is made, without a value; it is not there before. Taken back
	 * it is removed where it is empty, and left where somebody put something into it. */
	CHANGE_KEY,
};

struct change {
	enum change_kind kind;
	const char *path, *to;
	const struct change_span *spans;
	size_t n_spans;
	uint64_t size_before, size_after;
	uint8_t before[CHANGE_DIGEST_LEN],
		after[CHANGE_DIGEST_LEN]; /* SHA-256; not of CHANGE_NAME and CHANGE_KEY */
};

struct change_group {
	const char *title; /* for people: what it was for */
	struct change *at;
	size_t n;
};

#endif
