/* This file writes a new store in parts that are no larger than the user wants: --split. */
#include "app/mend_split.h"

#include "convert/split.h"
#include "os/file.h"
#include "os/random.h"
#include "os/store_file.h"

#include <string.h>

struct splitting {
	struct mend *m;
	struct convert_weights weights;
	struct split *split;
	uint8_t keys[SPLIT_PARTS_MAX][RECORD_KEY_LEN];
	uint64_t total; /* of all parts, about */
	const char *paths[SPLIT_PARTS_MAX];
	struct new_store *files[SPLIT_PARTS_MAX]; /* sealed */
	uint32_t n_named;                         /* of the last ones, that have their names */
};

/* new.pst becomes new.1.pst. */
static const char *path_of(struct splitting *s, uint32_t part)
{
	const char *output = s->m->output;
	size_t len = strlen(output);
	const char *end =
		len > 4 && str_is_nocase(str_of(output + len - 4), ".pst") ? output + len - 4 : output + len;

	return arena_printf(s->m->run->arena, "%.*s.%lu%s", (int)(end - output), output, (unsigned long)part,
			    end);
}

static enum status name_parts(struct splitting *s, const char **why_out)
{
	struct mend *m = s->m;
	uint32_t n = split_n_parts(s->split);

	for (uint32_t i = 0; i < n; i++) {
		s->paths[i] = path_of(s, i + 1);
		if (!s->paths[i])
			return ST_NOMEM;
		m->at = s->paths[i];
		*why_out = "it exists already";
		if (!m->facts.is_plan && file_exists(s->paths[i]))
			return ST_USAGE;
	}
	*why_out = NULL;
	m->facts.outputs = s->paths;
	m->facts.n_outputs = n;
	return ST_OK;
}

/* Lays everything out once, and deals it out by what it takes. */
static enum status deal(struct splitting *s, struct convert_ledger *ledger, const char **why_out)
{
	struct mend *m = s->m;
	struct mend_job job = { .path = m->output, .weights = &s->weights };
	struct split_ask ask = { &s->weights, m->run->options.split, 0 };
	enum status st;

	s->weights.items = arena_array(m->reading, m->salvage->facts.n_nodes, sizeof *s->weights.items);
	if (!s->weights.items)
		return ST_NOMEM;
	mend_span(m, 0.25, 0.5);
	st = mend_write_nowhere(m, &job, ledger);
	if (st == ST_OK)
		st = split_new(m->reading, m->salvage, &ask, &s->split);
	if (st == ST_LIMIT && ask.least) {
		*why_out =
			arena_printf(m->run->arena,
				     "--split: parts have to hold the folders, and %d are the most; give at "
				     "least %llu",
				     SPLIT_PARTS_MAX, (unsigned long long)ask.least);
		return ST_USAGE;
	}
	if (st == ST_OK)
		s->total = ledger->size + (split_n_parts(s->split) - 1) * s->weights.rest;
	return st == ST_OK ? name_parts(s, why_out) : st;
}

/* A part with one item may be larger than the user wants: its size and the item are told. */
static enum status tell_large(struct splitting *s, uint32_t part, uint64_t size)
{
	struct mend *m = s->m;
	const struct check_facts *facts = &m->salvage->facts;
	struct subject subject = { .kind = SUBJECT_STORE, .path = m->facts.path };
	uint32_t node = split_single(s->split, part);
	const char *bytes = arena_printf(m->run->arena, "%llu", (unsigned long long)size);
	const char *most = arena_printf(m->run->arena, "%llu", (unsigned long long)m->run->options.split);
	struct finding *f;

	if (node != UINT32_MAX)
		subject.node = arena_printf(m->run->arena, "0x%X", facts->nodes[node].nid);
	if (!bytes || !most || (node != UINT32_MAX && !subject.node))
		return ST_NOMEM;
	f = finding_add(m->findings, CODE_STORE_PART_LARGE, &subject);
	finding_evidence(f, "part", s->paths[part - 1], NULL, TRUST_OURS);
	finding_evidence(f, "bytes", bytes, most, TRUST_OURS);
	return ST_OK;
}

/* Writes one part, with fewer items as long as it is too large. */
static enum status write_part(struct splitting *s, uint32_t part, const char **why_out)
{
	struct mend *m = s->m;
	struct convert_ledger ledger;
	enum status st = ST_OK;
	bool again = true;

	while (st == ST_OK && again) {
		struct mend_job job = { .path = s->paths[part - 1],
					.bytes = s->total / split_n_parts(s->split),
					.parts = split_parts(s->split),
					.part = part,
					.record_keys = (const uint8_t(*)[RECORD_KEY_LEN])s->keys };

		st = mend_write(m, &job, &s->files[part - 1], &ledger, why_out);
		again = st == ST_OK && ledger.size > m->run->options.split &&
			split_shrink(s->split, part, ledger.size);
		if (again) {
			new_store_discard(&s->files[part - 1]);
			st = name_parts(s, why_out);
		}
	}
	if (st == ST_OK)
		st = new_store_seal(s->files[part - 1], why_out);
	if (st == ST_OK && ledger.size > m->run->options.split)
		st = tell_large(s, part, ledger.size);
	return st == ST_OK ? mend_take(m, &ledger) : st;
}

/* The last one first: where part 1 is, all are. */
static enum status name_all(struct splitting *s, const char **why_out)
{
	uint32_t n = split_n_parts(s->split);
	enum status st = ST_OK;

	for (uint32_t i = n; st == ST_OK && i > 0; i--) {
		s->m->at = s->paths[i - 1];
		st = new_store_commit(&s->files[i - 1], why_out);
		s->n_named += st == ST_OK;
	}
	for (uint32_t i = 0; st != ST_OK && i < s->n_named; i++)
		new_store_remove(s->paths[n - 1 - i]);
	return st;
}

static enum status write_parts(struct splitting *s, const char **why_out)
{
	struct mend *m = s->m;
	enum status st;

	m->at = m->output;
	st = mend_has_room(m, m->output, s->total, why_out);
	for (uint32_t part = 1; st == ST_OK && part <= split_n_parts(s->split); part++) {
		double n = split_n_parts(s->split);

		mend_span(m, 0.5 + 0.5 * (part - 1) / n, 0.5 + 0.5 * part / n);
		st = write_part(s, part, why_out);
	}
	if (st == ST_OK)
		st = name_all(s, why_out);
	m->written = st == ST_OK;
	for (uint32_t i = 0; i < SPLIT_PARTS_MAX; i++)
		new_store_discard(&s->files[i]);
	return st;
}

enum status mend_split(struct mend *m, const char **why_out)
{
	struct splitting *s = arena_alloc(m->run->arena, sizeof *s);
	struct convert_ledger ledger;
	enum status st;

	if (!s)
		return ST_NOMEM;
	s->m = m;
	st = random_bytes(s->keys, sizeof s->keys);
	if (st == ST_OK)
		st = deal(s, &ledger, why_out);
	if (st != ST_OK)
		return st;
	return m->facts.is_plan ? mend_take(m, &ledger) : write_parts(s, why_out);
}
