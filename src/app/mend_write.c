/* This file writes what a picture shows of a store into a new one that is checked before it gets its name. */
#include "app/mend_write.h"

#include "os/interrupt.h"
#include "os/pool.h"
#include "os/random.h"
#include "os/store_file.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

enum {
	ARENA_BASE = 256 << 20,
	ARENA_TIMES = 5,
	TRIES = 3,
	SUSPECTS_MAX = 4096,
	FOLD_AT = 20,
	/* Where there is less room than that many times the source, what the new store takes is worked out
	 * first.
	 */
	ROOM_TIMES = 4,
	ROOM_BASE = 4 << 20,
};

void mend_span(struct mend *m, double from, double to)
{
	m->from = from;
	m->to = to;
}

bool mend_tick(void *context, uint64_t done, uint64_t total)
{
	struct mend *m = context;
	uint64_t size = store_file_image(m->file)->size;
	double share = total ? (double)done / (double)total : 0.0;

	share = m->from + (m->to - m->from) * (share > 1.0 ? 1.0 : share);
	/* Reading, writing and checking take about as long. */
	progress_tick(&m->progress, (uint64_t)(share * (double)size * 3), size * 3);
	return !interrupt_came();
}

static void run_jobs(void *context, size_t n, check_job *job, void *job_context)
{
	const struct check_runner *runner = context;

	pool_run(runner->width, n, job, job_context);
}

void mend_set_runner(struct check_runner *out)
{
	*out = (struct check_runner){ .run = run_jobs, .width = pool_width() };
}

size_t mend_arena_cap(uint64_t size)
{
	uint64_t most = SIZE_MAX / 2;

	return (size_t)(size > (most - ARENA_BASE) / ARENA_TIMES ? most : ARENA_BASE + size * ARENA_TIMES);
}

static int compare_nids(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

/* "0x200024"; 0 for anything else. */
static uint32_t nid_of(const char *text)
{
	uint32_t nid = 0;

	for (const char *at = text ? text + 2 : ""; *at; at++) {
		bool digit = *at >= '0' && *at <= '9', letter = *at >= 'A' && *at <= 'F';

		if (!digit && !letter)
			return 0;
		nid = nid << 4 | (uint32_t)(digit ? *at - '0' : *at - 'A' + 10);
	}
	return nid;
}

static enum status note_suspect(struct mend *m, const struct finding *f)
{
	uint32_t nid = nid_of(f->subject.node);

	if (!m->suspects)
		m->suspects = arena_array(m->run->arena, SUSPECTS_MAX, sizeof *m->suspects);
	if (!m->suspects)
		return ST_NOMEM;
	if (nid && m->n_suspects < SUSPECTS_MAX)
		m->suspects[m->n_suspects++] = nid;
	return ST_OK;
}

/* What the new store says of itself must be what our own check finds; the first thing that is not is named.
 */
static enum status check_written(struct mend *m, const char *path, const char **why_out)
{
	struct arena *arena;
	struct store_file *file;
	struct finding_sink *sink;
	struct check_facts *facts;
	struct check_runner runner;
	struct check_options options = { .path = path, .tick = mend_tick, .context = m };
	enum status st = store_file_open(path, &file, why_out);
	bool found = false;

	if (st != ST_OK)
		return st;
	mend_set_runner(&runner);
	options.runner = runner;
	options.runner.context = &runner;
	arena = arena_new(mend_arena_cap(store_file_image(file)->size));
	sink = arena ? finding_sink_new(arena) : NULL;
	st = sink ? check_store(arena, store_file_image(file), &options, sink, &facts) : ST_NOMEM;
	for (size_t i = 0; st == ST_OK && i < finding_count(sink); i++) {
		const struct finding *f = finding_at(sink, i);

		if (f->severity < SEVERITY_WARNING)
			continue;
		*why_out = arena_printf(m->run->arena, "%s (%s)", catalogue_row(f->code)->slug,
					f->subject.node ? f->subject.node : "the whole");
		found = true;
		st = note_suspect(m, f);
	}
	if (found && st == ST_OK)
		st = ST_BUG;
	if (m->n_suspects)
		qsort(m->suspects, m->n_suspects, sizeof *m->suspects, compare_nids);
	arena_drop(&arena);
	store_file_close(&file);
	return st;
}
static enum status merge_finding(struct mend *m, const struct finding *f)
{
	struct finding *to = NULL;

	if (!f->is_folded) {
		to = finding_add(m->findings, f->code, &f->subject);
		for (size_t i = 0; i < f->n_evidence && to->n_evidence < f->n_evidence && !to->is_folded; i++)
			finding_evidence(to, f->evidence[i].name, f->evidence[i].found,
					 f->evidence[i].expected, f->evidence[i].trust);
	}
	for (uint64_t i = 0; f->is_folded && i < f->count; i++)
		to = finding_add(m->findings, f->code, &f->subject);
	return finding_sink_failed(m->findings) || !to ? ST_NOMEM : ST_OK;
}

enum status mend_take(struct mend *m, const struct convert_ledger *l)
{
	struct mend_facts *f = &m->facts;
	enum status st = ST_OK;

	f->n_in += l->in;
	f->n_kept += l->kept;
	f->n_recovered += l->recovered;
	f->n_marked += l->marked;
	f->n_lost += l->lost;
	f->n_messages += l->messages;
	f->n_associated += l->associated;
	/* Of parts the first one has them all. */
	f->n_folders = l->folders > f->n_folders ? l->folders : f->n_folders;
	f->n_folders_made = l->folders_made > f->n_folders_made ? l->folders_made : f->n_folders_made;
	f->n_lost_and_found += l->in_lost_and_found;
	f->n_characters_lost += l->characters_lost;
	f->n_left_out += l->left_out;
	f->n_older += l->older;
	f->n_deleted += l->deleted;
	f->bytes += l->size;
	for (size_t i = 0; st == ST_OK && i < finding_count(m->found); i++)
		st = merge_finding(m, finding_at(m->found, i));
	return st;
}

static enum status convert(struct mend *m, const struct mend_job *job, const struct store_sink *sink,
			   struct convert_ledger *ledger)
{
	struct arena *arena = arena_new(mend_arena_cap(store_file_image(m->file)->size));
	struct convert_options options = {
		.path = m->facts.path,
		.texts = m->run->arena,
		.changes_key = m->facts.is_conversion,
		.clears_password = m->run->options.clear_password,
		.anew = m->anew,
		.suspects = m->suspects,
		.n_suspects = m->n_suspects,
		.parts = job->parts,
		.part = job->part,
		.weights = job->weights,
		.tick = mend_tick,
		.context = m,
	};
	uint8_t fresh[RECORD_KEY_LEN];
	enum status st = arena ? random_bytes(fresh, sizeof fresh) : ST_NOMEM;

	options.record_keys =
		job->record_keys ? job->record_keys : (const uint8_t(*)[RECORD_KEY_LEN]) & fresh;
	m->found = finding_sink_new(m->run->arena);
	options.findings = m->found;
	if (st == ST_OK && !m->found)
		st = ST_NOMEM;
	if (st == ST_OK) {
		finding_sink_fold(m->found, FOLD_AT);
		st = convert_store(arena, m->salvage, &options, sink, ledger);
	}
	arena_drop(&arena);
	return st;
}

static enum status write_nothing(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	(void)sink;
	(void)at;
	(void)bytes;
	return ST_OK;
}

enum status mend_write_nowhere(struct mend *m, const struct mend_job *job, struct convert_ledger *ledger_out)
{
	struct store_sink nowhere = { .write = write_nothing };

	m->anew = job->weights != NULL;
	return convert(m, job, &nowhere, ledger_out);
}

enum status mend_has_room(struct mend *m, const char *path, uint64_t bytes, const char **why_out)
{
	char needed[WORDS_DURATION_SIZE], there[WORDS_DURATION_SIZE];
	uint64_t free;

	if (!new_store_free_bytes(path, &free) || bytes <= free)
		return ST_OK;
	words_bytes(bytes, needed);
	words_bytes(free, there);
	*why_out = arena_printf(m->run->arena, "it takes %s, and %s are free there", needed, there);
	return ST_LIMIT;
}

/* How much a store grows is known when it was laid out; that is done where it may matter. */
static enum status look_for_room(struct mend *m, const struct mend_job *job, const char **why_out)
{
	uint64_t free, size = store_file_image(m->file)->size;
	struct convert_ledger ledger;
	enum status st;

	if (job->bytes)
		return mend_has_room(m, job->path, job->bytes, why_out);
	if (!new_store_free_bytes(job->path, &free) || free / ROOM_TIMES > size + ROOM_BASE)
		return ST_OK;
	st = mend_write_nowhere(m, job, &ledger);
	return st == ST_OK ? mend_has_room(m, job->path, ledger.size, why_out) : st;
}

static enum status write_checked(struct mend *m, const struct mend_job *job, struct new_store *out,
				 struct convert_ledger *ledger, const char **why_out)
{
	double from = m->from, to = m->to;
	const char *part;
	enum status st;

	mend_span(m, from, (from + to) / 2);
	st = convert(m, job, new_store_sink(out), ledger);
	if (st == ST_OK)
		st = new_store_settle(out, &part);
	if (st == ST_IO)
		*why_out = new_store_why(out);
	mend_span(m, (from + to) / 2, to);
	if (st == ST_OK)
		st = check_written(m, part, why_out);
	mend_span(m, from, to);
	return st;
}

/* What can be carried as it is, is; where the result is not sound, first what is named and then everything is
 * laid out anew. */
enum status mend_write(struct mend *m, const struct mend_job *job, struct new_store **out,
		       struct convert_ledger *ledger_out, const char **why_out)
{
	enum status st = look_for_room(m, job, why_out);

	*out = NULL;
	m->at = job->path;
	m->n_suspects = 0;
	if (st != ST_OK)
		return st;
	st = ST_BUG;
	for (int try = 0; try < TRIES && st == ST_BUG; try++) {
		st = new_store_create(job->path, job->bytes, out, why_out);
		if (st != ST_OK)
			return st;
		m->anew = try == TRIES - 1;
		st = write_checked(m, job, *out, ledger_out, why_out);
		if (st != ST_OK)
			new_store_discard(out);
	}
	return st;
}
