/* This file runs what the looks into a store can mend: in the store itself, with a journal to take it back.
 *
 * The store is locked, checked, looked into, changed on paper and checked again
 * before the first byte of it is written; then it is looked into once more.
 */
#include "app/store_change.h"

#include "app/save_mail.h"
#include "app/store_visit.h"
#include "app/store_write.h"
#include "apply/site.h"
#include "base/str.h"
#include "os/file.h"
#include "os/interrupt.h"
#include "os/store_file.h"

#include <string.h>

struct changing {
	struct store_change s;
	struct run *run;
	struct store_visit visit; /* for its way to check */
	struct store_write write;
	const struct image *image;
	struct change_options options;
	struct store_check_setup setup;
	struct change_result result;
	const char *why;   /* of what failed */
	const char *usage; /* of words that make no sense */
	bool is_resumed, is_written, is_declined;
};

bool store_change_is_asked(const struct run *run)
{
	const struct options *o = &run->options;

	return o->release || o->remove || o->save || o->move_to || o->keep || o->plan || o->disable ||
	       o->set_aside || o->export_to || o->clear_password;
}

static enum status fail(struct changing *c, enum status st, const char *why)
{
	if (why)
		c->why = why;
	return st;
}

/* Before anything of them is changed. */
static enum status save_chosen(struct changing *c)
{
	struct save_mail save;
	bool all = c->s.n == 0;
	enum status st =
		save_mail_open(&save, c->run->arena, change_facts(c->s.change), c->run->options.save);

	for (size_t i = 0; st == ST_OK && i < c->s.look->list.n; i++)
		if (all || c->s.look->list.items[i].action)
			st = save_mail_one(&save, &c->s.look->list.items[i]);
	save_mail_close(&save);
	return st == ST_OK ? st : fail(c, st, save.why);
}

/* The bytes of the list are what Outlook writes into a file and imports. */
static enum status export_rules(struct changing *c)
{
	const char *why = "there is no list of rules in this store that could be read";
	struct view stream = store_change_rules_stream(&c->s);
	enum status st = stream.len ? file_write(c->run->options.export_to, stream, false, &why) : ST_IO;

	return st == ST_OK ? st : fail(c, st == ST_USAGE ? ST_IO : st, why);
}

/* Before the store is changed, even on paper: the change takes the facts over. */
static bool writes_files(const struct run *run)
{
	return run->options.save || run->options.export_to;
}

static enum status look_and_choose(struct changing *c)
{
	enum status st = store_look_facts(c->s.look, change_facts(c->s.change));

	if (st == ST_OK)
		c->usage = store_change_choose(&c->s);
	return st;
}

/* On paper. */
static enum status do_changes(struct changing *c)
{
	enum status st;

	if (change_refusal(c->s.change))
		return fail(c, ST_IO, change_refusal(c->s.change));
	store_change_do(&c->s);
	st = change_end(c->s.change, &c->result);
	if (st != ST_OK && st != ST_CANCEL && change_why(c->s.change))
		return fail(c, ST_IO, change_why(c->s.change));
	return st;
}

static enum status open_change(struct changing *c)
{
	enum status st;

	store_visit_setup(&c->visit, c->write.path, c->image->size, &c->setup);
	c->options.check = c->setup.options;
	c->options.check_cap = c->setup.arena_cap;
	progress_start(&c->visit.progress, !c->run->options.quiet);
	st = change_open(c->run->arena, c->image, &c->options, &c->s.change);
	if (st == ST_OK)
		st = look_and_choose(c);
	if (st == ST_OK && !c->usage && c->s.n && (!writes_files(c->run) || c->run->options.plan))
		st = do_changes(c);
	progress_end(&c->visit.progress);
	return st;
}

static enum status write_changes(struct changing *c)
{
	enum status st;

	if (c->result.edits.n == 0)
		return ST_OK;
	c->is_declined =
		!store_write_agreed(c->run, arena_printf(c->run->arena, "%zu %s are to be changed in %s",
							 c->s.n, c->s.look->kind->nouns, c->write.path));
	if (c->is_declined)
		return ST_OK;
	st = store_write_edits(&c->write, &c->result.edits);
	c->is_written = st == ST_OK;
	return st == ST_OK ? st : fail(c, st, c->write.why);
}

static enum status save_and_do(struct changing *c)
{
	enum status st = ST_OK;

	if (!writes_files(c->run) || c->run->options.plan || c->usage)
		return ST_OK;
	if (c->s.n && change_refusal(c->s.change))
		return fail(c, ST_IO, change_refusal(c->s.change));
	if (c->run->options.save)
		st = save_chosen(c);
	if (st == ST_OK && c->run->options.export_to)
		st = export_rules(c);
	return st == ST_OK && c->s.n ? do_changes(c) : st;
}

static enum status run_in_place(struct changing *c)
{
	enum status st = store_write_open(&c->write, &c->is_resumed);

	if (st != ST_OK)
		return fail(c, st, c->write.why);
	if (c->is_resumed)
		return ST_OK;
	c->image = site_image(c->write.site);
	st = open_change(c);
	if (st == ST_OK)
		st = save_and_do(c);
	return st == ST_OK && !c->usage ? write_changes(c) : st;
}

static enum status run_on_paper(struct changing *c)
{
	struct store_file *file;
	const char *why = NULL;
	enum status st = store_file_open(c->write.path, &file, &why);

	if (st != ST_OK)
		return fail(c, st, why ? arena_strdup(c->run->arena, why) : NULL);
	c->image = store_file_image(file);
	st = open_change(c);
	store_file_close(&file);
	return st;
}

static const char *headline(const struct changing *c, const struct look *after)
{
	const struct look_kind *kind = c->s.look->kind;
	const char *noun = c->s.n == 1 ? kind->noun : kind->nouns, *verb = c->s.n == 1 ? "is" : "are";

	if (c->run->options.plan)
		return arena_printf(c->run->arena, "%zu %s would be changed; nothing was written.", c->s.n,
				    noun);
	if (c->is_declined)
		return arena_printf(c->run->arena, "Nothing was changed.");
	if (c->is_resumed)
		return arena_printf(c->run->arena, "A change that had been interrupted was carried out.");
	return arena_printf(c->run->arena,
			    "%zu %s %s changed, %zu left as %s. \"postmend store undo\" takes it back.",
			    c->s.n, noun, verb, after->list.n, after->list.n == 1 ? "it is" : "they are");
}

/* What was done stands before what is left. */
static enum status join_lists(struct changing *c, struct look *after)
{
	struct item_list all = { 0 };
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < c->s.look->list.n; i++) {
		struct listed_item item = c->s.look->list.items[i];

		if (!item.action)
			continue;
		item.is_written = true;
		item.n_why = 0;
		st = item_list_add(c->run->arena, &all, &item);
	}
	for (size_t i = 0; st == ST_OK && i < after->list.n; i++)
		st = item_list_add(c->run->arena, &all, &after->list.items[i]);
	after->list = all;
	return st;
}

static int tell(struct changing *c)
{
	struct look *look = c->s.look;
	int code;

	if (c->is_written || c->is_resumed) {
		look = store_look_new(c->run, c->s.look->kind, c->write.path);
		if (!look || store_look_file(look) != ST_OK)
			return run_failed(ST_NOMEM, NULL) | EXIT_MENDED;
		look->headline = headline(c, look);
		if (join_lists(c, look) != ST_OK)
			return run_failed(ST_NOMEM, NULL) | EXIT_MENDED;
	} else {
		store_visit_fill(c->run->arena, change_facts(c->s.change), &look->store);
		if (c->s.n)
			look->headline = headline(c, look);
	}
	code = store_look_print(look);
	return c->is_written || c->is_resumed ? code | EXIT_MENDED : code;
}

static int tell_failure(struct changing *c, enum status st)
{
	if (st == ST_CANCEL)
		return run_failed(st, "stopped; nothing was changed");
	run_complain(arena_printf(c->run->arena, "\"%s\" is not changed: %s", c->write.path,
				  c->why ? c->why : exit_words_of(st)));
	return exit_code_of(st);
}

int store_change_run(struct run *run, const struct look_kind *kind)
{
	struct changing *c = arena_alloc(run->arena, sizeof *c);
	enum status st;
	int code;

	if (!c)
		return run_failed(ST_NOMEM, NULL);
	c->run = run;
	c->write = (struct store_write){ .run = run, .path = run->words[0] };
	c->s.look = store_look_new(run, kind, run->words[0]);
	if (!c->s.look || store_visit_open(&c->visit, run, 1) != ST_OK)
		return run_failed(ST_NOMEM, NULL);
	st = run->options.plan ? run_on_paper(c) : run_in_place(c);
	store_write_close(&c->write);
	if (c->usage)
		code = run_usage(arena_printf(run->arena, "%s: %s", kind->command, c->usage));
	else
		code = st == ST_OK ? tell(c) : tell_failure(c, st);
	change_drop(&c->s.change);
	return code;
}
