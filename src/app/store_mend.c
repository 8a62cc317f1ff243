/* This file reads a store, damaged or not, and writes what it holds into a new one. */
#include "app/store_mend.h"

#include "app/store_visit.h"
#include "check/check.h"
#include "check/sniff.h"
#include "convert/convert.h"
#include "diagnose/mend.h"
#include "os/env.h"
#include "os/file.h"
#include "os/interrupt.h"
#include "os/new_store.h"
#include "os/pool.h"
#include "os/random.h"
#include "os/store_file.h"

#include <stdlib.h>
#include <string.h>

enum {
	FOLD_AT = 20, /* findings of one kind that are told one by one */
	ARENA_BASE = 256 << 20,
	ARENA_TIMES = 5,
	TRIES = 3,
	SUSPECTS_MAX = 4096,
};

/* Reading, writing and checking take about as long; the bar shows the sum. */
enum stage { STAGE_READ, STAGE_WRITE, STAGE_CHECK, STAGES };

struct mend {
	struct run *run;
	struct mend_facts facts;
	struct store_facts source; /* for the report */
	struct finding_sink *findings;
	struct arena *reading; /* the picture and what is made of it */
	const struct store_file *file;
	struct salvage *salvage;
	struct progress progress;
	struct clock clock;
	enum stage stage;
	const char *output;
	bool cancelled, written;
	uint32_t *suspects; /* nodes in which a check of the new store found fault */
	size_t n_suspects;
};

static bool tick(void *context, uint64_t done, uint64_t total)
{
	struct mend *m = context;
	uint64_t size = store_file_image(m->file)->size;
	double share = total ? (double)done / (double)total : 0.0;

	if (share > 1.0)
		share = 1.0;
	progress_tick(&m->progress, (uint64_t)(((double)m->stage + share) * (double)size), size * STAGES);
	return !interrupt_came();
}

static void run_jobs(void *context, size_t n, check_job *job, void *job_context)
{
	const struct check_runner *runner = context;

	pool_run(runner->width, n, job, job_context);
}

static size_t arena_cap(uint64_t size)
{
	uint64_t most = SIZE_MAX / 2;

	return (size_t)(size > (most - ARENA_BASE) / ARENA_TIMES ? most : ARENA_BASE + size * ARENA_TIMES);
}

/* archive.pst becomes archive.mended.pst, beside it. */
static const char *default_output(struct arena *arena, const char *path)
{
	size_t len = strlen(path);

	if (len > 4 &&
	    (str_is_nocase(str_of(path + len - 4), ".pst") || str_is_nocase(str_of(path + len - 4), ".ost")))
		len -= 4;
	return arena_printf(arena, "%.*s.mended.pst", (int)len, path);
}

static enum status write_nothing(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	(void)sink;
	(void)at;
	(void)bytes;
	return ST_OK;
}

static enum status read_source(struct mend *m)
{
	struct check_runner runner = { .run = run_jobs, .width = pool_width() };
	struct salvage_options options = {
		.runner = runner, .deleted = m->run->options.deleted, .tick = tick, .context = m
	};

	options.runner.context = &runner;
	m->stage = STAGE_READ;
	return salvage_store(m->reading, store_file_image(m->file), &options, &m->salvage);
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
	struct check_runner runner = { .run = run_jobs, .width = pool_width() };
	struct check_options options = { .path = path, .runner = runner, .tick = tick, .context = m };
	enum status st = store_file_open(path, &file, why_out);
	bool found = false;

	if (st != ST_OK)
		return st;
	options.runner.context = &runner;
	m->stage = STAGE_CHECK;
	arena = arena_new(arena_cap(store_file_image(file)->size));
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

static void take_ledger(struct mend *m, const struct convert_ledger *l)
{
	struct mend_facts *f = &m->facts;

	f->n_in += l->in;
	f->n_kept += l->kept;
	f->n_recovered += l->recovered;
	f->n_marked += l->marked;
	f->n_lost += l->lost;
	f->n_messages += l->messages;
	f->n_associated += l->associated;
	f->n_folders = l->folders;
	f->n_folders_made = l->folders_made;
	f->n_lost_and_found += l->in_lost_and_found;
	f->n_characters_lost += l->characters_lost;
	f->n_left_out += l->left_out;
	f->n_older += l->older;
	f->n_deleted += l->deleted;
	f->bytes += l->size;
}

static enum status convert(struct mend *m, const struct store_sink *sink, bool anew,
			   struct convert_ledger *ledger)
{
	struct arena *arena = arena_new(arena_cap(store_file_image(m->file)->size));
	struct convert_options options = {
		.path = m->facts.path,
		.texts = m->run->arena,
		.changes_key = m->facts.is_conversion,
		.anew = anew,
		.suspects = m->suspects,
		.n_suspects = m->n_suspects,
		.tick = tick,
		.context = m,
	};
	enum status st = arena ? random_bytes(options.record_key, sizeof options.record_key) : ST_NOMEM;

	m->stage = STAGE_WRITE;
	m->findings = finding_sink_new(m->run->arena);
	options.findings = m->findings;
	if (st == ST_OK && !m->findings)
		st = ST_NOMEM;
	if (st == ST_OK) {
		finding_sink_fold(m->findings, FOLD_AT);
		st = convert_store(arena, m->salvage, &options, sink, ledger);
	}
	arena_drop(&arena);
	return st;
}

static enum status write_checked(struct mend *m, struct new_store *out, bool anew, const char **why_out)
{
	struct convert_ledger ledger;
	const char *part;
	enum status st = convert(m, new_store_sink(out), anew, &ledger);

	if (st == ST_OK)
		st = new_store_settle(out, &part);
	if (st == ST_IO)
		*why_out = new_store_why(out);
	if (st == ST_OK)
		st = check_written(m, part, why_out);
	if (st == ST_OK)
		take_ledger(m, &ledger);
	return st;
}

/* What can be carried as it is, is; where the result is not sound, first what is named and then everything is
 * laid out anew. */
static enum status write_output(struct mend *m, const char **why_out)
{
	const struct image *image = store_file_image(m->file);
	enum status st = ST_BUG;

	for (int try = 0; try < TRIES && st == ST_BUG; try++) {
		struct new_store *out = NULL;

		st = new_store_create(m->output, image->size, &out, why_out);
		if (st != ST_OK)
			return st;
		st = write_checked(m, out, try == TRIES - 1, why_out);
		if (st == ST_OK)
			st = new_store_commit(&out, why_out);
		else
			new_store_discard(&out);
		m->written = st == ST_OK;
	}
	return st;
}

static enum status plan_output(struct mend *m)
{
	struct store_sink nowhere = { write_nothing, NULL };
	struct convert_ledger ledger;
	enum status st = convert(m, &nowhere, false, &ledger);

	if (st == ST_OK)
		take_ledger(m, &ledger);
	return st;
}

static enum status not_a_store(struct mend *m)
{
	const struct image *image = store_file_image(m->file);
	uint8_t *head = arena_alloc(m->run->arena, SNIFF_LEN);
	size_t len = image->size < SNIFF_LEN ? (size_t)image->size : SNIFF_LEN;
	struct subject subject = { .kind = SUBJECT_STORE, .path = m->facts.path };
	const struct sniffed *is;
	struct finding *f;

	if (!head || image_read(image, 0, head, len) != ST_OK)
		return ST_NOMEM;
	is = sniff(view_of(head, len), image->size);
	f = finding_add(m->findings, CODE_STORE_FILE_NOT_A_STORE, &subject);
	finding_evidence(f, "it_is", is ? is->text : "nothing that can be recognised", "an Outlook store",
			 TRUST_OURS);
	m->facts.failed = "Nothing of an Outlook store is in this file.";
	return ST_OK;
}

static enum status mend_open(struct mend *m, const char **why_out)
{
	enum status st = read_source(m);

	if (st != ST_OK)
		return st;
	if (!m->salvage->facts.variant)
		return not_a_store(m);
	m->facts.header_lost = m->salvage->header_lost;
	m->facts.trees_whole = m->salvage->trees_whole;
	m->facts.n_blocks_bad = m->salvage->n_unreadable;
	store_visit_fill(m->run->arena, &m->salvage->facts, &m->source);
	if (!(m->salvage->facts.have & FACT_DECODED)) {
		m->facts.failed =
			"The store is encrypted by Windows for another computer or user; open it there.";
		return ST_OK;
	}
	return m->facts.is_plan ? plan_output(m) : write_output(m, why_out);
}

static int report(struct mend *m)
{
	struct run *run = m->run;
	struct diagnosis *diagnosis = arena_alloc(run->arena, sizeof *diagnosis);
	struct report shown = {
		.command = m->facts.is_conversion ? "store convert" : "store repair",
		.version = POSTMEND_VERSION,
		.findings = m->findings,
		.diagnosis = diagnosis,
		.stores = &m->source,
		.n_stores = 1,
		.mend = &m->facts,
		.elapsed = clock_now(&m->clock),
		.cancelled = m->cancelled,
		.computer_name = env_host_name(run->arena),
	};
	bool mended =
		m->written && (!m->facts.is_conversion || m->facts.header_lost || !m->facts.trees_whole ||
			       m->facts.n_recovered || m->facts.n_marked || m->facts.n_lost);

	if (!diagnosis || diagnose_mend(run->arena, &m->facts, m->cancelled, m->findings, diagnosis) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	return run_report(run, &shown) | (mended ? EXIT_MENDED : 0);
}

static int fail(struct mend *m, enum status st, const char *why)
{
	struct arena *arena = m->run->arena;

	if (st == ST_BUG)
		return run_failed(
			st, arena_printf(arena, "what was written is not sound and was removed: %s", why));
	if (st == ST_USAGE)
		return run_usage(
			arena_printf(arena, "\"%s\": %s", m->output, why ? why : "it exists already"));
	return run_failed(st, why ? arena_printf(arena, "\"%s\": %s", m->output, why) : NULL);
}

static int mend_file(struct mend *m)
{
	struct store_file *file = NULL;
	const char *why = NULL;
	enum status st = store_file_open(m->facts.path, &file, &why);

	if (st != ST_OK)
		return run_failed(st, why ? arena_printf(m->run->arena, "\"%s\" cannot be opened: %s",
							 m->facts.path, why)
					  : NULL);
	m->file = file;
	m->source.path = m->facts.path;
	m->source.bytes = store_file_image(file)->size;
	m->source.is_whole = true;
	m->reading = arena_new(arena_cap(m->source.bytes));
	m->findings = finding_sink_new(m->run->arena);
	interrupt_watch();
	clock_start(&m->clock);
	progress_start(&m->progress, !m->run->options.quiet);
	st = m->reading && m->findings ? mend_open(m, &why) : ST_NOMEM;
	progress_end(&m->progress);
	arena_drop(&m->reading);
	store_file_close(&file);
	m->cancelled = st == ST_CANCEL;
	return st == ST_OK || st == ST_CANCEL ? report(m) : fail(m, st, why);
}

static int mend(struct run *run, bool is_conversion)
{
	struct mend m = { .run = run };
	const char **outputs = arena_array(run->arena, 1, sizeof *outputs);

	m.facts.path = run->words[0];
	m.facts.is_conversion = is_conversion;
	m.facts.is_plan = run->options.plan;
	m.output = run->options.output ? run->options.output : default_output(run->arena, run->words[0]);
	if (!outputs || !m.output)
		return run_failed(ST_NOMEM, NULL);
	outputs[0] = m.output;
	m.facts.outputs = outputs;
	m.facts.n_outputs = 1;
	if (!m.facts.is_plan && file_exists(m.output))
		return fail(&m, ST_USAGE, "it exists already");
	return mend_file(&m);
}

int store_repair(struct run *run)
{
	if (run->n_words != 1)
		return run_usage("store repair: expected one Outlook store, such as archive.pst");
	return mend(run, false);
}

int store_convert(struct run *run)
{
	if (run->n_words != 1)
		return run_usage("store convert: expected one Outlook store, such as old.pst");
	if (!run->options.output)
		return run_usage("store convert: expected --output NEW.pst");
	return mend(run, true);
}
