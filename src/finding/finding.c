/* This file is the one desk that every finding goes through. */
#include "finding/finding.h"

#include <string.h>

struct finding_sink {
	struct arena *arena;
	struct finding **rows;
	size_t n, room;
	uint32_t *slots; /* open addressing by key: 1 + index in rows, 0 free; 2 * room of them */
	bool failed;
	struct finding spare;      /* what finding_add() returns when it cannot keep */
	uint32_t fold;             /* findings of a code that are kept one by one */
	struct finding *unsettled; /* the folded finding whose newest member is the spare */
	struct {
		uint32_t n;
		struct finding *rest; /* counts those beyond the fold */
	} kinds[CODE_COUNT];
};

struct finding_sink *finding_sink_new(struct arena *arena)
{
	struct finding_sink *sink = arena_alloc(arena, sizeof *sink);

	if (sink) {
		sink->arena = arena;
		sink->fold = FINDING_PER_CODE_MAX;
	}
	return sink;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* The subject's stable name: what stays the same when the program runs again.
 * An endpoint's address is part of it, because two addresses of one host may
 * fail in two ways. */
static const char *subject_key(struct arena *arena, const struct subject *s)
{
	switch (s->kind) {
	case SUBJECT_COMPUTER:
		return s->name ? arena_printf(arena, "computer/%s", s->name) : "computer";
	case SUBJECT_ENDPOINT:
		return s->address ? arena_printf(arena, "%s#%s", or_empty(s->url), s->address)
				  : or_empty(s->url);
	case SUBJECT_DOMAIN:
		return or_empty(s->name);
	case SUBJECT_STORE:
		if (s->has_offset)
			return arena_printf(arena, "%s#%s+%llu", or_empty(s->path), or_empty(s->node),
					    (unsigned long long)s->offset);
		return s->node ? arena_printf(arena, "%s#%s", or_empty(s->path), s->node) : or_empty(s->path);
	case SUBJECT_ACCOUNT:
		return arena_printf(arena, "%s/%s/%s", or_empty(s->client), or_empty(s->profile),
				    or_empty(s->name));
	}
	return "";
}

const char *finding_key(struct arena *arena, enum code code, const struct subject *subject)
{
	const char *about = subject_key(arena, subject);

	if (!about)
		return NULL;
	return arena_printf(arena, "%s@%s", catalogue_row(code)->slug, about);
}

/* FNV-1a: the keys are ours, and a slow table is the worst that a chosen one
 * could bring, bounded by the fold. */
static uint64_t hash_of(const char *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
	return hash;
}

/* The slot that holds this key, or the free one where it belongs. */
static uint32_t *slot_of(const struct finding_sink *sink, const char *key)
{
	size_t mask = 2 * sink->room - 1, i = (size_t)hash_of(key) & mask;

	while (sink->slots[i] && strcmp(sink->rows[sink->slots[i] - 1]->key, key) != 0)
		i = (i + 1) & mask;
	return &sink->slots[i];
}

/* Room is a power of two, and at most half of the slots are taken. */
static bool make_room(struct finding_sink *sink)
{
	size_t room = sink->room ? sink->room * 2 : 16;
	struct finding **rows;
	uint32_t *slots;

	if (sink->n < sink->room)
		return true;
	rows = arena_array(sink->arena, room, sizeof(struct finding *));
	slots = arena_array(sink->arena, 2 * room, sizeof *slots);
	if (!rows || !slots)
		return false;
	if (sink->n)
		memcpy(rows, sink->rows, sink->n * sizeof(struct finding *));
	sink->rows = rows;
	sink->slots = slots;
	sink->room = room;
	for (size_t i = 0; i < sink->n; i++)
		*slot_of(sink, rows[i]->key) = (uint32_t)i + 1;
	return true;
}

static struct finding *fill(struct finding *f, enum code code, const struct subject *subject, const char *key)
{
	const struct catalogue_row *row = catalogue_row(code);

	*f = (struct finding){
		.code = code,
		.severity = row->severity,
		.certainty = row->certainty,
		.subject = *subject,
		.key = key,
		.remedy_text = row->remedy_text,
		.count = 1,
	};
	return f;
}

void finding_sink_fold(struct finding_sink *sink, uint32_t n)
{
	sink->fold = n;
}

bool finding_is_folded(const struct finding_sink *sink, enum code code)
{
	return sink->kinds[code].rest != NULL;
}

/* What is left of a subject when its place is taken away. */
static struct subject whole_of(const struct subject *subject)
{
	struct subject whole = *subject;

	whole.node = whole.folder = NULL;
	whole.has_offset = false;
	whole.offset = 0;
	return whole;
}

static struct finding *keep(struct finding_sink *sink, enum code code, const struct subject *subject,
			    const char *key)
{
	struct finding *f = key && make_room(sink) ? arena_alloc(sink->arena, sizeof *f) : NULL;

	if (!f) {
		sink->failed = true;
		return fill(&sink->spare, code, subject, "");
	}
	sink->rows[sink->n++] = fill(f, code, subject, key);
	*slot_of(sink, key) = (uint32_t)sink->n;
	return f;
}

/* A folded finding is as grave as the gravest in it, and how grave each is its
 * rule says only after finding_add() has returned. */
static void settle(struct finding_sink *sink)
{
	if (sink->unsettled && sink->spare.severity > sink->unsettled->severity)
		sink->unsettled->severity = sink->spare.severity;
	sink->unsettled = NULL;
}

static struct finding *count_in(struct finding_sink *sink, struct finding *rest,
				const struct subject *subject)
{
	rest->count++;
	sink->unsettled = rest;
	return fill(&sink->spare, rest->code, subject, rest->key);
}

/* The first one beyond the fold: its place is dropped, its evidence with it. */
static struct finding *fold(struct finding_sink *sink, enum code code, const struct subject *subject)
{
	struct subject whole = whole_of(subject);
	const char *about = finding_key(sink->arena, code, &whole);
	struct finding *rest = NULL;

	if (about)
		rest = keep(sink, code, &whole, arena_printf(sink->arena, "%s#more", about));
	if (!rest || rest == &sink->spare) {
		sink->failed = true;
		return fill(&sink->spare, code, subject, "");
	}
	rest->is_folded = true;
	rest->severity = SEVERITY_NOTE;
	rest->count = 0;
	sink->kinds[code].rest = rest;
	return count_in(sink, rest, subject);
}

struct finding *finding_add(struct finding_sink *sink, enum code code, const struct subject *subject)
{
	const char *key;
	struct finding *f;

	settle(sink);
	if (finding_is_folded(sink, code))
		return count_in(sink, sink->kinds[code].rest, subject);
	key = finding_key(sink->arena, code, subject);
	f = key ? finding_find(sink, key) : NULL;
	if (f) {
		f->count++;
		/* The first one's evidence stands for all. */
		return fill(&sink->spare, code, subject, f->key);
	}
	if (sink->kinds[code].n >= sink->fold)
		return fold(sink, code, subject);
	sink->kinds[code].n++;
	return keep(sink, code, subject, key);
}

static const char *copy_text(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

static struct finding *copy_finding(struct arena *arena, const struct finding *from)
{
	struct finding *to = arena_copy(arena, from, sizeof *from);

	if (!to)
		return NULL;
	to->subject.url = copy_text(arena, from->subject.url);
	to->subject.address = copy_text(arena, from->subject.address);
	to->subject.family = copy_text(arena, from->subject.family);
	to->subject.name = copy_text(arena, from->subject.name);
	to->subject.path = copy_text(arena, from->subject.path);
	to->subject.node = copy_text(arena, from->subject.node);
	to->subject.folder = copy_text(arena, from->subject.folder);
	to->subject.client = copy_text(arena, from->subject.client);
	to->subject.profile = copy_text(arena, from->subject.profile);
	for (size_t i = 0; i < from->n_evidence; i++) {
		to->evidence[i].name = copy_text(arena, from->evidence[i].name);
		to->evidence[i].found = copy_text(arena, from->evidence[i].found);
		to->evidence[i].expected = copy_text(arena, from->evidence[i].expected);
	}
	to->key = copy_text(arena, from->key);
	to->because_of = copy_text(arena, from->because_of);
	to->remedy_text = copy_text(arena, from->remedy_text);
	to->remedy_command = copy_text(arena, from->remedy_command);
	return arena_failed(arena) ? NULL : to;
}

enum status finding_sink_append(struct finding_sink *to, struct finding_sink *from)
{
	settle(from);
	for (size_t i = 0; i < from->n; i++) {
		struct finding *copy = copy_finding(to->arena, from->rows[i]);

		if (!copy || !make_room(to))
			return ST_NOMEM;
		to->rows[to->n++] = copy;
		*slot_of(to, copy->key) = (uint32_t)to->n;
	}
	to->failed = to->failed || from->failed;
	return ST_OK;
}

void finding_evidence(struct finding *finding, const char *name, const char *found, const char *expected,
		      enum trust trust)
{
	if (finding->n_evidence == FINDING_EVIDENCE_MAX)
		return;
	finding->evidence[finding->n_evidence++] = (struct evidence){
		.name = name,
		.found = or_empty(found),
		.expected = expected,
		.trust = trust,
	};
}

size_t finding_count(const struct finding_sink *sink)
{
	return sink->n;
}

struct finding *finding_at(const struct finding_sink *sink, size_t index)
{
	return sink->rows[index];
}

struct finding *finding_find(const struct finding_sink *sink, const char *key)
{
	uint32_t slot = sink->room ? *slot_of(sink, key) : 0;

	return slot ? sink->rows[slot - 1] : NULL;
}

bool finding_sink_failed(const struct finding_sink *sink)
{
	return sink->failed;
}

bool finding_all_healthy(const struct finding_sink *sink)
{
	if (sink->unsettled && sink->spare.severity >= SEVERITY_WARNING)
		return false;
	for (size_t i = 0; i < sink->n; i++)
		if (sink->rows[i]->severity >= SEVERITY_WARNING)
			return false;
	return true;
}
