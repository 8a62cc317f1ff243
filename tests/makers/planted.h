/* This file is what a planted fault is: where, in which stores, and what must be said of it. */
#ifndef POSTMEND_TESTS_MAKERS_PLANTED_H
#define POSTMEND_TESTS_MAKERS_PLANTED_H

#include "finding/finding.h"
#include "plant.h"

enum planted_in { IN_ANSI = 1, IN_UNICODE = 2, IN_4K = 4, IN_ALL = 7, IN_512 = 3, IN_WIDE = 6 };
enum planted_store {
	STORE_SMALL,
	STORE_TREES,
	STORE_FAR,
	STORE_VAST,
	STORE_FULL,
	STORE_NEARLY_FULL,
	STORE_CYCLIC,
	STORE_PLAIN,
	STORE_DEEP,
	STORE_TOO_DEEP,
	STORE_LONG,
	STORE_PACKED,
	STORE_COUNT
};
enum { COMPANIONS_MAX = 6 };

struct planted_row {
	const char *name; /* what is changed */
	enum code code;   /* CODE_COUNT: a trap that must stay silent, wrong or not */
	enum planted_in in;
	enum planted_store store;
	void (*plant)(struct plant *p);
	const char *evidence;           /* a name that one finding of this code must bring, or NULL */
	bool is_lowered;                /* to advice: docs/VIOLATIONS.md */
	enum code with[COMPANIONS_MAX]; /* other findings of warning or worse that cannot but come; ends with
					   0 */
};

#define FAULT(name, code, in, store, plant, evidence)                                    \
	{                                                                                \
		name, CODE_STORE_##code, IN_##in, STORE_##store, plant, evidence, false, \
		{                                                                        \
			0                                                                \
		}                                                                        \
	}
/* As advice. */
#define LOWERED(name, code, in, store, plant, evidence)                                 \
	{                                                                               \
		name, CODE_STORE_##code, IN_##in, STORE_##store, plant, evidence, true, \
		{                                                                       \
			0                                                               \
		}                                                                       \
	}
/* With other findings that cannot but come. */
#define FAULT_WITH(name, code, in, store, plant, evidence, ...)                          \
	{                                                                                \
		name, CODE_STORE_##code, IN_##in, STORE_##store, plant, evidence, false, \
		{                                                                        \
			__VA_ARGS__                                                      \
		}                                                                        \
	}
/* No fault, however it looks. */
#define TRAP(name, in, store, plant)                                          \
	{                                                                     \
		name, CODE_COUNT, IN_##in, STORE_##store, plant, NULL, false, \
		{                                                             \
			0                                                     \
		}                                                             \
	}

struct planted_part {
	const char *name;
	const struct planted_row *rows;
	size_t n;
	bool quick; /* the quick check finds them too */
};

extern const struct planted_part planted_header, planted_pages, planted_blocks, planted_objects,
	planted_mailbox, planted_messages, planted_traps;

#endif
