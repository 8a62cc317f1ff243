/* This file reads a store, damaged or not, and writes what it holds into a new one. */
#include "app/store_mend.h"

#include "app/mend_split.h"
#include "app/store_visit.h"
#include "check/sniff.h"
#include "diagnose/mend.h"
#include "os/env.h"
#include "os/file.h"
#include "os/interrupt.h"
#include "os/new_store.h"
#include "os/store_file.h"

#include <string.h>

enum { FOLD_AT = 20 }; /* findings of one kind that are told one by one */

/* archive.pst becomes archive.mended.pst, beside it. */
static const char *default_output(struct arena *arena, const char *path)
{
	size_t len = strlen(path);

	if (len > 4 &&
	    (str_is_nocase(str_of(path + len - 4), ".pst") || str_is_nocase(str_of(path + len - 4), ".ost")))
		len -= 4;
	return arena_printf(arena, "%.*s.mended.pst", (int)len, path);
}

static enum status read_source(struct mend *m)
{
	struct check_runner runner;
	struct salvage_options options = { .deleted = m->run->options.deleted,
					   .tick = mend_tick,
					   .context = m };

	mend_set_runner(&runner);
	options.runner = runner;
	options.runner.context = &runner;
	mend_span(m, 0.0, m->run->options.split ? 0.25 : 1.0 / 3);
	return salvage_store(m->reading, store_file_image(m->file), &options, &m->salvage);
}

/* One store, whole. */
static enum status write_output(struct mend *m, const char **why_out)
{
	const struct mend_job job = { .path = m->output };
	struct convert_ledger ledger;
	struct new_store *out = NULL;
	enum status st;

	mend_span(m, 1.0 / 3, 1.0);
	if (m->facts.is_plan) {
		st = mend_write_nowhere(m, &job, &ledger);
		return st == ST_OK ? mend_take(m, &ledger) : st;
	}
	st = mend_write(m, &job, &out, &ledger, why_out);
	if (st == ST_OK)
		st = new_store_commit(&out, why_out);
	m->written = st == ST_OK;
	return st == ST_OK ? mend_take(m, &ledger) : st;
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
	return m->run->options.split ? mend_split(m, why_out) : write_output(m, why_out);
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

/* Whatever it was, the old store is as it was, and nothing is left that looks finished. */
static int fail(struct mend *m, enum status st, const char *why)
{
	struct arena *arena = m->run->arena;

	if (st == ST_BUG)
		return run_failed(
			st, arena_printf(arena, "what was written is not sound and was removed: %s", why));
	if (st == ST_USAGE)
		return run_usage(arena_printf(arena, "\"%s\": %s", m->at, why ? why : "it exists already"));
	if (!why)
		return run_failed(st, NULL);
	return run_failed(
		st, arena_printf(arena,
				 "\"%s\": %s. Nothing was written, and \"%s\" is as it was; make room or "
				 "choose another place with --output",
				 m->at, why, m->facts.path));
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
	m->reading = arena_new(mend_arena_cap(m->source.bytes));
	m->findings = finding_sink_new(m->run->arena);
	if (m->findings)
		finding_sink_fold(m->findings, FOLD_AT);
	interrupt_watch();
	clock_start(&m->clock);
	progress_start(&m->progress, !m->run->options.quiet);
	st = m->reading && m->findings ? mend_open(m, &why) : ST_NOMEM;
	progress_end(&m->progress);
	arena_drop(&m->reading);
	store_file_close(&file);
	m->cancelled = st == ST_CANCEL;
	if (m->cancelled)
		m->facts.n_outputs = 0;
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
	m.at = m.output;
	if (!outputs || !m.output)
		return run_failed(ST_NOMEM, NULL);
	outputs[0] = m.output;
	m.facts.outputs = outputs;
	m.facts.n_outputs = 1;
	if (!m.facts.is_plan && !run->options.split && file_exists(m.output))
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
