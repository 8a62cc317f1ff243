/* This file mends what "profile check" found: it writes the right values and keeps what takes them back. */
#include "app/profile_fix.h"

#include "app/copy_look.h"
#include "app/settings_undo.h"
#include "app/settings_write.h"
#include "apply/group.h"
#include "os/file.h"
#include "os/live_registry.h"
#include "os/running.h"
#include "os/store_edit.h"
#include "os/terminal.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_SIZE = 16 };

struct fix {
	struct gather *gather;
	struct arena *arena;
	const char *word; /* of --fix */
	const struct wanted **wanted;
	size_t n_wanted;
	struct change *changes;
	struct settings_step *steps;
	struct settings_left *left;
	size_t n_changes, n_steps, n_left;
	struct profile_copies *copies;
};

static bool is_named(const struct fix *fix, const struct finding *finding)
{
	return strcmp(fix->word, "all") == 0 || strcmp(fix->word, finding->key) == 0 ||
	       strcmp(fix->word, catalogue_row(finding->code)->slug) == 0;
}

/* The word may be the path of a mailbox's copy, as the settings have it, or the name of its file. */
static bool is_copy_named(const struct fix *fix, const struct audit_store *store)
{
	struct str path = str_of(store->path), word = str_of(fix->word);
	size_t start = path.len - (word.len < path.len ? word.len : path.len);

	if (!store->is_copy || !store->file || word.len == 0)
		return false;
	return str_eq_nocase(path, word) ||
	       (start > 0 && path.at[start - 1] == '\\' && str_ends_nocase(path, word));
}

/* Copies that are to be made anew though nothing is known to be wrong with them. */
static size_t select_copies(struct fix *fix)
{
	const struct gather *gather = fix->gather;
	size_t n = 0;

	for (size_t i = 0; i < gather->n_stores; i++) {
		struct wanted *one =
			is_copy_named(fix, &gather->stores[i]) ? arena_alloc(fix->arena, sizeof *one) : NULL;

		if (!one)
			continue;
		*one = (struct wanted){ .finding_key = gather->stores[i].path,
					.what = WANTED_RENAMED,
					.source = gather->stores[i].file,
					.is_copy = true };
		fix->wanted[fix->n_wanted++] = one;
		n++;
	}
	return n;
}

/* Wishes of the findings that are meant, and words for those that have none. */
static bool select_wanted(struct fix *fix)
{
	const struct wanted_list *list = &fix->gather->wanted;
	size_t n = finding_count(fix->gather->findings), n_named = 0;

	fix->wanted = arena_array(fix->arena, list->n + fix->gather->n_stores + 1, sizeof *fix->wanted);
	fix->left = arena_array(fix->arena, list->n + n + fix->gather->n_stores + 1, sizeof *fix->left);
	fix->changes = arena_array(fix->arena, CHANGE_GROUP_MAX, sizeof *fix->changes);
	fix->steps = arena_array(fix->arena, REWRITES_MAX, sizeof *fix->steps);
	if (!fix->wanted || !fix->left || !fix->changes || !fix->steps)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct finding *finding = finding_at(fix->gather->findings, i);
		size_t before = fix->n_wanted;

		if (!is_named(fix, finding))
			continue;
		n_named++;
		for (size_t k = 0; k < list->n; k++)
			if (strcmp(list->at[k].finding_key, finding->key) == 0)
				fix->wanted[fix->n_wanted++] = &list->at[k];
		/* What "all" means is all that can be written. */
		if (fix->n_wanted == before && strcmp(fix->word, "all") != 0)
			fix->left[fix->n_left++] = (struct settings_left){
				finding->key, NULL,
				"what would be right cannot be known from here: see its remedy"
			};
	}
	n_named += select_copies(fix);
	return n_named > 0 || strcmp(fix->word, "all") == 0 || catalogue_find(str_of(fix->word));
}

static const char *file_of(const struct fix *fix, const struct wanted *one)
{
	struct client_wish wish = { .account = one->account, .is_outgoing = one->is_outgoing };

	(void)fix;
	return one->account && one->what <= WANTED_LEAVE_DAYS ? rewrite_file_of(&wish) : one->source;
}

static void take_steps(struct fix *fix, const struct rewrites *steps)
{
	for (size_t i = 0; i < steps->n && fix->n_steps < REWRITES_MAX; i++) {
		const struct rewrite *step = &steps->at[i];

		fix->steps[fix->n_steps++] =
			(struct settings_step){ step->label, step->file, step->key,  step->name,
						step->line,  step->old,  step->fresh };
	}
}

/* Changes are made to the file itself, behind all links. */
static enum status take_change(struct fix *fix, struct change *change, const char **why_out)
{
	const char *why = NULL;

	if (fix->n_changes == CHANGE_GROUP_MAX)
		return ST_LIMIT;
	if (!live_registry_is(change->path))
		change->path = store_edit_real_path(fix->arena, change->path, &why);
	if (!change->path) {
		*why_out = why;
		return ST_IO;
	}
	fix->changes[fix->n_changes++] = *change;
	return ST_OK;
}

static enum status plan_file(struct fix *fix, const char *file, const char **why_out)
{
	const struct wanted **mine = arena_array(fix->arena, fix->n_wanted + 1, sizeof *mine);
	const char **why = arena_array(fix->arena, fix->n_wanted + 1, sizeof *why), *words = NULL;
	struct settings_write w = { .arena = fix->arena, .file = file, .wanted = mine, .why = why };
	struct rewrites steps;
	struct change *changes = NULL;
	size_t n = 0;
	enum status st;

	if (!mine || !why || !rewrite_init(&steps, fix->arena))
		return ST_NOMEM;
	w.steps = &steps;
	for (size_t i = 0; i < fix->n_wanted; i++)
		if (fix->wanted[i]->what != WANTED_RENAMED && strcmp(file_of(fix, fix->wanted[i]), file) == 0)
			mine[w.n_wanted++] = fix->wanted[i];
	st = settings_write_plan(&w, &changes, &n, &words);
	for (size_t i = 0; st == ST_OK && i < n; i++)
		st = take_change(fix, &changes[i], &words);
	if (st == ST_OK)
		take_steps(fix, &steps);
	for (size_t i = 0; st == ST_OK && i < w.n_wanted; i++)
		if (why[i])
			fix->left[fix->n_left++] =
				(struct settings_left){ mine[i]->finding_key, file, why[i] };
	if (st != ST_OK)
		*why_out = arena_printf(fix->arena, "\"%s\": %s", file, words ? words : exit_words_of(st));
	return st;
}

/* NAME.old, or NAME.old2 and on where that is taken. */
static const char *aside(struct arena *arena, const char *path)
{
	const char *name = arena_printf(arena, "%s.old", path);

	for (unsigned i = 2; name && file_exists(name) && i < 100; i++)
		name = arena_printf(arena, "%s.old%u", path, i);
	return name;
}

/* What only the copy has is not to be forgotten: it is looked through first. */
static enum status look_through(struct fix *fix, const char *path, const char *to, const char **refusal_out)
{
	struct copy_look *look = &fix->copies->looks[fix->copies->n];
	enum status st = ST_OK;

	*refusal_out = NULL;
	if (fix->copies->n == PROFILE_COPIES_MAX)
		*refusal_out = "more than 64 copies at once are not looked through";
	else if (fix->gather->is_live && running_outlook())
		*refusal_out = "Outlook runs: close it first";
	if (*refusal_out)
		return ST_OK;
	st = copy_look_at(fix->gather->run, path, look);
	for (size_t i = 0; st == ST_OK && i < look->list.n; i++)
		st = item_list_add(fix->arena, &fix->copies->items, &look->list.items[i]);
	fix->copies->n += st == ST_OK;
	look->aside = look->refusal ? NULL : to;
	*refusal_out = look->refusal;
	return st;
}

static enum status plan_name(struct fix *fix, const struct wanted *one, const char **why_out)
{
	const char *why = NULL, *path = store_edit_real_path(fix->arena, one->source, &why), *refusal = NULL;
	const char *to = path ? aside(fix->arena, path) : NULL;
	enum status st = ST_OK;

	if (!path) {
		*why_out = arena_printf(fix->arena, "\"%s\": %s", one->source, why ? why : "it is not there");
		return ST_IO;
	}
	if (!to)
		return ST_NOMEM;
	if (one->is_copy)
		st = look_through(fix, path, to, &refusal);
	if (refusal)
		fix->left[fix->n_left++] = (struct settings_left){ one->finding_key, path, refusal };
	if (st != ST_OK || refusal)
		return st;
	fix->changes[fix->n_changes++] = (struct change){ .kind = CHANGE_NAME, .path = path, .to = to };
	fix->steps[fix->n_steps++] = (struct settings_step){
		.finding = one->finding_key, .file = path, .name = "name", .old = path, .fresh = to
	};
	return ST_OK;
}

static bool is_first_of_file(const struct fix *fix, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (fix->wanted[i]->what != WANTED_RENAMED &&
		    strcmp(file_of(fix, fix->wanted[i]), file_of(fix, fix->wanted[index])) == 0)
			return false;
	return true;
}

static enum status plan(struct fix *fix, const char **why_out)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < fix->n_wanted && fix->n_changes < CHANGE_GROUP_MAX; i++) {
		if (fix->wanted[i]->what == WANTED_RENAMED)
			st = plan_name(fix, fix->wanted[i], why_out);
		else if (is_first_of_file(fix, i))
			st = plan_file(fix, file_of(fix, fix->wanted[i]), why_out);
	}
	return st == ST_OK && arena_failed(fix->arena) ? ST_NOMEM : st;
}

/* Without a terminal nobody is asked: the word --fix was said. */
static bool is_agreed(const struct fix *fix)
{
	char answer[ANSWER_SIZE] = "";

	if (fix->gather->run->options.yes || !terminal_is(TERMINAL_IN) || !terminal_is(TERMINAL_ERROR))
		return true;
	fprintf(stderr,
		"postmend: %zu values in %zu files would be changed (--plan lists them). Write them? [y/N] ",
		fix->n_steps, fix->n_changes);
	for (size_t n = 0; n + 1 < sizeof answer && fread(&answer[n], 1, 1, stdin) == 1; n++)
		if (answer[n] == '\n')
			break;
	return answer[0] == 'y' || answer[0] == 'Y';
}

static enum status write_all(struct fix *fix, struct settings_change *out, const char **why_out)
{
	const struct change_group group = { arena_printf(fix->arena, "profile check --fix %s", fix->word),
					    fix->changes, fix->n_changes };
	const char *journal = settings_undo_new(fix->arena, why_out);
	enum status st;

	if (!group.title || !journal)
		return *why_out ? ST_IO : ST_NOMEM;
	st = group_run(fix->arena, &group, journal, why_out);
	if (st == ST_OK) {
		out->outcome = SETTINGS_WRITTEN;
		out->journal = journal;
	}
	return st == ST_USAGE ? ST_IO : st;
}

enum status profile_fix(struct gather *gather, struct settings_change *out, struct profile_copies *copies,
			const char **why_out)
{
	struct fix fix = { .gather = gather,
			   .arena = gather->run->arena,
			   .word = gather->run->options.fix,
			   .copies = copies };
	enum status st;

	*out = (struct settings_change){ .outcome = SETTINGS_NOTHING };
	*copies = (struct profile_copies){ .n = 0 };
	if (!select_wanted(&fix)) {
		if (arena_failed(fix.arena))
			return ST_NOMEM;
		*why_out = arena_printf(fix.arena,
					"--fix: expected the key or the id of a finding, all, or the .ost of "
					"an account; there is "
					"no \"%.200s\"",
					fix.word);
		return ST_USAGE;
	}
	st = plan(&fix, why_out);
	out->steps = fix.steps;
	out->n_steps = fix.n_steps;
	out->left = fix.left;
	out->n_left = fix.n_left;
	if (st != ST_OK)
		return st;
	if (gather->run->options.plan)
		out->outcome = SETTINGS_PLANNED;
	else if (fix.n_changes && !is_agreed(&fix))
		out->outcome = SETTINGS_DECLINED;
	else if (fix.n_changes)
		return write_all(&fix, out, why_out);
	return ST_OK;
}

void profile_copies_tell(struct gather *gather, const struct profile_copies *copies)
{
	for (size_t i = 0; i < copies->n; i++)
		copy_look_tell(gather->run, &copies->looks[i], gather->findings);
}

/* Where to look, as the options said it. */
static const char *where(const struct gather *gather)
{
	const struct options *options = &gather->run->options;
	const char *path = options->windows ? options->windows : options->hive;

	if (!path)
		return "";
	return arena_printf(gather->run->arena, " --%s \"%s\"", options->windows ? "windows" : "hive", path);
}

void profile_fix_advise(struct gather *gather)
{
	const char *place = where(gather);

	for (size_t i = 0; place && i < gather->wanted.n; i++) {
		struct finding *finding = finding_find(gather->findings, gather->wanted.at[i].finding_key);

		if (finding && !finding->remedy_command)
			finding->remedy_command =
				arena_printf(gather->run->arena, "postmend profile check%s --fix %s", place,
					     catalogue_row(finding->code)->slug);
	}
}
