/* This file finds blocks and pages by what they say of themselves. */
#include "salvage/sweep.h"

#include "base/cursor.h"
#include "check/block_kind.h"
#include "check/kept_blocks.h"
#include "check/tree_walk.h"
#include "pst/ndb/crc.h"

#include <string.h>

enum {
	JOB_BYTES = 1 << 20,
	READ_MIN = 4096, /* what a device refuses is looked for in pieces of this */
	BLOCK_ROWS = 64, /* of a chunk */
	PAGE_ROWS = 16,
	TASTED = 4, /* pieces of JOB_BYTES */
	VOTES_MIN = 16,
	VOTES_AHEAD = 4, /* times as many as the next */
};

#define SCRATCH_MIN ((size_t)64 << 20)
#define SCRATCH_MAX ((size_t)1 << 30)

/* What a job finds, from the end of its range to the start. */
struct block_chunk {
	struct block_chunk *before;
	size_t n;
	struct block_fact rows[BLOCK_ROWS];
};

struct page_chunk {
	struct page_chunk *before;
	size_t n;
	struct swept_page rows[PAGE_ROWS];
};

struct job {
	struct block_chunk *blocks; /* the last ones */
	struct page_chunk *pages;
	bool out_of_memory;
};

struct sweeper {
	const struct sweep_options *options;
	struct job *jobs;
	uint8_t *buffers[CHECK_WIDTH_MAX]; /* JOB_BYTES + BLOCK_EXTENT_MAX each */
	struct arena *arenas[CHECK_WIDTH_MAX];
	uint64_t done; /* atomic, as is `cancelled` */
	bool cancelled;
};

/* The bytes at hand: `bytes` begins at offset `at` of the store. */
struct piece {
	const struct variant *v;
	struct view bytes;
	uint64_t at;
	struct arena *arena;
	struct job *job;
	struct kept_blocks *kept;
};

static struct view part(const struct piece *p, uint64_t at, uint64_t len)
{
	struct cursor c = cursor_of(p->bytes);

	cursor_seek(&c, at >= p->at && at - p->at <= p->bytes.len ? (size_t)(at - p->at) : SIZE_MAX);
	return cursor_take(&c, (size_t)len);
}

static void keep_block(struct piece *p, const struct block_fact *found)
{
	struct block_chunk *last = p->job->blocks;

	if (!last || last->n == BLOCK_ROWS) {
		last = arena_alloc(p->arena, sizeof *last);
		if (!last) {
			p->job->out_of_memory = true;
			return;
		}
		last->before = p->job->blocks;
		p->job->blocks = last;
	}
	last->rows[last->n++] = *found;
}

static void keep_page(struct piece *p, const struct swept_page *found)
{
	struct page_chunk *last = p->job->pages;

	if (!last || last->n == PAGE_ROWS) {
		last = arena_alloc(p->arena, sizeof *last);
		if (!last) {
			p->job->out_of_memory = true;
			return;
		}
		last->before = p->job->pages;
		p->job->pages = last;
	}
	last->rows[last->n++] = *found;
}

static uint64_t struct_len(const struct variant *v, uint64_t type, uint64_t level)
{
	if (level)
		return v->index_entry_len;
	return type == PAGE_BBT ? v->bbt_entry_len : v->nbt_entry_len;
}

/* Of every kind of entry the key comes first. In a page whose checksum does
 * not hold some entries may be none: the rest ascends without them. */
static bool take_keys(const struct variant *v, struct view page, struct swept_page *out)
{
	uint64_t mask = out->type == PAGE_BBT ? ~(uint64_t)1 : UINT64_MAX;
	unsigned n = 0;

	for (uint64_t i = 0; i < out->n; i++) {
		struct btree_index_entry e;

		if (!btree_index_at(v, page, out->entry_len, i, &e))
			return false;
		e.key &= mask;
		if (e.key == 0 || (n > 0 && e.key <= out->last)) {
			if (!(out->marks & SWEPT_BAD_CRC))
				return false;
			continue;
		}
		out->first = n++ ? out->first : e.key;
		out->last = e.key;
	}
	return n > 0;
}

/* False when no page ends there. The types come first: they are what is mostly missing. */
static bool take_page(struct piece *p, uint64_t end)
{
	const struct variant *v = p->v;
	uint64_t at = end - v->page_len;
	struct view page = part(p, at, v->page_len);
	struct cursor c = cursor_of(page);
	struct page_trailer t;
	struct btree_page counters;
	struct swept_page found;
	uint8_t type;

	cursor_skip(&c, (size_t)v->page_len - v->page_trailer_len);
	type = cursor_u8(&c);
	if ((type != PAGE_BBT && type != PAGE_NBT) || cursor_u8(&c) != type)
		return false;
	if (!page_trailer_decode(v, page, &t) ||
	    t.signature != variant_signature((struct ib){ at }, (struct bid){ t.bid }) ||
	    !btree_page_decode(v, page, &counters) || counters.n == 0 || counters.level >= TREE_LEVELS_MAX ||
	    counters.entry_len < struct_len(v, type, counters.level) ||
	    counters.n * counters.entry_len > v->entries_len)
		return false;
	found = (struct swept_page){
		.at = at,
		.bid = t.bid,
		.n = (uint16_t)counters.n,
		.type = type,
		.level = (uint8_t)counters.level,
		.entry_len = (uint8_t)counters.entry_len,
		.marks = t.crc == page_crc(v, page) ? 0 : SWEPT_BAD_CRC,
	};
	if (!take_keys(v, page, &found))
		return false;
	found.low = found.first;
	found.high = found.last + 1;
	keep_page(p, &found);
	return !(found.marks & SWEPT_BAD_CRC);
}

struct trailer {
	uint64_t len, signature, crc, bid, len_inflated;
};

/* The same as block_trailer_decode(), which is too slow to be asked at every 64th byte. */
static struct trailer trailer_at(const struct piece *p, uint64_t end)
{
	struct cursor c = cursor_of(part(p, end - p->v->block_trailer_len, p->v->block_trailer_len));
	struct trailer t = { .len = cursor_u16le(&c), .signature = cursor_u16le(&c) };

	if (p->v->id_width == 4) {
		t.bid = cursor_u32le(&c);
		t.crc = cursor_u32le(&c);
		return t;
	}
	t.crc = cursor_u32le(&c);
	t.bid = cursor_u64le(&c);
	if (p->v->may_compress) {
		cursor_skip(&c, 2);
		t.len_inflated = cursor_u16le(&c);
	}
	return t;
}

static void note_kind(const struct piece *p, struct block_fact *block, struct view stored)
{
	uint8_t inflated[BLOCK_EXTENT_MAX];
	struct view data = block_inflate(p->v, stored, block->len_inflated, inflated);

	if (!block_kind_note(p->v, block, data))
		block->state |= BLOCK_BAD_TREE;
	else if (p->kept)
		block->holders = kept_blocks_add(p->kept, data);
}

/* Where the block that ends there begins; 0 when none does, or it is damaged. */
static uint64_t take_block(struct piece *p, uint64_t end)
{
	const struct variant *v = p->v;
	struct trailer t = trailer_at(p, end);
	uint64_t extent, at;
	struct block_fact found;
	struct view stored;

	if (t.len == 0 || t.len > v->block_data_max || t.bid < 2)
		return 0;
	extent = variant_block_extent(v, (uint32_t)t.len);
	if (extent > end || end - extent < v->first_amap)
		return 0;
	at = end - extent;
	if (t.signature != variant_signature((struct ib){ at }, (struct bid){ t.bid }))
		return 0;
	stored = part(p, at, t.len);
	if (stored.len == 0)
		return 0;
	found = (struct block_fact){
		.bid = bid_clean((struct bid){ t.bid }).v,
		.at = at,
		.len = (uint16_t)t.len,
		.len_inflated = (uint16_t)t.len_inflated,
		.state = t.crc == pst_crc(stored) ? 0 : BLOCK_BAD_CRC,
	};
	if (!found.state && bid_is_internal((struct bid){ found.bid }))
		note_kind(p, &found, stored);
	keep_block(p, &found);
	return found.state & BLOCK_BAD_CRC ? 0 : at;
}

/* From the end to the start, because a block that holds proves that nothing
 * else ends inside it: most places are never looked at. */
static void look_through(struct piece *p, uint64_t from, uint64_t to)
{
	uint64_t align = p->v->block_align, end = to / align * align;

	while (end > from && end > p->v->first_amap) {
		uint64_t at;

		if (end % p->v->page_len == 0 && take_page(p, end)) {
			end -= p->v->page_len;
			continue;
		}
		at = take_block(p, end);
		end = at ? at : end - align;
	}
}

/* What the device refuses is zeros. */
static void read_all(const struct image *image, uint64_t at, uint8_t *to, size_t len)
{
	if (image_read(image, at, to, len) == ST_OK)
		return;
	for (size_t i = 0; i < len; i += READ_MIN) {
		size_t n = len - i < READ_MIN ? len - i : READ_MIN;

		if (image_read(image, at + i, to + i, n) != ST_OK)
			memset(to + i, 0, n);
	}
}

static void look_at(struct piece *p, const struct image *image, uint8_t *buffer, size_t index)
{
	uint64_t from = (uint64_t)index * JOB_BYTES, to = from + JOB_BYTES;
	uint64_t before = from < BLOCK_EXTENT_MAX ? from : BLOCK_EXTENT_MAX;

	to = to < image->size ? to : image->size;
	p->at = from - before;
	p->bytes = view_of(buffer, (size_t)(to - p->at));
	read_all(image, p->at, buffer, p->bytes.len);
	look_through(p, from, to);
}

static bool goes_on(struct sweeper *s, unsigned worker, uint64_t more)
{
	const struct sweep_options *o = s->options;
	uint64_t done = __atomic_add_fetch(&s->done, more, __ATOMIC_RELAXED), total = o->image->size;

	if (worker == 0 && o->tick && !o->tick(o->context, done < total ? done : total, total))
		__atomic_store_n(&s->cancelled, true, __ATOMIC_RELAXED);
	return !__atomic_load_n(&s->cancelled, __ATOMIC_RELAXED);
}

static void job(void *context, unsigned worker, size_t index)
{
	struct sweeper *s = context;
	struct piece p = {
		.v = s->options->variant,
		.arena = s->arenas[worker],
		.job = &s->jobs[index],
		.kept = s->options->kept,
	};

	if (goes_on(s, worker, JOB_BYTES))
		look_at(&p, s->options->image, s->buffers[worker], index);
}

static enum status make_room(struct arena *arena, const struct sweeper *s, size_t n_jobs, struct swept *out)
{
	size_t n_blocks = 0, n_pages = 0;

	for (size_t i = 0; i < n_jobs; i++) {
		if (s->jobs[i].out_of_memory)
			return ST_NOMEM;
		for (const struct block_chunk *c = s->jobs[i].blocks; c; c = c->before)
			n_blocks += c->n;
		for (const struct page_chunk *c = s->jobs[i].pages; c; c = c->before)
			n_pages += c->n;
	}
	out->blocks = arena_array(arena, n_blocks, sizeof *out->blocks);
	out->pages = arena_array(arena, n_pages, sizeof *out->pages);
	return out->blocks && out->pages ? ST_OK : ST_NOMEM;
}

/* Chunks, and what is in them, stand in descending order. */
static enum status collect(struct arena *arena, const struct sweeper *s, size_t n_jobs, struct swept *out)
{
	enum status st = make_room(arena, s, n_jobs, out);

	for (size_t i = 0; st == ST_OK && i < n_jobs; i++) {
		for (const struct block_chunk *c = s->jobs[i].blocks; c; c = c->before)
			for (size_t k = c->n; k-- > 0;)
				out->blocks[out->n_blocks++] = c->rows[k];
		for (const struct page_chunk *c = s->jobs[i].pages; c; c = c->before)
			for (size_t k = c->n; k-- > 0;)
				out->pages[out->n_pages++] = c->rows[k];
	}
	return st;
}

static size_t scratch_cap(uint64_t size)
{
	uint64_t cap = size / 4 + SCRATCH_MIN;

	return cap < SCRATCH_MAX ? (size_t)cap : SCRATCH_MAX;
}

static enum status make_desks(struct sweeper *s, struct arena *scratch, size_t n_jobs)
{
	s->jobs = arena_array(scratch, n_jobs, sizeof *s->jobs);
	for (unsigned i = 0; i < s->options->runner->width; i++) {
		s->arenas[i] = arena_new(scratch_cap(s->options->image->size));
		s->buffers[i] = arena_alloc(scratch, JOB_BYTES + BLOCK_EXTENT_MAX);
		if (!s->arenas[i] || !s->buffers[i])
			return ST_NOMEM;
	}
	return s->jobs ? ST_OK : ST_NOMEM;
}

enum status sweep_store(struct arena *arena, const struct sweep_options *options, struct swept *out)
{
	struct sweeper s = { .options = options };
	struct arena *scratch = arena_new(scratch_cap(options->image->size));
	size_t n_jobs = (size_t)((options->image->size + JOB_BYTES - 1) / JOB_BYTES);
	enum status st = scratch ? make_desks(&s, scratch, n_jobs) : ST_NOMEM;

	*out = (struct swept){ 0 };
	if (st == ST_OK)
		options->runner->run(options->runner->context, n_jobs, job, &s);
	if (st == ST_OK && s.cancelled)
		st = ST_CANCEL;
	if (st == ST_OK)
		st = collect(arena, &s, n_jobs, out);
	for (unsigned i = 0; i < options->runner->width; i++)
		arena_drop(&s.arenas[i]);
	arena_drop(&scratch);
	return st;
}

/* Sound blocks and pages that a job found from there on. */
static uint64_t count_sound(const struct job *job, uint64_t from)
{
	uint64_t n = 0;

	for (const struct block_chunk *c = job->blocks; c; c = c->before)
		for (size_t i = 0; i < c->n; i++)
			n += !(c->rows[i].state & BLOCK_BAD_CRC) && c->rows[i].at >= from;
	for (const struct page_chunk *c = job->pages; c; c = c->before)
		for (size_t i = 0; i < c->n; i++)
			n += !(c->rows[i].marks & SWEPT_BAD_CRC) && c->rows[i].at >= from;
	return n;
}

static enum status count_votes(const struct image *image, struct arena *scratch, uint8_t *buffer,
			       const struct variant **out)
{
	size_t n_jobs = (size_t)((image->size + JOB_BYTES - 1) / JOB_BYTES);
	uint64_t votes[VARIANT_COUNT] = { 0 };
	int best = 0;

	for (size_t i = 0; i < n_jobs; i++) {
		uint64_t next = 0;

		for (int kind = 0; kind < VARIANT_COUNT; kind++) {
			struct job found = { 0 };
			struct piece p = { .v = variant_of((enum variant_kind)kind),
					   .arena = scratch,
					   .job = &found };

			look_at(&p, image, buffer, i);
			if (found.out_of_memory)
				return ST_NOMEM;
			votes[kind] += count_sound(&found, 0);
			arena_clear(scratch);
		}
		for (int kind = 0; kind < VARIANT_COUNT; kind++)
			best = votes[kind] > votes[best] ? kind : best;
		for (int kind = 0; kind < VARIANT_COUNT; kind++)
			next = kind != best && votes[kind] > next ? votes[kind] : next;
		if (votes[best] >= VOTES_MIN && votes[best] >= VOTES_AHEAD * next)
			break;
	}
	*out = votes[best] ? variant_of((enum variant_kind)best) : NULL;
	return ST_OK;
}

enum status sweep_vote(const struct image *image, const struct variant **out)
{
	struct arena *scratch = arena_new(SCRATCH_MIN), *kept = arena_new(2 * (JOB_BYTES + BLOCK_EXTENT_MAX));
	uint8_t *buffer = kept ? arena_alloc(kept, JOB_BYTES + BLOCK_EXTENT_MAX) : NULL;
	enum status st = scratch && buffer ? count_votes(image, scratch, buffer, out) : ST_NOMEM;

	arena_drop(&scratch);
	arena_drop(&kept);
	return st;
}

enum status sweep_taste(const struct image *image, const struct variant *variant, uint64_t from,
			uint64_t *n_out)
{
	struct arena *scratch = arena_new(SCRATCH_MIN), *kept = arena_new(2 * (JOB_BYTES + BLOCK_EXTENT_MAX));
	uint8_t *buffer = kept ? arena_alloc(kept, JOB_BYTES + BLOCK_EXTENT_MAX) : NULL;
	size_t first = (size_t)(from / JOB_BYTES);
	enum status st = scratch && buffer ? ST_OK : ST_NOMEM;

	*n_out = 0;
	for (size_t i = first; st == ST_OK && i < first + TASTED && (uint64_t)i * JOB_BYTES < image->size;
	     i++) {
		struct job found = { 0 };
		struct piece p = { .v = variant, .arena = scratch, .job = &found };

		look_at(&p, image, buffer, i);
		st = found.out_of_memory ? ST_NOMEM : ST_OK;
		*n_out += count_sound(&found, from);
		arena_clear(scratch);
	}
	arena_drop(&scratch);
	arena_drop(&kept);
	return st;
}
