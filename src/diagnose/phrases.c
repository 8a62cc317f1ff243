/* This file searches titles, symptoms and pages of the findings for the words of an error. */
#include "diagnose/phrases.h"

#include "base/checked.h"
#include "diagnose/pages.h"

enum {
	WORDS_MAX = 16,
	WORD_MIN = 3,
	STEM_MIN = 5,
	IN_TITLE = 4,
	IN_SYMPTOM = 4,
	IN_MEANING = 2,
	IN_CAUSES = 1
};

/* Words that every text has. */
static const char *const common[] = { "the",   "and",    "for",   "with",    "from",    "that", "this",
				      "there", "your",   "you",   "has",     "have",    "was",  "are",
				      "not",   "but",    "its",   "when",    "what",    "mail", "email",
				      "mails", "please", "error", "outlook", "contact", "hello" };

struct words {
	struct str at[WORDS_MAX];
	size_t n;
};

static bool is_word_char(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || (unsigned char)c >= 0x80;
}

static struct str next_word(struct str *rest)
{
	struct str word;
	size_t len = 0;

	while (rest->len > 0 && !is_word_char(rest->at[0]))
		*rest = str_skip(*rest, 1);
	while (len < rest->len && is_word_char(rest->at[len]))
		len++;
	word = str_head(*rest, len);
	*rest = str_skip(*rest, len);
	return word;
}

static bool is_common(struct str word)
{
	for (size_t i = 0; i < COUNT_OF(common); i++)
		if (str_is_nocase(word, common[i]))
			return true;
	return word.len < WORD_MIN;
}

static void split(struct str text, struct words *out)
{
	out->n = 0;
	while (out->n < WORDS_MAX) {
		struct str word = next_word(&text);

		if (word.len == 0)
			return;
		if (!is_common(word))
			out->at[out->n++] = word;
	}
}

/* "certificates" and "certificate" are one word; short words must be equal. */
static bool same_word(struct str a, struct str b)
{
	struct str longer = a.len > b.len ? a : b, shorter = a.len > b.len ? b : a;

	if (shorter.len < STEM_MIN || longer.len - shorter.len > 2)
		return str_eq_nocase(a, b);
	return str_starts_nocase(longer, shorter);
}

/* Notes in `found` (bits) which of the words stand in the text; gives their weight. */
static unsigned look(const struct words *words, const char *text, unsigned weight, uint32_t *found)
{
	struct str rest = str_of(text), word;
	uint32_t here = 0;
	unsigned score = 0;

	for (word = next_word(&rest); word.len > 0; word = next_word(&rest))
		for (size_t i = 0; i < words->n; i++)
			if (!(here & UINT32_C(1) << i) && same_word(words->at[i], word)) {
				here |= UINT32_C(1) << i;
				score += weight;
			}
	*found |= here;
	return score;
}

static unsigned look_in_list(const struct words *words, const char *const *list, unsigned weight,
			     uint32_t *found)
{
	unsigned score = 0;

	for (size_t i = 0; i < PAGE_POINTS_MAX && list[i]; i++)
		score += look(words, list[i], weight, found);
	return score;
}

static unsigned look_in_symptoms(const struct words *words, const char *rows, uint32_t *found)
{
	struct str rest = str_of(rows);
	unsigned best = 0;

	while (rest.len > 0) {
		const struct network_row *row = network_rows_find(str_cut(&rest, ' '));
		unsigned score = row ? look(words, row->symptom, IN_SYMPTOM, found) : 0;

		best = score > best ? score : best;
	}
	return best;
}

/* 0 unless at least half of the words, and two where there are two, stand somewhere. */
static unsigned judge_score(const struct words *words, unsigned score, uint32_t found)
{
	unsigned n = 0;

	for (size_t i = 0; i < words->n; i++)
		n += found >> i & 1;
	if (n == 0 || n * 2 < words->n || (words->n > 1 && n < 2) || (words->n == 1 && score < IN_TITLE))
		return 0;
	return score * n;
}

static unsigned score_of(const struct words *words, enum code code)
{
	const struct catalogue_row *row = catalogue_row(code);
	const struct page *page = &pages_rows[code];
	uint32_t found = 0;
	unsigned score;

	score = look(words, row->title, IN_TITLE, &found);
	score += look_in_symptoms(words, row->rows, &found);
	score += look_in_list(words, page->meaning, IN_MEANING, &found);
	score += look_in_list(words, page->causes, IN_CAUSES, &found);
	return judge_score(words, score, found);
}

size_t phrases_search(struct str text, enum code out[static PHRASES_MAX])
{
	unsigned scores[PHRASES_MAX];
	struct words words;
	size_t n = 0;

	split(text, &words);
	for (int code = 0; code < CODE_COUNT && words.n > 0; code++) {
		unsigned score = score_of(&words, (enum code)code);
		size_t at = n;

		while (at > 0 && scores[at - 1] < score)
			at--;
		if (score == 0 || at == PHRASES_MAX)
			continue;
		n = n < PHRASES_MAX ? n + 1 : n;
		for (size_t i = n - 1; i > at; i--) {
			scores[i] = scores[i - 1];
			out[i] = out[i - 1];
		}
		scores[at] = score;
		out[at] = (enum code)code;
	}
	/* What fits far less than the best would only distract. */
	while (n > 1 && scores[n - 1] * 2 < scores[0])
		n--;
	return n;
}

const struct network_row *phrases_search_row(struct str text)
{
	const struct network_row *best = NULL;
	struct words words;
	unsigned best_score = 0;

	split(text, &words);
	for (size_t i = 0; i < network_rows_count() && words.n > 0; i++) {
		const struct network_row *row = network_rows_at(i);
		uint32_t found = 0;
		unsigned score = look(&words, row->symptom, IN_SYMPTOM, &found);

		score = judge_score(&words, score + look(&words, row->cause, IN_CAUSES, &found), found);
		if (score > best_score) {
			best_score = score;
			best = row;
		}
	}
	return best;
}
