/* This file says what an error code, a server's line, a finding or a phrase means. */
#include "diagnose/explain.h"

#include "base/checked.h"
#include "diagnose/judge.h"
#include "diagnose/pages.h"
#include "diagnose/phrases.h"
#include "facts/network_rows.h"
#include "facts/outlook_codes.h"

#include <string.h>

enum { CODE_LEN = 10, LOG_LINE_MAX = 1024, TOKEN_STATUS_MAX = 32 };

static void add(struct explain_points *points, const char *text)
{
	for (size_t i = 0; i < points->n; i++)
		if (strcmp(points->at[i], text) == 0)
			return;
	if (points->n < EXPLAIN_POINTS_MAX && *text)
		points->at[points->n++] = text;
}

static void add_all(struct explain_points *points, const char *const *list, size_t max)
{
	for (size_t i = 0; i < max && list[i]; i++)
		add(points, list[i]);
}

static const char *text_of(struct arena *arena, struct str text)
{
	char *copy = arena_text(arena, text);

	return copy ? copy : "";
}

static const char *id_and_title(struct arena *arena, enum code code)
{
	char *text = arena_printf(arena, "%s: %s", catalogue_row(code)->slug, catalogue_row(code)->title);

	return text ? text : "";
}

static struct explain_match *new_match(struct explanation *out, const char *what, enum trust trust)
{
	struct explain_match *match;

	if (out->n_matches == EXPLAIN_MATCHES_MAX)
		return NULL;
	match = &out->matches[out->n_matches++];
	*match = (struct explain_match){ .what = what, .trust = trust, .meaning = "", .count = 1 };
	return match;
}

/* What the page of a finding says; the catalogue alone where it has none. */
static void fill_from_page(struct explain_match *match, enum code code)
{
	const struct page *page = &pages_rows[code];

	match->id = catalogue_row(code)->slug;
	match->title = catalogue_row(code)->title;
	match->meaning = page->meaning[0] ? page->meaning[0] : catalogue_row(code)->title;
	add_all(&match->causes, page->causes, PAGE_POINTS_MAX);
	add_all(&match->tell_apart, page->proof, PAGE_POINTS_MAX);
	add_all(&match->tell_apart, page->tell_apart, PAGE_POINTS_MAX);
	add_all(&match->what_to_do, page->what_to_do, PAGE_POINTS_MAX);
	if (match->what_to_do.n == 0)
		add(&match->what_to_do, catalogue_row(code)->remedy_text);
}

static bool answers_row(enum code code, const char *id)
{
	struct str rows = str_of(catalogue_row(code)->rows);

	while (rows.len > 0)
		if (str_is(str_cut(&rows, ' '), id))
			return true;
	return false;
}

static bool explain_id(struct arena *arena, struct str what, struct explanation *out)
{
	const struct catalogue_row *row = catalogue_find(what);
	struct explain_match *match = row ? new_match(out, row->slug, TRUST_OURS) : NULL;

	(void)arena;
	if (match)
		fill_from_page(match, row->code);
	return match != NULL;
}

static bool take_row(struct arena *arena, const struct network_row *row, struct explanation *out)
{
	struct explain_match *match = row ? new_match(out, row->id, TRUST_OURS) : NULL;
	char *meaning;

	if (!match)
		return false;
	meaning = arena_printf(arena, "%s: %s.", row->symptom, row->cause);
	match->meaning = meaning ? meaning : "";
	match->title = row->symptom;
	add(&match->causes, row->cause);
	add(&match->tell_apart, row->evidence);
	for (int code = 0; code < CODE_COUNT; code++)
		if (answers_row((enum code)code, row->id))
			add(&match->tell_apart, id_and_title(arena, (enum code)code));
	add(&match->what_to_do, row->fix);
	return true;
}

static bool explain_row(struct arena *arena, struct str what, struct explanation *out)
{
	return take_row(arena, network_rows_find(what), out);
}

static bool row_has_code(const struct network_row *row, const char *code)
{
	return row->outlook_codes && strstr(row->outlook_codes, code) != NULL;
}

static void fill_from_code(struct arena *arena, struct explain_match *match, const struct outlook_code *code)
{
	char *title = code->symbol ? arena_printf(arena, "%s %s", code->text, code->symbol) : NULL;

	match->title = title ? title : code->text;
	match->meaning = code->meaning;
	add_all(&match->causes, code->causes, OUTLOOK_PARTS_MAX);
	add_all(&match->tell_apart, code->checks, OUTLOOK_PARTS_MAX);
	for (size_t i = 0; i < network_rows_count(); i++)
		for (int c = 0; c < CODE_COUNT && row_has_code(network_rows_at(i), code->text); c++)
			if (answers_row((enum code)c, network_rows_at(i)->id))
				add(&match->tell_apart, id_and_title(arena, (enum code)c));
	if (code->first_fix)
		add(&match->what_to_do, code->first_fix);
}

/* "0x800CCC0F" somewhere in the text; *rest_out is what stands behind it. */
static const struct outlook_code *code_in(struct str text, struct str *rest_out)
{
	for (size_t at = str_find_nocase(text, STR("0x8")); at != SIZE_MAX;
	     at = str_find_nocase(text, STR("0x8"))) {
		const struct outlook_code *code = outlook_codes_find(str_head(str_skip(text, at), CODE_LEN));

		text = str_skip(text, at + 3);
		if (!code)
			continue;
		*rest_out = text;
		return code;
	}
	return NULL;
}

static bool explain_code(struct arena *arena, struct str what, struct explanation *out)
{
	const struct outlook_code *code = outlook_codes_find(what);
	struct str rest = what;
	struct explain_match *match;

	if (code) {
		match = new_match(out, code->text, TRUST_OURS);
		if (match)
			fill_from_code(arena, match, code);
		return true;
	}
	while ((code = code_in(rest, &rest)) != NULL &&
	       (match = new_match(out, code->text, TRUST_OURS)) != NULL)
		fill_from_code(arena, match, code);
	return out->n_matches > 0;
}

/* A line does not say at which step it came: the first that knows it counts. */
static void classify(const struct answer_said *line, struct answer *out)
{
	static const enum answer_stage stages[] = { ANSWER_AT_UNKNOWN, ANSWER_AT_LOGIN, ANSWER_AT_MAILBOX,
						    ANSWER_AT_RECIPIENT, ANSWER_AT_GREETING };
	struct answer_said said = *line;

	*out = (struct answer){ .meaning = ANSWER_UNKNOWN };
	for (size_t i = 0; i < COUNT_OF(stages) && out->meaning == ANSWER_UNKNOWN; i++) {
		said.stage = stages[i];
		answers_classify(&said, out);
	}
}

static enum code code_for(enum answer_meaning meaning, enum protocol protocol)
{
	/* A login that is wanted before sending is in the account what relaying denied is. */
	return meaning == ANSWER_LOGIN_NEEDED ? CODE_SMTP_RELAY_DENIED : judge_code_of(meaning, protocol);
}

static void fill_from_answer(struct arena *arena, struct explain_match *match, const struct answer *answer,
			     enum protocol protocol)
{
	enum code code = code_for(answer->meaning, protocol);
	char *meaning;

	fill_from_page(match, code);
	meaning = answer->note ? arena_printf(arena, "%s. %s", answer->note, match->meaning) : NULL;
	if (meaning)
		match->meaning = meaning;
	for (size_t i = 0; i < answer->n_also; i++) {
		enum code other = code_for(answer->also[i], protocol);

		if (other != CODE_COUNT)
			add(&match->causes, id_and_title(arena, other));
	}
}

static bool explain_token(struct arena *arena, struct str what, struct explanation *out)
{
	struct str rest = what, word;
	char status[TOKEN_STATUS_MAX];
	struct explain_match *match;
	char *meaning;

	for (word = str_cut(&rest, ' '); word.at; word = str_cut(&rest, ' ')) {
		if (!answers_token_status(word, status, sizeof status))
			continue;
		match = new_match(out, text_of(arena, what), TRUST_PEER);
		if (!match)
			return true;
		fill_from_page(match, CODE_AUTH_TOKEN_REFUSED);
		meaning = arena_printf(arena, "The server refuses the OAuth2 token with the status %s. %s",
				       status, match->meaning);
		if (meaning)
			match->meaning = meaning;
		return true;
	}
	return false;
}

static bool explain_line(struct arena *arena, struct str what, struct explanation *out)
{
	struct answer_said said;
	struct answer answer;
	struct explain_match *match;

	if (!answers_read(what, &said))
		return false;
	classify(&said, &answer);
	if (code_for(answer.meaning, said.protocol) == CODE_COUNT)
		return false;
	match = new_match(out, text_of(arena, what), TRUST_PEER);
	if (match)
		fill_from_answer(arena, match, &answer, said.protocol);
	return true;
}

static bool explain_phrase(struct arena *arena, struct str what, struct explanation *out)
{
	enum code found[PHRASES_MAX];
	size_t n = phrases_search(what, found);

	if (n == 0)
		return take_row(arena, phrases_search_row(what), out);
	for (size_t i = 0; i < n; i++) {
		struct explain_match *match = new_match(out, catalogue_row(found[i])->slug, TRUST_OURS);

		if (match)
			fill_from_page(match, found[i]);
	}
	return n > 0;
}

enum status explain(struct arena *arena, struct str what, struct explanation *out)
{
	static bool (*const ways[])(struct arena * arena, struct str what, struct explanation * out) = {
		explain_id, explain_row, explain_code, explain_token, explain_line, explain_phrase,
	};

	*out = (struct explanation){ 0 };
	what = str_trim(str_head(what, EXPLAIN_TEXT_MAX));
	for (size_t i = 0; i < COUNT_OF(ways) && what.len > 0; i++)
		if (ways[i](arena, what, out))
			break;
	return arena_failed(arena) ? ST_NOMEM : ST_OK;
}

/* By the finding's id, or by the code itself where it has none. */
static struct explain_match *seen_before(struct explanation *out, const char *id_or_code)
{
	for (size_t i = 0; i < out->n_matches; i++) {
		struct explain_match *match = &out->matches[i];

		if (strcmp(match->id ? match->id : match->what, id_or_code) == 0)
			return match;
	}
	return NULL;
}

static void take_codes(struct arena *arena, struct str line, struct explanation *out)
{
	const struct outlook_code *code;

	while ((code = code_in(line, &line)) != NULL) {
		struct explain_match *match = seen_before(out, code->text);

		if (match) {
			match->count++;
			continue;
		}
		match = new_match(out, code->text, TRUST_OURS);
		if (match)
			fill_from_code(arena, match, code);
	}
}

/* Only refusals: a log is full of lines that are well. */
static bool is_refusal(const struct answer_said *said)
{
	return said->protocol != PROTOCOL_SMTP || said->smtp_code >= 400;
}

static void take_answer(struct arena *arena, struct str line, struct explanation *out)
{
	struct answer_said said;
	struct answer answer;
	struct explain_match *match;
	enum code code;

	if (!answers_read(line, &said) || !is_refusal(&said))
		return;
	classify(&said, &answer);
	code = code_for(answer.meaning, said.protocol);
	if (code == CODE_COUNT)
		return;
	match = seen_before(out, catalogue_row(code)->slug);
	if (match) {
		match->count++;
		return;
	}
	match = new_match(out, text_of(arena, str_trim(line)), TRUST_PEER);
	if (match)
		fill_from_answer(arena, match, &answer, said.protocol);
}

static void rank_by_count(struct explanation *out)
{
	for (size_t i = 1; i < out->n_matches; i++) {
		struct explain_match one = out->matches[i];
		size_t at = i;

		for (; at > 0 && out->matches[at - 1].count < one.count; at--)
			out->matches[at] = out->matches[at - 1];
		out->matches[at] = one;
	}
}

enum status explain_log(struct arena *arena, struct str content, struct explanation *out)
{
	*out = (struct explanation){ 0 };
	while (content.len > 0) {
		struct str line = str_head(str_cut(&content, '\n'), LOG_LINE_MAX);

		take_codes(arena, line, out);
		take_answer(arena, line, out);
	}
	rank_by_count(out);
	return arena_failed(arena) ? ST_NOMEM : ST_OK;
}
