/* This file throws dice that fall the same way every time, and writes texts with them. */
#include "words.h"

#include "base/checked.h"
#include "pst/ndb/field.h"

#include <assert.h>
#include <string.h>

static const char *const words[] = { "report",   "meeting",  "window",  "river",    "invoice", "garden",
				     "paper",    "bridge",   "quarter", "schedule", "lantern", "copper",
				     "draft",    "harbour",  "engine",  "apple",    "winter",  "answer",
				     "question", "delivery", "table",   "compass",  "letter",  "ticket",
				     "holiday",  "library",  "market",  "station",  "payment", "update",
				     "journey",  "contract" };
static const char *const latin_words[] = { "Größe", "café",  "señor", "façade",
					   "Ærø",   "naïve", "Übung", "crème" };
static const char *const far_words[] = { "встреча", "δελτίο", "会议", "予定", "שלום", "नमस्ते", "𝄞", "🙂" };

static const char *const first_names[] = { "Ada",   "Bruno", "Clara", "Dmitri", "Elif",  "Finn",
					   "Grace", "Hugo",  "Inès",  "Jörg",   "Karin", "Luís",
					   "Mona",  "Nils",  "Olga",  "Pär" };
static const char *const last_names[] = { "Abel",   "Brandt", "Castro", "Dietz",  "Evans", "Fischer",
					  "García", "Holm",   "Ivanov", "Jansen", "Kowal", "Lund",
					  "Müller", "Novák",  "Olsen",  "Peters" };

/* SplitMix64. */
uint64_t dice_next(struct dice *dice)
{
	uint64_t z = dice->state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

struct dice dice_of(uint64_t seed, uint64_t thing)
{
	struct dice dice = { seed * UINT64_C(0xD1342543DE82EF95) + thing };

	(void)dice_next(&dice);
	return dice;
}

uint64_t dice_below(struct dice *dice, uint64_t n)
{
	return n ? dice_next(dice) % n : 0;
}

static unsigned log_2(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n | 1);
}

uint64_t dice_range(struct dice *dice, struct range range)
{
	unsigned low = log_2(range.from), high = log_2(range.to);
	uint64_t base = UINT64_C(1) << (low + dice_below(dice, high - low + 1));
	uint64_t n = base + dice_below(dice, base);

	if (n < range.from)
		return range.from;
	return n > range.to ? range.to : n;
}

void dice_bytes(struct dice *dice, uint8_t *to, size_t len)
{
	for (size_t i = 0; i < len; i += 8)
		field_put(to + i, len - i < 8 ? len - i : 8, dice_next(dice));
}

static const char *word(struct dice *dice, bool latin)
{
	uint64_t n = dice_below(dice, 64);

	if (n < 2 && !latin)
		return far_words[dice_below(dice, COUNT_OF(far_words))];
	if (n < 6)
		return latin_words[dice_below(dice, COUNT_OF(latin_words))];
	return words[dice_below(dice, COUNT_OF(words))];
}

static size_t put_word(char *to, const char *text)
{
	size_t len = strlen(text);

	memcpy(to, text, len);
	to[len] = ' ';
	return len + 1;
}

const char *words_line(struct arena *arena, struct dice *dice, size_t n, bool latin)
{
	enum { WORD_MAX = 24 };
	char *text = arena_alloc(arena, n * WORD_MAX + 1);
	size_t len = 0;

	assert(text);
	while (n--)
		len += put_word(text + len, word(dice, latin));
	text[len ? len - 1 : 0] = '\0';
	return text;
}

const char *words_text(struct arena *arena, struct dice *dice, size_t len, bool latin)
{
	char *text = arena_alloc(arena, len + 64);
	size_t at = 0, line = 0;

	assert(text);
	while (at < len) {
		at += put_word(text + at, word(dice, latin));
		if (at - line < 70)
			continue;
		text[at - 1] = '\r';
		text[at++] = '\n';
		line = at;
	}
	text[at ? at - 1 : 0] = '\0';
	return text;
}

struct person words_person(struct arena *arena, uint64_t number)
{
	const char *first = first_names[number % COUNT_OF(first_names)];
	const char *last = last_names[number / COUNT_OF(first_names) % COUNT_OF(last_names)];
	struct person person;

	person.name = arena_printf(arena, "%s %s %llu", first, last, (unsigned long long)number);
	person.address = arena_printf(arena, "person.%llu@example.org", (unsigned long long)number);
	assert(person.name && person.address);
	return person;
}
