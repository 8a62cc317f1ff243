/* This file makes plans: stage after stage proposes steps, and each step is tried on paper.
 *
 * A stage's steps are tried together; when they do not hold they are tried one
 * by one. What held becomes the store that the next stage sees, so that what a
 * mended page uncovers is mended too.
 */
#include "plan/plan.h"

#include "base/checked.h"
#include "plan/mender.h"
#include "plan/ordering.h"
#include "pst/ndb/crc.h"

#include <string.h>

enum { TRIES_MAX = 6, SINGLES_MAX = 48 };

struct stage {
	const char *what;
	void (*propose)(struct mender *m);
};

/* From what everything hangs on to what is counted last. */
static const struct stage stages[] = {
	{ "the header", mend_header },       { "the trees' pages", mend_trees },
	{ "blocks' trailers", mend_blocks }, { "reference counts", mend_references },
	{ "lists of blocks", mend_lists },   { "tables' row indexes", mend_indexes },
	{ "rows of folders", mend_rows },    { "folders' counters", mend_counts },
	{ "maps and counters", mend_maps },
};

/* A check of one state of the store, with the memory it lives in. */
struct judged {
	struct arena *arena;
	struct check_facts *facts;
	struct finding_sink *findings;
};

struct planner {
	struct arena *arena; /* of the plan */
	const struct plan_options *options;
	const struct image *original;
	struct overlay *accepted;
	struct judged now;
	struct draft_step **steps; /* those that held */
	size_t n_steps, room;
	unsigned n_rejected;
	uint64_t unique;
};

const char *plan_class_name(enum plan_class class)
{
	static const char *const names[] = { "lossless", "lossy", "rebuild" };

	return names[class];
}

static enum status judge(struct planner *p, const struct image *image, struct judged *out)
{
	struct check_options options = p->options->check;
	enum status st;

	options.quick = false;
	*out = (struct judged){ .arena = arena_new(p->options->check_cap) };
	if (!out->arena)
		return ST_NOMEM;
	out->findings = finding_sink_new(out->arena);
	st = out->findings ? check_store(out->arena, image, &options, out->findings, &out->facts) : ST_NOMEM;
	if (st == ST_OK && finding_sink_failed(out->findings))
		st = ST_NOMEM;
	return st;
}

/* The store shows more than it did: more of it could be read. */
static bool shows_more(const struct check_facts *before, const struct check_facts *after)
{
	return (after->have & ~before->have) != 0 || after->bbt_whole > before->bbt_whole ||
	       after->nbt_whole > before->nbt_whole || after->n_nodes > before->n_nodes ||
	       after->n_blocks > before->n_blocks;
}

static bool shows_less(const struct check_facts *before, const struct check_facts *after)
{
	return (before->have & ~after->have) != 0 || after->bbt_whole < before->bbt_whole ||
	       after->nbt_whole < before->nbt_whole || after->n_nodes < before->n_nodes ||
	       after->n_blocks < before->n_blocks;
}

/* What a tree that is not the right one would show. */
static bool contradicts(enum code code)
{
	static const enum code codes[] = {
		CODE_STORE_BLOCK_REFS_WRONG,    CODE_STORE_BLOCK_MISSING,
		CODE_STORE_BLOCK_HELD_TWO_WAYS, CODE_STORE_BLOCK_PLACE_WRONG,
		CODE_STORE_BLOCK_SIZE_WRONG,    CODE_STORE_BLOCK_TRAILER_WRONG,
		CODE_STORE_BLOCK_LISTED_TWICE,  CODE_STORE_NODE_NID_WRONG,
		CODE_STORE_NODE_PARENT_WRONG,   CODE_STORE_NODE_PARENTS_LOOPED,
		CODE_STORE_MESSAGE_ORPHANED,    CODE_STORE_HIERARCHY_WRONG,
		CODE_STORE_CONTENTS_WRONG,      CODE_STORE_MESSAGE_LISTED_TWICE,
		CODE_STORE_EXTENTS_OVERLAP,     CODE_STORE_FOLDER_TABLE_MISSING,
		CODE_STORE_OBJECT_MISPLACED,    CODE_STORE_HEAP_CLIENT_WRONG,
		CODE_STORE_TABLE_ROW_STALE,     CODE_STORE_ROOT_UNUSABLE,
		CODE_STORE_NODE_EMPTY,          CODE_STORE_MAP_LIVE_FREE,
	};

	for (size_t i = 0; i < COUNT_OF(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static bool targets_are_gone(const struct draft_step *step, const struct finding_sink *after)
{
	for (const struct step_target *t = step->targets; t; t = t->next)
		if (finding_find(after, t->key))
			return false;
	return step->targets != NULL;
}

/* Nothing of warning or worse that was not there, but for what was out of sight. */
static bool nothing_is_new(const struct judged *before, const struct judged *after, bool strict)
{
	bool uncovers = shows_more(before->facts, after->facts);

	for (size_t i = 0; i < finding_count(after->findings); i++) {
		const struct finding *f = finding_at(after->findings, i);

		if (f->severity < SEVERITY_WARNING || finding_find(before->findings, f->key))
			continue;
		if (!uncovers || (strict && contradicts(f->code)))
			return false;
	}
	return !strict || after->facts->have & FACT_REFERENCES;
}

static bool holds(const struct judged *before, const struct judged *after, struct draft_step *const *steps,
		  size_t n)
{
	bool strict = false;

	if (shows_less(before->facts, after->facts))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!targets_are_gone(steps[i], after->findings))
			return false;
		strict = strict || steps[i]->is_strict;
	}
	return nothing_is_new(before, after, strict);
}

static enum status lay(struct overlay *draft, const struct draft_step *step)
{
	enum status st = ST_OK;

	for (const struct step_write *w = step->first; st == ST_OK && w; w = w->next)
		st = overlay_write(draft, w->at, w->bytes);
	return st;
}

static enum status keep_step(struct planner *p, struct draft_step *step)
{
	struct draft_step **rows =
		arena_grown(p->arena, p->steps, p->n_steps, &p->room, sizeof(struct draft_step *));

	if (!rows)
		return ST_NOMEM;
	p->steps = rows;
	p->steps[p->n_steps++] = step;
	return ST_OK;
}

/* Tries steps over what held so far; what holds is kept. */
static enum status try_steps(struct planner *p, struct draft_step *const *steps, size_t n, bool *held_out)
{
	struct arena *scratch = arena_new(p->options->check_cap);
	struct overlay *draft = scratch ? overlay_new(scratch, overlay_image(p->accepted)) : NULL;
	struct judged after = { 0 };
	enum status st = draft ? ST_OK : ST_NOMEM;

	*held_out = false;
	for (size_t i = 0; st == ST_OK && i < n; i++)
		st = lay(draft, steps[i]);
	if (st == ST_OK)
		st = judge(p, overlay_image(draft), &after);
	*held_out = st == ST_OK && holds(&p->now, &after, steps, n);
	if (*held_out) {
		st = overlay_merge(p->accepted, draft);
		for (size_t i = 0; st == ST_OK && i < n; i++)
			st = keep_step(p, steps[i]);
		arena_drop(&p->now.arena);
		p->now = after;
		p->now.facts->image = overlay_image(p->accepted);
		after.arena = NULL;
	}
	arena_drop(&after.arena);
	arena_drop(&scratch);
	return st;
}

static enum status propose(struct planner *p, const struct stage *stage, struct mender *m)
{
	struct arena *scratch = arena_new(p->options->check_cap);
	size_t n = 0;

	*m = (struct mender){ .arena = p->arena,
			      .facts = p->now.facts,
			      .findings = p->now.findings,
			      .unique_before = p->unique };
	m->draft = scratch ? overlay_new(scratch, overlay_image(p->accepted)) : NULL;
	if (!m->draft)
		m->status = ST_NOMEM;
	else
		stage->propose(m);
	arena_drop(&scratch);
	/* A step that changes nothing, or answers nothing, is none. */
	for (size_t i = 0; i < m->n_steps; i++)
		if (m->steps[i]->first && m->steps[i]->targets)
			m->steps[n++] = m->steps[i];
	m->n_steps = n;
	return m->status;
}

static enum status try_singly(struct planner *p, const struct mender *m, bool *any_out)
{
	enum status st = ST_OK;
	size_t n = m->n_steps < SINGLES_MAX ? m->n_steps : SINGLES_MAX;

	*any_out = false;
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		bool held = false;

		st = m->n_steps > 1 ? try_steps(p, &m->steps[i], 1, &held) : ST_OK;
		p->n_rejected += !held;
		*any_out = *any_out || held;
	}
	return st;
}

static enum status run_stage(struct planner *p, const struct stage *stage)
{
	struct mender *m = arena_alloc(p->arena, sizeof *m);
	enum status st = m ? ST_OK : ST_NOMEM;
	bool held = true;

	for (unsigned i = 0; st == ST_OK && held && i < TRIES_MAX; i++) {
		st = propose(p, stage, m);
		if (st != ST_OK || m->n_steps == 0)
			break;
		if (p->options->stage)
			p->options->stage(p->options->context, stage->what);
		st = try_steps(p, m->steps, m->n_steps, &held);
		if (st == ST_OK && !held)
			st = try_singly(p, m, &held);
	}
	return st;
}

/* Stores that are never written, whatever is wrong with them. */
static const char *refusal_of(const struct check_facts *facts)
{
	if (facts->not_a_store)
		return "the file is no Outlook store";
	if (facts->variant && facts->variant->kind == VARIANT_UNICODE_4K)
		return "a store with pages of 4 KiB is a copy of a mailbox on a server and is never "
		       "written in place";
	if (facts->have & FACT_HEADER && facts->header.crypt_method == 0x10)
		return "a store under Windows' protection is never written in place";
	if (facts->have & FACT_HEADER && facts->header.file_eof > facts->image->size)
		return "a part of the file is missing: nothing in place can bring it back";
	return NULL;
}

static enum status crc_of(const struct image *image, uint64_t at, uint64_t len, uint32_t *out)
{
	uint8_t bytes[OVERLAY_SECTOR];
	enum status st = ST_OK;

	*out = 0;
	for (uint64_t done = 0; st == ST_OK && done < len && at + done < image->size;) {
		uint64_t left = image->size - at - done < len - done ? image->size - at - done : len - done;
		size_t part = left < sizeof bytes ? (size_t)left : sizeof bytes;

		st = image_read(image, at + done, bytes, part);
		*out = pst_crc_more(*out, view_of(bytes, part));
		done += part;
	}
	return st;
}

static enum status show(struct planner *p, struct draft_step *step, unsigned id)
{
	struct plan_step *shown = &step->shown;
	enum status st = ST_OK;

	shown->id = id;
	shown->needs = id - 1;
	for (const struct step_write *w = step->first; st == ST_OK && w; w = w->next) {
		struct plan_range range = { .at = w->at, .len = w->bytes.len };

		shown->bytes += w->bytes.len;
		if (shown->n_ranges++ >= PLAN_RANGES_SHOWN)
			continue;
		st = crc_of(p->original, range.at, range.len, &range.old_crc);
		if (st == ST_OK)
			st = crc_of(overlay_image(p->accepted), range.at, range.len, &range.new_crc);
		shown->ranges[shown->n_ranges - 1] = range;
	}
	return st;
}

static enum status finish(struct planner *p, struct plan *out)
{
	struct plan_step *steps = arena_array(p->arena, p->n_steps + 1, sizeof *steps);
	enum status st = steps ? ST_OK : ST_NOMEM;

	for (size_t i = 0; st == ST_OK && i < p->n_steps; i++) {
		st = show(p, p->steps[i], (unsigned)i + 1);
		steps[i] = p->steps[i]->shown;
	}
	out->steps = steps;
	out->n_steps = p->n_steps;
	out->n_rejected = p->n_rejected;
	if (st == ST_OK && p->n_steps)
		st = ordering_edits(p->arena, p->original, p->accepted, p->now.facts, &out->edits);
	return st;
}

/* Findings outlive the check that made them. */
static enum status keep_findings(struct planner *p, const struct judged *judged, struct finding_sink **out)
{
	*out = finding_sink_new(p->arena);
	if (!*out)
		return ST_NOMEM;
	return finding_sink_append(*out, judged->findings);
}

static enum status make(struct planner *p, struct plan *out)
{
	enum status st = judge(p, p->original, &p->now);

	if (st == ST_OK)
		st = keep_findings(p, &p->now, &out->before);
	if (st != ST_OK)
		return st;
	p->unique = p->now.facts->header.unique;
	out->refusal = refusal_of(p->now.facts);
	out->is_refused = out->refusal != NULL;
	for (size_t i = 0; st == ST_OK && !out->is_refused && i < COUNT_OF(stages); i++)
		st = run_stage(p, &stages[i]);
	if (st == ST_OK)
		st = keep_findings(p, &p->now, &out->after);
	return st == ST_OK ? finish(p, out) : st;
}

enum status plan_store(struct arena *arena, const struct image *image, const struct plan_options *options,
		       struct plan *out)
{
	struct planner p = { .arena = arena, .options = options, .original = image };
	enum status st = ST_NOMEM;

	*out = (struct plan){ 0 };
	p.accepted = overlay_new(arena, image);
	if (p.accepted)
		st = make(&p, out);
	arena_drop(&p.now.arena);
	return st;
}
