/* This file is the pass that reads every block once, in the order of the file.
 *
 * Tests: P51, P52, P54.
 * Gathers: the state of every block.
 * Relies on: blocks and their order by place.
 *
 * Jobs mark blocks and nothing else, so two of them never touch one thing; what
 * was marked is reported afterwards in the order of places, with evidence read
 * again. One core and many give the same report.
 */
#include "check/block_kind.h"
#include "check/kept_blocks.h"
#include "check/pass.h"

#include "base/checked.h"
#include "pst/ndb/crypt.h"

enum {
	RUN_MAX = 1 << 17,    /* bytes read at once */
	GAP_MAX = 16 << 10,   /* bytes of no interest that are read along */
	JOB_BYTES = 16 << 20, /* about, of blocks */
	SCRATCH_MAX = 64 << 20,
};

struct job {
	uint32_t first, end; /* in by_place */
};

struct content {
	struct pass_context *pass;
	struct check_facts *facts;
	struct arena *scratch; /* of this pass alone */
	struct job *jobs;
	size_t n_jobs, room_jobs;
	uint8_t *buffers[CHECK_WIDTH_MAX]; /* RUN_MAX + BLOCK_EXTENT_MAX each */
};

static struct block_fact *at_place(const struct content *c, uint32_t place)
{
	return &c->facts->blocks[c->facts->by_place[place]];
}

static uint64_t extent_len(const struct content *c, const struct block_fact *b)
{
	return variant_block_extent(c->facts->variant, b->len);
}

static struct block_place place_of(const struct block_fact *b)
{
	return (struct block_place){ { b->bid }, { b->at }, b->len, b->len_inflated };
}

static void judge_internal(const struct content *c, struct block_fact *b, struct view stored)
{
	uint8_t inflated[BLOCK_EXTENT_MAX];
	struct view data = block_inflate(c->facts->variant, stored, b->len_inflated, inflated);

	if (block_kind_note(c->facts->variant, b, data))
		kept_blocks_put(c->facts, b, data);
	else
		b->state |= BLOCK_BAD_TREE;
}

static bool is_packed(const struct content *c, const struct block_fact *b)
{
	return c->facts->variant->may_compress && b->len != b->len_inflated &&
	       c->facts->header.crypt_method != CRYPT_WIP;
}

/* A packed block whose checksum holds and that cannot be unpacked was spoilt before it was written. */
static void judge_stream(const struct content *c, struct block_fact *b, struct view stored)
{
	uint8_t inflated[BLOCK_EXTENT_MAX];

	if (is_packed(c, b) &&
	    block_inflate(c->facts->variant, stored, b->len_inflated, inflated).len != b->len_inflated)
		b->state |= BLOCK_BAD_CRC;
}

static void judge(const struct content *c, struct block_fact *b, struct view extent)
{
	struct block_place place = place_of(b);
	unsigned faults = block_faults(c->facts->variant, extent, &place);

	if (faults & (unsigned)~BLOCK_FAULT_CRC)
		b->state |= BLOCK_BAD_TRAILER;
	if (faults & BLOCK_FAULT_CRC)
		b->state |= BLOCK_BAD_CRC;
	if (faults == 0 && !bid_is_internal(place.bid))
		judge_stream(c, b, view_of(extent.at, b->len)); /* P52 */
	if (faults == 0 && bid_is_internal(place.bid))
		judge_internal(c, b, view_of(extent.at, b->len)); /* P54 */
}

/* One by one, where the device refused a run: the bad place is one block's. */
static void read_singly(struct content *c, unsigned worker, uint32_t first, uint32_t end)
{
	for (uint32_t i = first; i < end; i++) {
		struct block_fact *b = at_place(c, i);
		size_t len = (size_t)extent_len(c, b);

		if (b->state & BLOCK_BAD_PLACE)
			continue;
		if (image_read(c->facts->image, b->at, c->buffers[worker], len) == ST_OK)
			judge(c, b, view_of(c->buffers[worker], len));
		else
			b->state |= BLOCK_UNREADABLE;
	}
}

/* The first block behind `first` that does not belong to its run; *from_out and
 * *to_out are the run's bytes. */
static uint32_t run_end(const struct content *c, uint32_t first, uint32_t end, uint64_t *from_out,
			uint64_t *to_out)
{
	uint64_t from = at_place(c, first)->at, to = from + extent_len(c, at_place(c, first));
	uint32_t i = first + 1;

	for (; i < end; i++) {
		const struct block_fact *b = at_place(c, i);
		uint64_t last = b->at + extent_len(c, b);

		if (b->state & BLOCK_BAD_PLACE)
			break;
		if (b->at > to + GAP_MAX || last - from > RUN_MAX)
			break;
		to = last > to ? last : to;
	}
	*from_out = from;
	*to_out = to;
	return i;
}

static void job(void *context, unsigned worker, size_t index)
{
	struct content *c = context;
	uint32_t i = c->jobs[index].first, end = c->jobs[index].end;

	while (i < end) {
		uint64_t from, to;
		uint32_t stop;

		if (at_place(c, i)->state & BLOCK_BAD_PLACE) {
			i++;
			continue;
		}
		stop = run_end(c, i, end, &from, &to);
		if (!pass_goes_on(c->pass, worker, to - from))
			return;
		if (image_read(c->facts->image, from, c->buffers[worker], (size_t)(to - from)) != ST_OK) {
			read_singly(c, worker, i, stop);
			i = stop;
			continue;
		}
		for (; i < stop; i++) {
			struct block_fact *b = at_place(c, i);

			judge(c, b, view_of(c->buffers[worker] + (b->at - from), (size_t)extent_len(c, b)));
		}
	}
}

static enum status cut_jobs(struct content *c)
{
	size_t n = c->facts->n_blocks;
	uint64_t bytes = 0;
	struct job next = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		bytes += extent_len(c, at_place(c, (uint32_t)i));
	c->room_jobs = (size_t)(bytes / JOB_BYTES) + 1;
	c->jobs = arena_array(c->scratch, c->room_jobs, sizeof *c->jobs);
	if (!c->jobs)
		return ST_NOMEM;
	bytes = 0;
	for (size_t i = 0; i < n; i++) {
		bytes += extent_len(c, at_place(c, (uint32_t)i));
		next.end = (uint32_t)i + 1;
		if (bytes < JOB_BYTES && i + 1 < n)
			continue;
		c->jobs[c->n_jobs++] = next;
		next.first = next.end;
		bytes = 0;
	}
	return ST_OK;
}

static void evidence_of_trailer(struct content *c, struct finding *f, const struct block_fact *b,
				struct view extent)
{
	struct block_trailer t;

	if (!block_trailer_decode(c->facts->variant, extent, &t))
		return;
	pass_evidence_pair(c->pass, f, "cb", t.len, b->len);
	pass_evidence_pair(c->pass, f, "trailer_bid", t.bid, b->bid);
	pass_evidence_pair(c->pass, f, "wSig", t.signature,
			   variant_signature((struct ib){ b->at }, (struct bid){ b->bid }));
}

static void report_block(struct content *c, const struct block_fact *b)
{
	static const struct {
		unsigned bit;
		enum code code;
	} rows[] = {
		{ BLOCK_UNREADABLE, CODE_STORE_FILE_UNREADABLE },
		{ BLOCK_BAD_TRAILER, CODE_STORE_BLOCK_TRAILER_WRONG },
		{ BLOCK_BAD_CRC, CODE_STORE_BLOCK_CHECKSUM_WRONG },
		{ BLOCK_BAD_TREE, CODE_STORE_BLOCK_KIND_WRONG },
	};
	uint8_t *buffer = c->buffers[0];
	size_t len = (size_t)extent_len(c, b);
	bool is_there = image_read(c->facts->image, b->at, buffer, len) == ST_OK;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct finding *f;

		if (!(b->state & rows[i].bit))
			continue;
		f = pass_report_at(c->pass, rows[i].code, b->at);
		pass_evidence_hex(c->pass, f, "bid", b->bid);
		if (rows[i].bit == BLOCK_BAD_CRC && is_packed(c, b))
			pass_evidence_pair(c->pass, f, "packed", b->len, b->len_inflated);
		if (is_there && rows[i].bit == BLOCK_BAD_TRAILER)
			evidence_of_trailer(c, f, b, view_of(buffer, len));
	}
}

static enum status make_buffers(struct content *c, unsigned width)
{
	enum status st = c->scratch ? cut_jobs(c) : ST_NOMEM;

	for (unsigned i = 0; st == ST_OK && i < width; i++) {
		c->buffers[i] = arena_alloc(c->scratch, RUN_MAX + BLOCK_EXTENT_MAX);
		if (!c->buffers[i])
			st = ST_NOMEM;
	}
	return st;
}

enum status pass_content(struct pass_context *pass)
{
	struct content c = { .pass = pass, .facts = pass->facts, .scratch = arena_new(SCRATCH_MAX) };
	const struct check_runner *runner = &pass->options->runner;
	enum status st = make_buffers(&c, runner->width);
	unsigned bad = BLOCK_UNREADABLE | BLOCK_BAD_TRAILER | BLOCK_BAD_CRC | BLOCK_BAD_TREE;

	if (st == ST_OK)
		st = kept_blocks_init(pass->arena, pass->facts);
	if (st == ST_OK)
		runner->run(runner->context, c.n_jobs, job, &c);
	if (st == ST_OK && !pass_goes_on(pass, 0, 0))
		st = ST_CANCEL;
	for (size_t i = 0; (st == ST_OK || st == ST_CANCEL) && i < pass->facts->n_blocks; i++)
		if (at_place(&c, (uint32_t)i)->state & bad)
			report_block(&c, at_place(&c, (uint32_t)i));
	arena_drop(&c.scratch);
	if (st == ST_OK)
		pass->facts->have |= FACT_CONTENT;
	return st;
}
