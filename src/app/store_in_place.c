/* This file mends stores where they stand, and takes that back.
 *
 * The store is locked from before it is read until the last byte is on the disk.
 * Then it is let go and checked like any other: what is told at the end is what
 * a new check of the file says.
 */
#include "app/store_in_place.h"

#include "app/store_visit.h"
#include "app/store_write.h"
#include "apply/apply.h"
#include "apply/site.h"
#include "base/checked.h"
#include "os/interrupt.h"
#include "os/store_file.h"
#include "plan/plan.h"

#include <stdio.h>

enum { LINE_CAP = 1 << 16 };

struct mending {
	struct run *run;
	struct store_visit visit;
	const char *path, *why;
	struct in_place_facts facts;
	struct plan plan;
	struct arena *arena; /* of the plan */
	struct store_write write;
	enum status status; /* of what failed, and then `why` is told */
};

static enum status fail(struct mending *m, enum status st, const char *why)
{
	m->status = st;
	m->why = why;
	return st;
}

static const char *const *slugs_of(struct arena *arena, const struct plan_step *step)
{
	const char **slugs = arena_array(arena, step->n_answers + 1, sizeof *slugs);

	for (size_t i = 0; slugs && i < step->n_answers; i++)
		slugs[i] = catalogue_row(step->answers[i])->slug;
	return slugs;
}

static bool take_step(struct arena *arena, const struct plan_step *from, struct in_place_step *to)
{
	size_t n = from->n_ranges < PLAN_RANGES_SHOWN ? (size_t)from->n_ranges : PLAN_RANGES_SHOWN;
	struct in_place_range *ranges = arena_array(arena, n + 1, sizeof *ranges);

	*to = (struct in_place_step){
		.id = from->id,
		.needs = from->needs,
		.kind = plan_class_name(from->class),
		.text = from->text,
		.answers = slugs_of(arena, from),
		.n_answers = from->n_answers,
		.findings = from->n_findings,
		.n_ranges = from->n_ranges,
		.bytes = from->bytes,
		.ranges = ranges,
		.n_shown = n,
	};
	for (size_t i = 0; ranges && i < n; i++)
		ranges[i] = (struct in_place_range){ from->ranges[i].at, from->ranges[i].len,
						     from->ranges[i].old_crc, from->ranges[i].new_crc };
	return ranges && to->answers;
}

static enum status take_plan(struct mending *m)
{
	struct in_place_step *steps = arena_array(m->run->arena, m->plan.n_steps + 1, sizeof *steps);

	if (!steps)
		return ST_NOMEM;
	for (size_t i = 0; i < m->plan.n_steps; i++) {
		if (!take_step(m->run->arena, &m->plan.steps[i], &steps[i]))
			return ST_NOMEM;
		steps[i].text = arena_strdup(m->run->arena, steps[i].text);
	}
	m->facts.steps = steps;
	m->facts.n_steps = m->plan.n_steps;
	m->facts.n_rejected = m->plan.n_rejected;
	m->facts.refusal = m->plan.refusal ? arena_strdup(m->run->arena, m->plan.refusal) : NULL;
	return ST_OK;
}

static enum status make_plan(struct mending *m, const struct image *image)
{
	struct store_check_setup setup;
	struct plan_options options = { 0 };
	enum status st;

	store_visit_setup(&m->visit, m->path, image->size, &setup);
	options.check = setup.options;
	options.check_cap = setup.arena_cap;
	m->arena = arena_new(setup.arena_cap);
	if (!m->arena)
		return ST_NOMEM;
	progress_start(&m->visit.progress, !m->run->options.quiet);
	st = plan_store(m->arena, image, &options, &m->plan);
	progress_end(&m->visit.progress);
	return st == ST_OK ? take_plan(m) : st;
}

static enum status write_plan(struct mending *m)
{
	const char *what =
		arena_printf(m->run->arena, "%zu steps are planned for %s", m->plan.n_steps, m->path);

	if (!store_write_agreed(m->run, what)) {
		m->facts.outcome = IN_PLACE_DECLINED;
		return ST_OK;
	}
	m->facts.outcome = IN_PLACE_WRITTEN;
	return store_write_edits(&m->write, &m->plan.edits);
}

static enum status plan_and_write(struct mending *m)
{
	enum status st = make_plan(m, site_image(m->write.site));

	if (st != ST_OK)
		return fail(m, st, NULL);
	if (m->plan.is_refused)
		m->facts.outcome = IN_PLACE_REFUSED;
	else if (m->plan.n_steps == 0)
		m->facts.outcome = IN_PLACE_NOTHING;
	else
		return write_plan(m);
	return ST_OK;
}

static void mend(struct mending *m)
{
	bool done = false;
	enum status st;

	m->write = (struct store_write){ .run = m->run, .path = m->path };
	st = store_write_open(&m->write, &done);
	if (st == ST_OK && done)
		m->facts.outcome = IN_PLACE_RESUMED;
	else if (st == ST_OK)
		st = plan_and_write(m);
	if (st != ST_OK && m->write.status != ST_OK)
		(void)fail(m, m->write.status, m->write.why);
	store_write_close(&m->write);
	m->facts.journal = m->write.journal;
}

static void plan_only(struct mending *m)
{
	struct store_file *file;
	const char *why = NULL;
	enum status st = store_file_open(m->path, &file, &why);

	m->facts.outcome = IN_PLACE_PLANNED;
	if (st != ST_OK) {
		(void)fail(m, st, arena_strdup(m->run->arena, why ? why : ""));
		return;
	}
	st = make_plan(m, store_file_image(file));
	store_file_close(&file);
	if (st != ST_OK)
		(void)fail(m, st, NULL);
	else if (m->plan.is_refused)
		m->facts.outcome = IN_PLACE_REFUSED;
}

static int tell_failure(struct mending *m)
{
	const char *why = m->why ? m->why : exit_words_of(m->status);

	if (m->status == ST_CANCEL)
		return run_failed(ST_CANCEL, "stopped; nothing was changed");
	run_complain(arena_printf(m->run->arena, "\"%s\" cannot be repaired in place: %s", m->path, why));
	return exit_code_of(m->status);
}

int store_in_place_repair(struct run *run)
{
	struct mending m = { .run = run };
	bool wrote;
	int code;

	if (run->n_words != 1)
		return run_usage("store repair: expected one Outlook store, such as archive.pst");
	m.path = run->words[0];
	m.facts.path = m.path;
	if (store_visit_open(&m.visit, run, 1) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	if (run->options.plan)
		plan_only(&m);
	else
		mend(&m);
	arena_drop(&m.arena);
	if (m.status != ST_OK)
		return tell_failure(&m);
	wrote = m.facts.outcome == IN_PLACE_WRITTEN || m.facts.outcome == IN_PLACE_RESUMED;
	m.visit.command = "store repair";
	m.visit.in_place = &m.facts;
	m.status = store_visit_check(&m.visit, m.path);
	if (m.status != ST_OK && m.status != ST_CANCEL)
		return run_failed(m.status, NULL);
	code = store_visit_report(&m.visit);
	return wrote ? code | EXIT_MENDED : code;
}

static enum status take_back(struct run *run, struct site *site, const char *path, const char **why_out)
{
	struct apply_site *apply = site_apply(site);
	struct arena *arena = arena_new((size_t)APPLY_JOURNAL_MAX * 2);
	enum status st = ST_NOMEM;

	if (!apply->has_journal) {
		arena_drop(&arena);
		*why_out = arena_printf(run->arena, "there is nothing to take back: no journal \"%s\"",
					site_journal_path(site));
		return ST_IO;
	}
	if (arena)
		st = apply_undo(apply, arena, why_out);
	if (st != ST_OK && *why_out)
		*why_out = arena_printf(run->arena, "%s (journal \"%s\")", *why_out, site_journal_path(site));
	arena_drop(&arena);
	(void)path;
	return st == ST_USAGE ? ST_IO : st;
}

/* One line for people, or an object for programs. */
static int tell_undone(struct run *run, const char *path)
{
	struct buf out;
	int code;

	if (run->options.quiet)
		return EXIT_HEALTHY;
	buf_init(&out, LINE_CAP);
	report_undone(path, POSTMEND_VERSION, run->options.json, &out);
	code = run_print(&out) ? EXIT_HEALTHY : EXIT_FAILED;
	buf_fini(&out);
	return code;
}

int store_in_place_undo(struct run *run)
{
	const char *path = run->n_words == 1 ? run->words[0] : NULL, *why = NULL;
	struct site *site;
	enum status st;

	if (!path)
		return run_usage("store undo: expected the store whose change is to be taken back");
	interrupt_watch();
	st = site_open(run->arena, path, &site, &why);
	if (st == ST_OK) {
		st = take_back(run, site, path, &why);
		site_close(&site);
	}
	if (st == ST_OK)
		return tell_undone(run, path);
	run_complain(arena_printf(run->arena, "\"%s\" cannot be taken back: %s", path,
				  why ? why : exit_words_of(st)));
	return exit_code_of(st);
}
