/* This file runs the looks into a store, one for each sub-command. */
#include "app/store_look.h"

#include "app/store_change.h"
#include "app/store_remedy.h"
#include "app/store_visit.h"
#include "base/str.h"
#include "diagnose/stores.h"
#include "os/env.h"
#include "os/file.h"
#include "os/interrupt.h"
#include "os/pool.h"
#include "os/store_file.h"

enum { FOLD_AT = 20, RULES_FILE_MAX = 64 << 20 };

static const struct look_kind kind_outbox = {
	LOOK_OUTBOX,
	"store outbox",
	"message",
	"messages",
	"The Outbox is empty: nothing waits to be sent.",
	content_outbox,
	false,
	NULL,
};
static const struct look_kind kind_receipts = {
	LOOK_RECEIPTS,
	"store receipts",
	"receipt",
	"receipts",
	"No receipt hides in this store.",
	content_receipts,
	false,
	NULL,
};
static const struct look_kind kind_rules = {
	LOOK_RULES, "store rules", "rule", "rules", "There are no rules here.", content_rules, true, NULL,
};
static const struct look_kind kind_duplicates = {
	LOOK_DUPLICATES,
	"store duplicates",
	"double",
	"doubles",
	"No message is there twice.",
	content_duplicates,
	false,
	NULL,
};

static const struct look_kind kind_password = {
	LOOK_PASSWORD,
	"store password",
	"password",
	"passwords",
	"The store has no password.",
	content_password,
	false,
	"Outlook asks for a password before it opens this store; it protects nothing.",
};

static void run_jobs(void *context, size_t n, check_job *job, void *job_context)
{
	const struct check_runner *runner = context;

	pool_run(runner->width, n, job, job_context);
}

static bool tick(void *context, uint64_t done, uint64_t total)
{
	struct look *look = context;
	double share = total ? (double)done / (double)total : 0.0;

	progress_tick(&look->progress, (uint64_t)(share * (double)look->size), look->size);
	return !interrupt_came();
}

enum status store_look_facts(struct look *look, struct check_facts *facts)
{
	struct check_runner runner = { .run = run_jobs, .width = pool_width() };
	struct content_setting setting = {
		.path = look->store.path,
		.arena = look->run->arena,
		.sink = look->sink,
		.list = &look->list,
		.now = clock_wall(),
		.runner = runner,
		.tick = tick,
		.context = look,
		.aside = look->run->options.move_to,
	};

	setting.runner.context = &runner;
	look->store.is_whole = facts->nbt_whole && facts->bbt_whole && (facts->have & FACT_FOLDERS);
	if (!(facts->have & FACT_FOLDERS))
		return ST_OK;
	return look->kind->look(&setting, facts);
}

static enum status look_at_image(struct look *look, struct arena *arena, const struct image *image)
{
	struct check_runner runner = { .run = run_jobs, .width = pool_width() };
	struct check_options options = {
		.path = look->store.path,
		.runner = runner,
		.tick = NULL,
		.context = look,
	};
	struct finding_sink *sink = finding_sink_new(arena);
	struct check_facts *facts;
	enum status st;

	if (!sink)
		return ST_NOMEM;
	options.runner.context = &runner;
	finding_sink_fold(sink, FOLD_AT);
	look->size = image->size;
	look->store.bytes = image->size;
	progress_start(&look->progress, !look->run->options.quiet);
	st = check_open(arena, image, &options, sink, &facts);
	if (st == ST_OK)
		store_visit_fill(look->run->arena, facts, &look->store);
	if (st == ST_OK && finding_sink_append(look->sink, sink) != ST_OK)
		st = ST_NOMEM;
	if (st == ST_OK)
		st = store_look_facts(look, facts);
	progress_end(&look->progress);
	return st;
}

enum status store_look_file(struct look *look)
{
	struct arena *arena;
	struct store_file *file;
	const char *why = NULL;
	enum status st = store_file_open(look->store.path, &file, &why);

	if (st == ST_IO) {
		look->store.unreadable = arena_strdup(look->run->arena, why);
		store_visit_complain(look->run->arena, look->store.path, why);
		return look->store.unreadable ? ST_OK : ST_NOMEM;
	}
	if (st != ST_OK)
		return st;
	arena = arena_new(store_visit_arena_cap(store_file_image(file)->size));
	st = arena ? look_at_image(look, arena, store_file_image(file)) : ST_NOMEM;
	arena_drop(&arena);
	store_file_close(&file);
	return st;
}

/* A list of rules has no mark of its own that all of them share: what is not
 * one is looked at as a store. */
static enum status look_at_rules_file(struct look *look, bool *is_rules_out)
{
	struct content_setting setting = {
		.path = look->store.path,
		.arena = look->run->arena,
		.sink = look->sink,
		.list = &look->list,
	};
	const char *why = NULL;
	struct buf bytes;
	enum status st;
	void *kept;

	*is_rules_out = false;
	buf_init(&bytes, RULES_FILE_MAX);
	st = file_read(look->store.path, &bytes, &why);
	kept = st == ST_OK ? arena_copy(look->run->arena, bytes.at, bytes.len) : NULL;
	look->store.bytes = bytes.len;
	look->store.is_whole = true;
	if (st == ST_OK)
		st = kept ? content_rules_file(&setting, view_of(kept, bytes.len), is_rules_out) : ST_NOMEM;
	buf_fini(&bytes);
	return st == ST_IO || st == ST_LIMIT ? ST_OK : st;
}

int store_look_print(struct look *look)
{
	struct run *run = look->run;
	struct look_case facts = { &look->store,      &look->list,      look->kind->noun,
				   look->kind->nouns, look->kind->none, look->cancelled };
	struct diagnosis *diagnosis = arena_alloc(run->arena, sizeof *diagnosis);
	struct report report = {
		.command = look->kind->command,
		.version = POSTMEND_VERSION,
		.findings = look->sink,
		.diagnosis = diagnosis,
		.stores = look->store.unreadable ? &look->store : NULL,
		.n_stores = look->store.unreadable ? 1 : 0,
		.items = &look->list,
		.elapsed = clock_now(&look->clock),
		.cancelled = look->cancelled,
		.computer_name = env_host_name(run->arena),
	};

	if (!diagnosis || store_remedy_items(run->arena, look->sink, &look->store) != ST_OK ||
	    diagnose_look(run->arena, &facts, look->sink, diagnosis) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	if (look->headline)
		diagnosis->headline = look->headline;
	else if (look->kind->some && look->list.n)
		diagnosis->headline = look->kind->some;
	if (look->store.unreadable && !run->options.json && !run->options.html)
		return report_exit_code(&report);
	return run_report(run, &report);
}

static bool is_rules_name(const char *path)
{
	return str_ends_nocase(str_of(path), STR(".rwz"));
}

struct look *store_look_new(struct run *run, const struct look_kind *kind, const char *path)
{
	struct look *look = arena_alloc(run->arena, sizeof *look);

	if (!look)
		return NULL;
	*look = (struct look){ .kind = kind, .run = run, .sink = finding_sink_new(run->arena) };
	if (!look->sink)
		return NULL;
	look->store.path = path;
	finding_sink_fold(look->sink, FOLD_AT);
	interrupt_watch();
	clock_start(&look->clock);
	return look;
}

static int look_run(struct run *run, const struct look_kind *kind)
{
	struct look *look;
	enum status st;
	bool is_rules = false;

	if (run->n_words != 1)
		return run_usage(
			arena_printf(run->arena, "%s: expected one Outlook store, such as archive.pst%s",
				     kind->command, kind->takes_rules ? ", or a file of rules" : ""));
	if (store_change_is_asked(run))
		return store_change_run(run, kind);
	look = store_look_new(run, kind, run->words[0]);
	if (!look)
		return run_failed(ST_NOMEM, NULL);
	st = kind->takes_rules && is_rules_name(run->words[0]) ? look_at_rules_file(look, &is_rules) : ST_OK;
	if (st == ST_OK && !is_rules)
		st = store_look_file(look);
	look->cancelled = st == ST_CANCEL;
	if (st != ST_OK && st != ST_CANCEL)
		return run_failed(st, NULL);
	return store_look_print(look);
}

int store_look_outbox(struct run *run)
{
	return look_run(run, &kind_outbox);
}

int store_look_receipts(struct run *run)
{
	return look_run(run, &kind_receipts);
}

int store_look_rules(struct run *run)
{
	return look_run(run, &kind_rules);
}

int store_look_duplicates(struct run *run)
{
	return look_run(run, &kind_duplicates);
}

int store_look_password(struct run *run)
{
	return look_run(run, &kind_password);
}
