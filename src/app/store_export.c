/* This file writes a store's messages into files. */
#include "app/store_export.h"

#include "app/progress.h"
#include "app/store_visit.h"
#include "base/checked.h"
#include "base/names.h"
#include "content/export.h"
#include "diagnose/stores.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/file.h"
#include "os/interrupt.h"
#include "os/pool.h"
#include "os/store_file.h"
#include "record/export_facts.h"

#include <stdio.h>
#include <string.h>

enum { FOLD_AT = 20, OUT_ROOM = 64 << 10, PATH_SIZE = 4096 };

static const struct name_row formats[] = {
	{ EXPORT_EML, "eml" },
	{ EXPORT_MBOX, "mbox" },
	{ EXPORT_MAILDIR, "maildir" },
	{ EXPORT_JSON, "json" },
};

/* What a worker is writing. */
struct out_file {
	struct file *file;
	struct mail_sink sink;
	uint8_t *room;
	size_t len;
};

struct export_run {
	struct run *run;
	struct finding_sink *sink;
	struct store_facts store;
	struct export_facts facts;
	struct export_counts counts;
	enum export_format format;
	struct out_file files[CHECK_WIDTH_MAX];
	const char *refused; /* the system's words of the first refusal */
	struct progress progress;
	uint64_t size;
	struct clock clock;
	bool cancelled;
};

static bool flush(struct out_file *out)
{
	file_append(out->file, view_of(out->room, out->len));
	out->len = 0;
	return true;
}

static bool write_out(void *context, struct view bytes)
{
	struct out_file *out = context;

	if (out->len + bytes.len > OUT_ROOM)
		flush(out);
	if (bytes.len > OUT_ROOM) {
		file_append(out->file, bytes);
		return true;
	}
	if (bytes.len)
		memcpy(out->room + out->len, bytes.at, bytes.len);
	out->len += bytes.len;
	return true;
}

static bool is_path(const struct export_run *e, const char *path, char out[PATH_SIZE])
{
	return snprintf(out, PATH_SIZE, "%s/%s", e->facts.output, path) < PATH_SIZE;
}

static bool make_folder(void *context, const char *path)
{
	struct export_run *e = context;
	char whole[PATH_SIZE];
	const char *why = "the path is too long";

	if (is_path(e, path, whole) && file_make_directories(whole, &why) == ST_OK)
		return true;
	e->refused = why;
	return false;
}

static struct mail_sink *open_out(void *context, unsigned worker, const char *path)
{
	struct export_run *e = context;
	struct out_file *out = &e->files[worker];
	const char *why = "the path is too long";
	char whole[PATH_SIZE];

	if (!is_path(e, path, whole) || file_create(whole, &out->file, &why) != ST_OK) {
		e->refused = why;
		return NULL;
	}
	out->len = 0;
	out->sink = (struct mail_sink){ .context = out, .write = write_out };
	return &out->sink;
}

static bool close_out(void *context, unsigned worker)
{
	struct export_run *e = context;
	struct out_file *out = &e->files[worker];

	flush(out);
	if (file_close(&out->file) == ST_OK)
		return true;
	e->refused = "the disk refused a write";
	return false;
}

static void run_jobs(void *context, size_t n, check_job *job, void *job_context)
{
	const struct check_runner *runner = context;

	pool_run(runner->width, n, job, job_context);
}

static bool tick(void *context, uint64_t done, uint64_t total)
{
	struct export_run *e = context;
	double share = total ? (double)done / (double)total : 0.0;

	progress_tick(&e->progress, (uint64_t)(share * (double)e->size), e->size);
	return !interrupt_came();
}

static enum status export_facts(struct export_run *e, struct check_facts *facts, struct check_runner *runner)
{
	struct export_setting setting = {
		.content = { .path = e->store.path,
			     .arena = e->run->arena,
			     .sink = e->sink,
			     .runner = *runner,
			     .tick = tick,
			     .context = e },
		.format = e->format,
		.associated = e->run->options.associated,
		.place = { e, file_flags_mark(), make_folder, open_out, close_out },
	};

	enum status st;

	setting.content.runner.context = runner;
	e->store.is_whole = facts->nbt_whole && facts->bbt_whole && (facts->have & FACT_FOLDERS);
	for (unsigned i = 0; i < runner->width; i++) {
		e->files[i].room = arena_alloc(e->run->arena, OUT_ROOM);
		if (!e->files[i].room)
			return ST_NOMEM;
	}
	if (!(facts->have & FACT_FOLDERS))
		return ST_OK;
	st = content_password(&setting.content, facts);
	return st == ST_OK ? export_store(&setting, facts, &e->counts) : st;
}

static enum status export_image(struct export_run *e, struct arena *arena, const struct image *image)
{
	struct check_runner runner = { .run = run_jobs, .width = pool_width() };
	struct check_options options = { .path = e->store.path, .runner = runner };
	struct finding_sink *sink = finding_sink_new(arena);
	struct check_facts *facts;
	enum status st;

	if (!sink)
		return ST_NOMEM;
	options.runner.context = &runner;
	finding_sink_fold(sink, FOLD_AT);
	e->size = image->size;
	e->store.bytes = image->size;
	progress_start(&e->progress, !e->run->options.quiet);
	st = check_open(arena, image, &options, sink, &facts);
	if (st == ST_OK)
		store_visit_fill(e->run->arena, facts, &e->store);
	if (st == ST_OK && finding_sink_append(e->sink, sink) != ST_OK)
		st = ST_NOMEM;
	if (st == ST_OK)
		st = export_facts(e, facts, &runner);
	progress_end(&e->progress);
	return st;
}

static enum status export_file(struct export_run *e)
{
	struct arena *arena;
	struct store_file *file;
	const char *why = NULL;
	enum status st = store_file_open(e->store.path, &file, &why);

	if (st != ST_OK) {
		e->refused = why;
		return st;
	}
	arena = arena_new(store_visit_arena_cap(store_file_image(file)->size));
	st = arena ? export_image(e, arena, store_file_image(file)) : ST_NOMEM;
	arena_drop(&arena);
	store_file_close(&file);
	return st;
}

static const char *headline(struct export_run *e)
{
	unsigned long long written = e->counts.written, n = e->counts.messages;

	if (e->store.is)
		return arena_printf(e->run->arena, "This is no Outlook store but %s.", e->store.is_text);
	if (e->cancelled)
		return arena_printf(e->run->arena, "Stopped: %llu of %llu messages are in %s.", written, n,
				    e->facts.output);
	if (e->counts.incomplete)
		return arena_printf(e->run->arena, "%llu messages are in %s; %llu of them lack a part.",
				    written, e->facts.output, (unsigned long long)e->counts.incomplete);
	return arena_printf(e->run->arena, "All %llu messages are in %s.", written, e->facts.output);
}

static int print(struct export_run *e)
{
	struct run *run = e->run;
	struct store_case facts = { &e->store, 1, e->cancelled };
	struct diagnosis *diagnosis = arena_alloc(run->arena, sizeof *diagnosis);
	struct report report = {
		.command = "store export",
		.version = POSTMEND_VERSION,
		.findings = e->sink,
		.diagnosis = diagnosis,
		.exported = &e->facts,
		.elapsed = clock_now(&e->clock),
		.cancelled = e->cancelled,
		.computer_name = env_host_name(run->arena),
	};

	e->facts.messages = e->counts.messages;
	e->facts.written = e->counts.written;
	e->facts.incomplete = e->counts.incomplete;
	e->facts.folders = e->counts.folders;
	if (!diagnosis || diagnose_stores(run->arena, &facts, e->sink, diagnosis) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	if (!diagnosis->n_causes || e->counts.incomplete)
		diagnosis->headline = headline(e);
	return run_report(run, &report);
}

/* What the words ask for; a line of why not, or NULL. */
static const char *read_words(struct run *run, struct export_run *e)
{
	int format = EXPORT_EML;

	if (run->n_words != 1)
		return "store export: expected one Outlook store, such as archive.pst";
	if (!run->options.output)
		return "store export: expected --output DIR";
	if (run->options.format &&
	    !name_find(formats, COUNT_OF(formats), str_of(run->options.format), &format))
		return arena_printf(run->arena,
				    "store export: --format is eml, mbox, maildir or json, not \"%.40s\"",
				    run->options.format);
	if (file_exists(run->options.output))
		return arena_printf(run->arena, "store export: \"%.200s\" exists already",
				    run->options.output);
	e->format = (enum export_format)format;
	e->store.path = run->words[0];
	e->facts.output = run->options.output;
	e->facts.format = name_of(formats, COUNT_OF(formats), format);
	return NULL;
}

int store_export(struct run *run)
{
	struct export_run *e = arena_alloc(run->arena, sizeof *e);
	const char *why;
	enum status st;

	if (!e)
		return run_failed(ST_NOMEM, NULL);
	*e = (struct export_run){ .run = run, .sink = finding_sink_new(run->arena) };
	why = read_words(run, e);
	if (why)
		return run_usage(why);
	if (!e->sink)
		return run_failed(ST_NOMEM, NULL);
	finding_sink_fold(e->sink, FOLD_AT);
	interrupt_watch();
	clock_start(&e->clock);
	st = export_file(e);
	e->cancelled = st == ST_CANCEL;
	if (st != ST_OK && st != ST_CANCEL)
		return run_failed(st, e->refused ? arena_printf(run->arena, "store export: %s", e->refused)
						 : NULL);
	return print(e);
}
