/* This file says what differs between two reports: JSON documents of postmend. */
#include "report/compare.h"

#include "base/checked.h"
#include "report/json_out.h"
#include "report/paper.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 200, SMALL = 64, WHERE_LEN_MAX = 512 };

/* One value and its place; all values of a report are such a list. */
struct leaf {
	enum compare_part part;
	const char *where, *text;
};

struct list {
	struct arena *arena;
	struct leaf *at;
	size_t n;
	bool is_full;
};

/* Times, and what servers and systems make up anew each time. */
static const char *const passing[] = { "ms",  "at_ms", "elapsed_ms", "flow",     "ttl",
				       "age", "time",  "journal",    "bytes_in", "round_trip_ms" };

/* What names an entry of a list, the first of these that it has. */
static const char *const names[][3] = {
	{ "key", NULL, NULL },           { "url", "address", NULL },     { "path", NULL, NULL },
	{ "client", "profile", "name" }, { "protocol", "host", "port" }, { "name", "type", NULL },
	{ "name", NULL, NULL },          { "node", NULL, NULL },         { "source", "line", NULL },
};

static void add(struct list *list, enum compare_part part, const char *where, const char *text)
{
	if (list->n == COMPARE_VALUES_MAX || !where || !text) {
		list->is_full = true;
		return;
	}
	list->at[list->n++] = (struct leaf){ part, where, text };
}

/* A value without parts as text. */
static const char *text_of(struct arena *arena, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return arena_strdup(arena, json_string_value(value));
	case JSON_INTEGER:
		return arena_printf(arena, "%lld", (long long)json_integer_value(value));
	case JSON_REAL:
		return arena_printf(arena, "%.6g", json_real_value(value));
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_OBJECT:
		return "{}";
	case JSON_ARRAY:
		return "[]";
	case JSON_NULL:
		break;
	}
	return "null";
}

static bool is_passing(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(passing); i++)
		if (strcmp(name, passing[i]) == 0)
			return true;
	return false;
}

/* "imaps://h:993 192.0.2.1"; NULL when nothing names it. */
static const char *name_of_entry(struct arena *arena, const json_t *entry)
{
	for (size_t i = 0; json_is_object(entry) && i < COUNT_OF(names); i++) {
		const char *text = "";
		const json_t *part = json_object_get(entry, names[i][0]);

		if (!json_is_string(part))
			continue;
		for (size_t k = 0; k < 3 && names[i][k]; k++) {
			part = json_object_get(entry, names[i][k]);
			if (part && text)
				text = arena_printf(arena, "%s%s%s", text, k ? " " : "",
						    text_of(arena, part));
		}
		return text;
	}
	return NULL;
}

/* What is still to be gone through: no recursion, whatever the document. */
struct open_value {
	const json_t *value;
	const char *where;
	void *member; /* of an object: the next */
	size_t index; /* of an array: the next */
};

static const char *below(struct arena *arena, const char *where, const char *name)
{
	const char *text = arena_printf(arena, "%s%s%s", where, *where ? " / " : "", name);

	return text && strlen(text) > WHERE_LEN_MAX ? arena_text(arena, str_head(str_of(text), WHERE_LEN_MAX))
						    : text;
}

/* The next part of an open value, and its place; NULL when there is none. */
static const json_t *next_part(struct arena *arena, struct open_value *open, const char **where_out,
			       bool *is_passing_out)
{
	const json_t *part;
	const char *name;

	*is_passing_out = false;
	if (json_is_object(open->value)) {
		if (!open->member)
			return NULL;
		name = json_object_iter_key(open->member);
		part = json_object_iter_value(open->member);
		*is_passing_out = is_passing(name);
		open->member = json_object_iter_next((json_t *)(uintptr_t)open->value, open->member);
	} else {
		part = json_array_get(open->value, open->index++);
		name = part ? name_of_entry(arena, part) : NULL;
		/* Words of a list are what they are, wherever they stand. */
		if (part && !name)
			name = json_is_string(part) ? json_string_value(part)
						    : arena_printf(arena, "%zu", open->index);
	}
	*where_out = part && name ? below(arena, open->where, name) : "";
	return part;
}

static void flatten(struct list *list, const json_t *root, const char *where)
{
	struct open_value stack[COMPARE_DEPTH_MAX];
	size_t depth = 1;

	stack[0] = (struct open_value){
		root, where, json_is_object(root) ? json_object_iter((json_t *)(uintptr_t)root) : NULL, 0
	};
	while (depth > 0 && !list->is_full) {
		const char *place;
		bool passes;
		const json_t *part = next_part(list->arena, &stack[depth - 1], &place, &passes);

		if (!part) {
			depth--;
			continue;
		}
		if (passes)
			continue;
		if ((json_is_object(part) || json_is_array(part)) && depth < COMPARE_DEPTH_MAX)
			stack[depth++] = (struct open_value){
				part, place,
				json_is_object(part) ? json_object_iter((json_t *)(uintptr_t)part) : NULL, 0
			};
		else
			add(list, COMPARE_FACT, place, text_of(list->arena, part));
	}
}

static void take_finding(struct list *list, const json_t *finding)
{
	const char *key = json_string_value(json_object_get(finding, "key")),
		   *severity = json_string_value(json_object_get(finding, "severity"));
	const json_t *evidence = json_object_get(finding, "evidence");

	if (!key || !severity)
		return;
	key = arena_strdup(list->arena, key);
	add(list, COMPARE_FINDING, key, arena_strdup(list->arena, severity));
	for (size_t i = 0; key && i < json_array_size(evidence); i++) {
		const json_t *one = json_array_get(evidence, i);
		const char *name = json_string_value(json_object_get(one, "name")),
			   *found = json_string_value(json_object_get(one, "found"));

		if (name && found)
			add(list, COMPARE_EVIDENCE, below(list->arena, key, name),
			    arena_strdup(list->arena, found));
	}
}

static void take_report(struct list *list, const json_t *root)
{
	const json_t *causes = json_object_get(root, "cause_keys"),
		     *findings = json_object_get(root, "findings"),
		     *verdict = json_object_get(root, "verdict"), *facts = json_object_get(root, "facts");

	if (json_is_string(verdict))
		add(list, COMPARE_VERDICT, "verdict", text_of(list->arena, verdict));
	for (size_t i = 0; i < json_array_size(causes); i++)
		if (json_is_string(json_array_get(causes, i)))
			add(list, COMPARE_CAUSE, text_of(list->arena, json_array_get(causes, i)), "a cause");
	for (size_t i = 0; i < json_array_size(findings); i++)
		take_finding(list, json_array_get(findings, i));
	if (json_is_object(facts))
		flatten(list, facts, "");
}

static int by_place(const void *a, const void *b)
{
	const struct leaf *left = a, *right = b;
	int order = strcmp(left->where, right->where);

	if (left->part != right->part)
		return left->part < right->part ? -1 : 1;
	return order ? order : strcmp(left->text, right->text);
}

static enum status read_report(struct list *list, struct view bytes, const char **command_out,
			       const char **why_out)
{
	json_error_t error;
	json_t *root = json_loadb((const char *)bytes.at, bytes.len, 0, &error);
	const char *schema = json_string_value(json_object_get(root, "schema")),
		   *command = json_string_value(json_object_get(root, "command"));
	enum status st = ST_OK;

	list->at = arena_array(list->arena, COMPARE_VALUES_MAX, sizeof *list->at);
	if (!root) {
		*why_out = arena_printf(list->arena, "it is no JSON: %s, line %d", error.text, error.line);
		st = ST_USAGE;
	} else if (!schema || strncmp(schema, "postmend/", 9) != 0) {
		*why_out = "it is no report of postmend";
		st = ST_USAGE;
	} else if (!list->at) {
		st = ST_NOMEM;
	} else {
		*command_out = command ? arena_strdup(list->arena, command) : "";
		take_report(list, root);
		qsort(list->at, list->n, sizeof *list->at, by_place);
		st = arena_failed(list->arena) ? ST_NOMEM : list->is_full ? ST_LIMIT : ST_OK;
	}
	json_decref(root);
	return st;
}

/* Evidence of a finding that one report has not at all says nothing more. */
static bool is_of_known(const struct list *other, const struct leaf *leaf)
{
	for (size_t i = 0; leaf->part == COMPARE_EVIDENCE && i < other->n; i++) {
		size_t len = strlen(other->at[i].where);

		if (other->at[i].part == COMPARE_FINDING &&
		    strncmp(other->at[i].where, leaf->where, len) == 0 &&
		    strncmp(leaf->where + len, " / ", 3) == 0)
			return true;
	}
	return leaf->part != COMPARE_EVIDENCE;
}

static void merge(const struct list *a, const struct list *b, struct compare_row *rows, size_t *n)
{
	size_t i = 0, k = 0;

	while (i < a->n || k < b->n) {
		const struct leaf *left = i < a->n ? &a->at[i] : NULL, *right = k < b->n ? &b->at[k] : NULL;
		int order = !left ? 1 : !right ? -1 : (int)left->part - (int)right->part;

		if (left && right && order == 0)
			order = strcmp(left->where, right->where);
		i += order <= 0;
		k += order >= 0;
		if (order < 0 && is_of_known(b, left))
			rows[(*n)++] = (struct compare_row){ left->part, left->where, left->text, NULL };
		else if (order > 0 && is_of_known(a, right))
			rows[(*n)++] = (struct compare_row){ right->part, right->where, NULL, right->text };
		else if (order == 0 && strcmp(left->text, right->text) != 0)
			rows[(*n)++] =
				(struct compare_row){ left->part, left->where, left->text, right->text };
	}
}

enum status compare_reports(struct arena *arena, struct view a, struct view b, struct compare *out,
			    const char **why_out)
{
	struct list left = { .arena = arena }, right = { .arena = arena };
	struct compare_row *rows;
	enum status st;

	*out = (struct compare){ .command_a = "" };
	st = read_report(&left, a, &out->command_a, why_out);
	if (st == ST_OK)
		st = read_report(&right, b, &out->command_b, why_out);
	if (st != ST_OK)
		return st;
	rows = arena_array(arena, left.n + right.n + 1, sizeof *rows);
	if (!rows)
		return ST_NOMEM;
	merge(&left, &right, rows, &out->n);
	out->rows = rows;
	return ST_OK;
}

static const char *const heads[] = { "The verdict", "Causes", "Findings", "Evidence", "Facts" };
static const char *const words[] = { "verdict", "cause", "finding", "evidence", "fact" };

static void put_row(struct paper *paper, const struct compare_row *row)
{
	paper_add(paper, !row->a ? "+ " : !row->b ? "- " : "  ");
	if (row->part != COMPARE_VERDICT) {
		paper_peer(paper, str_of(row->where));
		paper_add(paper, row->part == COMPARE_CAUSE ? "" : ": ");
	}
	if (row->part == COMPARE_CAUSE) {
		paper_end(paper, 1, 2);
		return;
	}
	if (row->a)
		paper_peer(paper, str_of(row->a));
	if (row->a && row->b)
		paper_add(paper, " → ");
	if (row->b)
		paper_peer(paper, str_of(row->b));
	paper_end(paper, 1, 4);
}

void compare_text(const struct compare *compare, bool color, unsigned width, struct buf *out)
{
	enum compare_part last = COMPARE_FACT;
	struct paper paper;
	char text[SMALL];

	paper_init(&paper, out, NULL, color, width);
	paper_mark(&paper, PAPER_BOLD);
	paper_add(&paper, compare->n ? "DIFFERENT" : "SAME");
	paper_mark(&paper, PAPER_PLAIN);
	snprintf(text, sizeof text, "  %zu thing%s.", compare->n, compare->n == 1 ? " differs" : "s differ");
	paper_add(&paper, compare->n ? text : "  The two reports say the same.");
	paper_end(&paper, 0, 2);
	for (size_t i = 0; i < compare->n && i < SHOWN; i++) {
		if (i == 0 || compare->rows[i].part != last)
			paper_head(&paper, heads[compare->rows[i].part]);
		last = compare->rows[i].part;
		put_row(&paper, &compare->rows[i]);
	}
	if (compare->n > SHOWN)
		paper_line(&paper, 1, "… and more: --json has them all.");
	paper_fini(&paper);
}

void compare_json(const struct compare *compare, const char *version, struct buf *out)
{
	struct json_out json;

	json_init(&json, out, NULL);
	json_open(&json, NULL, '{');
	json_word(&json, "schema", "postmend/1");
	json_word(&json, "command", "compare");
	json_word(&json, "version", version);
	json_open(&json, "facts", '{');
	json_bool(&json, "same", compare->n == 0);
	json_open(&json, "commands", '[');
	json_text(&json, NULL, compare->command_a);
	json_text(&json, NULL, compare->command_b);
	json_close(&json, ']');
	json_open(&json, "differences", '[');
	for (size_t i = 0; i < compare->n; i++) {
		json_open(&json, NULL, '{');
		json_word(&json, "what", words[compare->rows[i].part]);
		json_text(&json, "where", compare->rows[i].where);
		json_text(&json, "a", compare->rows[i].a);
		json_text(&json, "b", compare->rows[i].b);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
	json_close(&json, '}');
	json_fini(&json);
}
