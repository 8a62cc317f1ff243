/* This file sorts what was found in a store for those who read it. */
#include "report/store_parts.h"

#include "report/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_about(const struct finding *f, const char *path)
{
	return f->subject.path && strcmp(f->subject.path, path) == 0;
}

static bool goes_before(const struct store_kind *a, const struct store_kind *b)
{
	return a->severity != b->severity ? a->severity > b->severity : a->code < b->code;
}

/* There are few kinds at a time. */
static void sort(struct store_kind *kinds, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct store_kind one = kinds[i];
		size_t at = i;

		for (; at > 0 && goes_before(&one, &kinds[at - 1]); at--)
			kinds[at] = kinds[at - 1];
		kinds[at] = one;
	}
}

size_t store_kinds(const struct finding_sink *findings, const char *path, struct store_kind out[CODE_COUNT])
{
	size_t place[CODE_COUNT] = { 0 }, n = 0; /* where in `out`, from 1 */

	for (size_t i = 0; findings && i < finding_count(findings); i++) {
		const struct finding *f = finding_at(findings, i);
		struct store_kind *kind;

		if (!is_about(f, path))
			continue;
		if (place[f->code] == 0) {
			out[n] = (struct store_kind){ .code = f->code, .severity = f->severity };
			place[f->code] = ++n;
		}
		kind = &out[place[f->code] - 1];
		kind->count += f->count;
		kind->n += !f->is_folded;
		if (f->severity > kind->severity)
			kind->severity = f->severity;
	}
	sort(out, n);
	return n;
}

const struct finding *store_next_place(const struct finding_sink *findings, const char *path, enum code code,
				       size_t *at)
{
	while (*at < finding_count(findings)) {
		const struct finding *f = finding_at(findings, (*at)++);

		if (f->code == code && !f->is_folded && is_about(f, path))
			return f;
	}
	return NULL;
}

const char *store_place(const struct subject *subject, char text[STORE_PLACE_SIZE])
{
	unsigned long long at = subject->offset;

	if (subject->node && subject->has_offset && at)
		snprintf(text, STORE_PLACE_SIZE, "node %.16s, byte %llu (0x%llX)", subject->node, at, at);
	else if (subject->node)
		snprintf(text, STORE_PLACE_SIZE, "node %.16s", subject->node);
	else if (subject->has_offset)
		snprintf(text, STORE_PLACE_SIZE, "byte %llu (0x%llX)", at, at);
	else
		return NULL;
	return text;
}

static const char *client_word(const char *client)
{
	if (!client)
		return "store";
	if (strcmp(client, "SM") == 0)
		return "PST";
	if (strcmp(client, "SO") == 0)
		return "OST";
	return strcmp(client, "AB") == 0 ? "address book (PAB)" : "store";
}

static const char *format_word(const char *format)
{
	if (strcmp(format, "ansi") == 0)
		return "ANSI";
	return strcmp(format, "unicode") == 0 ? "Unicode" : "Unicode, 4 KiB pages,";
}

const char *store_describe(const struct store_facts *store, char text[STORE_KIND_SIZE])
{
	char size[WORDS_DURATION_SIZE];

	words_bytes(store->bytes, size);
	if (store->is_text)
		snprintf(text, STORE_KIND_SIZE, "%.100s, %s", store->is_text, size);
	else if (store->format)
		snprintf(text, STORE_KIND_SIZE, "%s %s, version %u, cipher %.16s, %s",
			 format_word(store->format), client_word(store->client), store->version,
			 store->cipher ? store->cipher : "not known", size);
	else
		snprintf(text, STORE_KIND_SIZE, "a store of a kind that its header does not tell, %s", size);
	return text;
}

const struct evidence *store_subject_line(const struct finding *finding)
{
	for (size_t i = 0; i < finding->n_evidence; i++)
		if (strcmp(finding->evidence[i].name, "subject") == 0 &&
		    finding->evidence[i].trust == TRUST_PEER)
			return &finding->evidence[i];
	return NULL;
}
