/* This file opens a store for changes, judges what became of it on paper, and makes edits of that. */
#include "edit/change_inner.h"

#include "base/checked.h"
#include "plan/ordering.h"
#include "pst/ndb/maps.h"

#include <string.h>

enum { CRYPT_WIP_VALUE = 0x10 };

static enum status judge(struct change *c, const struct image *image, struct arena **arena,
			 struct finding_sink **sink, struct check_facts **facts)
{
	struct check_options options = c->options->check;
	enum status st;

	options.quick = false;
	*arena = arena_new(c->options->check_cap);
	*sink = *arena ? finding_sink_new(*arena) : NULL;
	if (!*sink)
		return ST_NOMEM;
	st = check_store(*arena, image, &options, *sink, facts);
	return st == ST_OK && finding_sink_failed(*sink) ? ST_NOMEM : st;
}

static bool has_any(const struct finding_sink *sink, const enum code *codes, size_t n)
{
	for (size_t i = 0; i < finding_count(sink); i++)
		for (size_t k = 0; k < n; k++)
			if (finding_at(sink, i)->code == codes[k] &&
			    finding_at(sink, i)->severity >= SEVERITY_WARNING)
				return true;
	return false;
}

/* Free space must be free, every holder known and every counter right before anything can be added. */
static bool is_sound(const struct check_facts *facts, const struct finding_sink *findings)
{
	static const enum code codes[] = {
		CODE_STORE_MAP_LIVE_FREE,      CODE_STORE_MAP_PAGE_DAMAGED,
		CODE_STORE_MAP_SELF_FREE,      CODE_STORE_MAP_BEYOND_END,
		CODE_STORE_BLOCK_REFS_WRONG,   CODE_STORE_BLOCK_COUNTER_LOW,
		CODE_STORE_PAGE_COUNTER_LOW,   CODE_STORE_NODE_MARK_LOW,
		CODE_STORE_UNIQUE_COUNTER_LOW, CODE_STORE_HEADER_CIPHER_WRONG,
		CODE_STORE_EXTENTS_OVERLAP,    CODE_STORE_BLOCK_MISSING,
		CODE_STORE_BLOCK_PLACE_WRONG,  CODE_STORE_BLOCK_TRAILER_WRONG,
		CODE_STORE_FILE_TAIL,          CODE_STORE_HEADER_LAST_MAP_WRONG,
	};
	unsigned need = FACT_VARIANT | FACT_HEADER | FACT_BLOCKS | FACT_NODES | FACT_EXTENTS | FACT_CONTENT |
			FACT_REFERENCES | FACT_OBJECTS | FACT_DECODED | FACT_FOLDERS;

	return (facts->have & need) == need && facts->header_trusted && facts->bbt_whole &&
	       facts->nbt_whole && facts->header.file_eof == facts->image->size &&
	       !has_any(findings, codes, COUNT_OF(codes));
}

static const char *refusal_of(const struct check_facts *facts, const struct finding_sink *findings)
{
	if (facts->not_a_store)
		return "the file is no Outlook store";
	if (facts->variant && facts->variant->kind == VARIANT_UNICODE_4K)
		return "a store with pages of 4 KiB is never written in place; make a PST of it with "
		       "\"postmend store convert\" and change that";
	if (facts->have & FACT_HEADER && facts->header.crypt_method == CRYPT_WIP_VALUE)
		return "a store under Windows' protection is never written in place";
	if (!is_sound(facts, findings))
		return "the store is damaged; mend it first with \"postmend store repair\"";
	return NULL;
}

static enum status start_work(struct change *c, struct check_facts *facts)
{
	struct work *w = &c->work;

	c->work_arena = arena_new(c->options->check_cap);
	c->scratch_arena = arena_new(c->options->check_cap);
	if (!c->work_arena || !c->scratch_arena)
		return ST_NOMEM;
	*w = (struct work){ .arena = c->work_arena, .facts = facts };
	w->draft = overlay_new(w->arena, c->image);
	w->node_marks = arena_array(w->arena, facts->n_nodes + 1, 1);
	w->reader = (struct node_reader){ .facts = facts, .arena = w->arena };
	w->reader.room = arena_alloc(w->arena, NODE_READER_ROOM);
	w->scratch = (struct node_reader){ .facts = facts, .arena = c->scratch_arena };
	w->scratch.room = arena_alloc(w->arena, NODE_READER_ROOM);
	if (!w->draft || !w->node_marks || !w->reader.room || !w->scratch.room)
		return ST_NOMEM;
	facts->image = overlay_image(w->draft);
	/* Copies of blocks are numbered as the blocks of the check are. */
	facts->kept = (struct kept_blocks){ 0 };
	if (facts->variant)
		w->places.sections = maps_sections(facts->variant, c->image->size);
	c->objects.w = w;
	return ST_OK;
}

enum status change_open(struct arena *arena, const struct image *image, const struct change_options *options,
			struct change **out)
{
	struct change *c = arena_alloc(arena, sizeof *c);
	struct check_facts *facts = NULL;
	enum status st;

	*out = c;
	if (!c)
		return ST_NOMEM;
	c->arena = arena;
	c->image = image;
	c->options = options;
	st = judge(c, image, &c->before_arena, &c->before, &facts);
	if (st != ST_OK)
		return st;
	c->refusal = refusal_of(facts, c->before);
	return start_work(c, facts);
}

void change_drop(struct change **change)
{
	struct change *c = *change;

	*change = NULL;
	if (!c)
		return;
	arena_drop(&c->before_arena);
	arena_drop(&c->after_arena);
	arena_drop(&c->work_arena);
	arena_drop(&c->scratch_arena);
}

const char *change_refusal(const struct change *change)
{
	return change->refusal;
}

const char *change_why(const struct change *change)
{
	return change->work.why;
}

struct check_facts *change_facts(struct change *change)
{
	return change->work.facts;
}

static void put_header(struct change *c)
{
	struct work *w = &c->work;
	const struct variant *v = w->facts->variant;
	uint8_t bytes[HEADER_LEN_MAX];
	enum status st =
		work_goes_on(w) ? image_read(overlay_image(w->draft), 0, bytes, v->header_len) : w->status;

	if (st == ST_OK) {
		w->facts->header.unique = (w->facts->header.unique + 1) & UINT32_MAX;
		header_encode(v, &w->facts->header, bytes);
		st = overlay_write(w->draft, 0, view_of(bytes, v->header_len));
	}
	if (st != ST_OK)
		work_fail(w, st, NULL);
}

/* Nothing of warning or worse that was not there, and no more of it than there was. */
static const struct finding *first_new(const struct change *c)
{
	for (size_t i = 0; i < finding_count(c->after); i++) {
		const struct finding *f = finding_at(c->after, i), *old;

		if (f->severity < SEVERITY_WARNING)
			continue;
		old = finding_find(c->before, f->key);
		if (!old || old->count < f->count)
			return f;
	}
	return NULL;
}

static enum status judge_result(struct change *c, struct check_facts **facts_out)
{
	const struct finding *fresh;
	struct work *w = &c->work;
	enum status st;

	if (c->options->stage)
		c->options->stage(c->options->context, "the changed store");
	st = judge(c, overlay_image(w->draft), &c->after_arena, &c->after, facts_out);
	fresh = st == ST_OK ? first_new(c) : NULL;
	if (!fresh)
		return st;
	work_fail(w, ST_USAGE,
		  arena_printf(c->arena,
			       "the changed store would not be sound (%s), so nothing is changed; mend the "
			       "store first with \"postmend store repair\"",
			       fresh->key));
	return w->status;
}

enum status change_end(struct change *c, struct change_result *out)
{
	struct work *w = &c->work;
	enum status st;

	*out = (struct change_result){ 0 };
	if (!c->is_changed || !work_goes_on(w))
		return w->status;
	if (c->has_removed)
		change_forget_ids(c);
	objects_end(&c->objects);
	trees_finish(w);
	places_finish(w);
	put_header(c);
	if (!work_goes_on(w))
		return w->status;
	st = judge_result(c, &out->facts);
	if (st != ST_OK)
		return st;
	out->findings = c->after;
	return ordering_edits(c->arena, c->image, w->draft, out->facts, &out->edits);
}
