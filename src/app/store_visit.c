/* This file checks one file after the other and keeps what is worth telling. */
#include "app/store_visit.h"

#include "app/store_remedy.h"
#include "check/check.h"
#include "check/sniff.h"
#include "content/content.h"
#include "diagnose/stores.h"
#include "os/env.h"
#include "os/interrupt.h"
#include "os/pool.h"
#include "os/shadow.h"
#include "os/store_file.h"
#include "pst/ndb/crypt.h"

/* Findings of one kind in one store that are told one by one. */
enum { FOLD_AT = 20 };

/* Facts are bounded by what the file can hold: entries of 12 bytes and more
 * become facts of at most 64. */
enum { ARENA_BASE = 256 << 20, ARENA_TIMES = 5 };

/* Of a whole check's work; the rest goes into what messages say. */
#define PASSES_SHARE 0.85

static void run_jobs(void *context, size_t n, check_job *job, void *job_context)
{
	const struct check_runner *runner = context;

	pool_run(runner->width, n, job, job_context);
}

static bool tick(void *context, uint64_t done, uint64_t total)
{
	struct store_visit *visit = context;
	double share = visit->from + visit->share * (total ? (double)done / (double)total : 0.0);

	/* Some bytes are looked at twice; people think of the file. */
	progress_tick(&visit->progress, (uint64_t)(share * (double)visit->size), visit->size);
	return !interrupt_came();
}

enum status store_visit_open(struct store_visit *visit, struct run *run, size_t n)
{
	*visit = (struct store_visit){ .run = run, .findings = finding_sink_new(run->arena) };
	visit->stores = arena_array(run->arena, n, sizeof *visit->stores);
	interrupt_watch();
	clock_start(&visit->clock);
	return visit->findings && visit->stores ? ST_OK : ST_NOMEM;
}

static const char *client_of(struct arena *arena, uint64_t magic)
{
	int low = (int)(magic & 0xFF), high = (int)(magic >> 8 & 0xFF);

	if (low >= 'A' && low <= 'Z' && high >= 'A' && high <= 'Z')
		return arena_printf(arena, "%c%c", low, high);
	return arena_printf(arena, "0x%04X", (unsigned)magic);
}

static const char *cipher_of(uint64_t method)
{
	switch (method) {
	case CRYPT_NONE:
		return "none";
	case CRYPT_PERMUTE:
		return "permute";
	case CRYPT_CYCLIC:
		return "cyclic";
	case CRYPT_WIP:
		return "wip";
	default:
		return NULL;
	}
}

static void count_nodes(const struct check_facts *facts, struct store_facts *out)
{
	for (size_t i = 0; i < facts->n_nodes; i++) {
		enum nid_type type = nid_type((struct nid){ facts->nodes[i].nid });

		out->folders += type == NID_TYPE_NORMAL_FOLDER;
		out->messages += type == NID_TYPE_NORMAL_MESSAGE;
		out->associated += type == NID_TYPE_ASSOC_MESSAGE;
	}
}

void store_visit_fill(struct arena *arena, const struct check_facts *facts, struct store_facts *out)
{
	if (facts->not_a_store) {
		out->is = facts->not_a_store->word;
		out->is_text = facts->not_a_store->text;
		return;
	}
	if (!facts->variant || !facts->header.version)
		return;
	out->format = facts->variant->name;
	out->version = (unsigned)facts->header.version;
	out->client = client_of(arena, facts->header.magic_client);
	out->cipher = cipher_of(facts->header.crypt_method);
	out->blocks = facts->n_blocks;
	out->nodes = facts->n_nodes;
	out->pages = facts->n_pages;
	out->attachments = facts->n_attachments;
	count_nodes(facts, out);
}

static bool is_incomplete(const struct finding_sink *sink)
{
	for (size_t i = 0; i < finding_count(sink); i++)
		if (finding_at(sink, i)->code == CODE_STORE_CHECK_INCOMPLETE)
			return true;
	return false;
}

/* What a store's facts may take: bounded by the store, so that a crafted one
 * ends as a refusal and not as an exhausted machine. */
size_t store_visit_arena_cap(uint64_t size)
{
	uint64_t most = SIZE_MAX / 2;

	return (size_t)(size > (most - ARENA_BASE) / ARENA_TIMES ? most : ARENA_BASE + size * ARENA_TIMES);
}

void store_visit_setup(struct store_visit *visit, const char *path, uint64_t size,
		       struct store_check_setup *setup)
{
	setup->runner = (struct check_runner){ .run = run_jobs, .width = pool_width() };
	setup->runner.context = &setup->runner;
	setup->options = (struct check_options){
		.path = path,
		.quick = visit->run->options.quick,
		.runner = setup->runner,
		.tick = tick,
		.context = visit,
	};
	setup->arena_cap = store_visit_arena_cap(size);
	visit->size = size;
	visit->from = 0.0;
	visit->share = 1.0;
}

/* What the passes do not judge: whether what messages say can be read, and whether Outlook asks for a
 * password. */
static enum status look_inside(struct store_visit *visit, struct arena *arena, const char *path,
			       struct finding_sink *sink, struct check_facts *facts)
{
	struct check_runner runner = { .run = run_jobs, .width = pool_width() };
	struct content_setting setting = {
		.path = path,
		.arena = arena,
		.sink = sink,
		.runner = runner,
		.tick = tick,
		.context = visit,
	};
	enum status st;

	setting.runner.context = &runner;
	if (visit->run->options.quick || !(facts->have & FACT_FOLDERS) || !(facts->have & FACT_DECODED))
		return ST_OK;
	st = content_password(&setting, facts);
	return st == ST_OK ? content_bodies(&setting, facts) : st;
}

static enum status check_image(struct store_visit *visit, struct arena *arena, const struct image *image,
			       struct store_facts *out)
{
	struct finding_sink *sink = finding_sink_new(arena);
	struct store_check_setup setup;
	struct check_facts *facts;
	enum status st;

	if (!sink)
		return ST_NOMEM;
	finding_sink_fold(sink, FOLD_AT);
	store_visit_setup(visit, out->path, image->size, &setup);
	progress_start(&visit->progress, !visit->run->options.quiet);
	visit->share = setup.options.quick ? 1.0 : PASSES_SHARE;
	st = check_store(arena, image, &setup.options, sink, &facts);
	visit->from = PASSES_SHARE;
	visit->share = 1.0 - PASSES_SHARE;
	if (st == ST_OK)
		st = look_inside(visit, arena, out->path, sink, facts);
	progress_end(&visit->progress);
	if (st != ST_OK && st != ST_CANCEL)
		return st;
	out->bytes = image->size;
	out->is_quick = setup.options.quick;
	out->is_whole = st == ST_OK && !is_incomplete(sink);
	store_visit_fill(visit->run->arena, facts, out);
	if (store_remedy_name(arena, sink, out) != ST_OK ||
	    finding_sink_append(visit->findings, sink) != ST_OK)
		return ST_NOMEM;
	return st;
}

static enum status check_file(struct store_visit *visit, const struct store_file *file,
			      struct store_facts *out)
{
	const struct image *image = store_file_image(file);
	struct arena *arena = arena_new(store_visit_arena_cap(image->size));
	enum status st = arena ? check_image(visit, arena, image, out) : ST_NOMEM;

	arena_drop(&arena);
	return st;
}

void store_visit_complain(struct arena *arena, const char *path, const char *why)
{
	const char *copy = why == store_file_locked ? shadow_find(arena, shadow_devices, path) : NULL;

	run_complain(arena_printf(arena, "\"%s\" cannot be opened: %s", path, why));
	if (copy)
		run_complain(arena_printf(
			arena,
			"meanwhile its newest volume shadow copy can be read: postmend store check \"%s\"",
			copy));
}

enum status store_visit_check(struct store_visit *visit, const char *path)
{
	struct arena *arena = visit->run->arena;
	struct store_facts *out = &visit->stores[visit->n++];
	struct store_file *file;
	const char *why = NULL;
	enum status st;

	*out = (struct store_facts){ .path = path };
	st = store_file_open(path, &file, &why);
	if (st == ST_IO) {
		out->unreadable = arena_strdup(arena, why);
		store_visit_complain(arena, path, why);
		return out->unreadable ? ST_OK : ST_NOMEM;
	}
	if (st != ST_OK)
		return st;
	st = check_file(visit, file, out);
	store_file_close(&file);
	visit->cancelled = visit->cancelled || st == ST_CANCEL;
	return st;
}

/* Where nothing could be opened, standard error has said all there is. */
static bool has_readable(const struct store_visit *visit)
{
	for (size_t i = 0; i < visit->n; i++)
		if (!visit->stores[i].unreadable)
			return true;
	return false;
}

int store_visit_report(struct store_visit *visit)
{
	struct run *run = visit->run;
	struct store_case facts = { visit->stores, visit->n, visit->cancelled };
	struct diagnosis *diagnosis = arena_alloc(run->arena, sizeof *diagnosis);
	struct report report = {
		.command = visit->command ? visit->command : "store check",
		.version = POSTMEND_VERSION,
		.findings = visit->findings,
		.diagnosis = diagnosis,
		.stores = visit->stores,
		.n_stores = visit->n,
		.in_place = visit->in_place,
		.elapsed = clock_now(&visit->clock),
		.cancelled = visit->cancelled,
		.computer_name = env_host_name(run->arena),
	};

	if (!diagnosis || diagnose_stores(run->arena, &facts, visit->findings, diagnosis) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	if (!has_readable(visit) && !run->options.json && !run->options.html)
		return report_exit_code(&report);
	return run_report(run, &report);
}
