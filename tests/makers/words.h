/* This file throws dice that fall the same way every time, and writes texts with them. */
#ifndef POSTMEND_TESTS_MAKERS_WORDS_H
#define POSTMEND_TESTS_MAKERS_WORDS_H

#include "base/arena.h"
#include "plan.h"

struct dice {
	uint64_t state;
};

/* Dice of their own for a thing, so that one thing does not change the next. */
struct dice dice_of(uint64_t seed, uint64_t thing);
uint64_t dice_next(struct dice *dice);
uint64_t dice_below(struct dice *dice, uint64_t n); /* 0 for n 0 */
/* From the range; each power of two is as likely as the next. */
uint64_t dice_range(struct dice *dice, struct range range);
void dice_bytes(struct dice *dice, uint8_t *to, size_t len);

/* Texts of `n` words or about `len` characters, in UTF-8, without quotation
 * marks or backslashes. `latin` keeps to what Latin-1 has. */
const char *words_line(struct arena *arena, struct dice *dice, size_t n, bool latin);
const char *words_text(struct arena *arena, struct dice *dice, size_t len, bool latin);

/* A person, by number: the same number is the same person. */
struct person {
	const char *name, *address;
};
struct person words_person(struct arena *arena, uint64_t number);

#endif
