/* This file is "profile clone NAME": a profile for tests beside the old one, with one account in it. */
#include "app/profile_clone.h"

#include "app/gather_live.h"
#include "app/hive_load.h"
#include "app/settings_undo.h"
#include "app/settings_write.h"
#include "apply/group.h"
#include "client/clone.h"
#include "os/live_registry.h"
#include "os/store_edit.h"

#include <string.h>

static bool is_called(const struct client_account *account, const char *word)
{
	const char *names[] = { account->name.text, account->address.text };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i] && str_eq_nocase(str_of(names[i]), str_of(word)))
			return true;
	return false;
}

static bool is_default_profile(const struct client_found *found, const struct client_account *account)
{
	for (size_t i = 0; i < found->n_profiles; i++)
		if (found->profiles[i].program == CLIENT_OUTLOOK && found->profiles[i].is_default &&
		    str_eq(str_of(found->profiles[i].name), str_of(account->profile)) &&
		    str_eq(str_of(found->profiles[i].source), str_of(account->source)))
			return true;
	return false;
}

/* The one that is meant; more than one is none. */
static const struct client_account *choose(const struct client_found *found, const char *word)
{
	const struct client_account *best = NULL;
	unsigned best_rank = 0, n_best = 0;

	for (size_t i = 0; i < found->n_accounts; i++) {
		const struct client_account *one = &found->accounts[i];
		unsigned rank = 1;

		if (one->program != CLIENT_OUTLOOK || !one->profile || (word && !is_called(one, word)))
			continue;
		rank += is_default_profile(found, one) ? 2 : 0;
		rank += one->is_default;
		n_best = rank > best_rank ? 1 : n_best + (rank == best_rank);
		if (rank > best_rank) {
			best = one;
			best_rank = rank;
		}
	}
	return n_best == 1 ? best : NULL;
}

static enum status copy(struct gather *gather, const struct client_account *account, const char *name,
			struct clone *out, const char **why_out)
{
	struct arena *arena = gather->run->arena, *scratch = NULL;
	struct hive_load load = { .n_logs = 0 };
	bool is_live = live_registry_is(account->source);
	const char *why = NULL;
	struct hive hive;
	enum status st;

	if (is_live) {
		scratch = gather_live_arena();
		st = scratch ? gather_live_copy(scratch, LIVE_USER, &hive, &(uint64_t){ 0 }) : ST_NOMEM;
	} else {
		st = hive_load_open(arena, account->source, &load, why_out);
		if (st == ST_OK && hive_open(load.replay.bytes, &hive) != HIVE_FINE)
			st = ST_IO;
	}
	if (st == ST_OK)
		why = clone_profile(arena, &hive, account, name, out);
	if (!is_live)
		hive_load_close(&load);
	arena_drop(&scratch);
	if (!why)
		return st;
	*why_out = arena_printf(arena, "profile clone: the profile \"%s\" is not copied: %s",
				account->profile, why);
	return ST_USAGE;
}

/* The values as changes of the hive, or of the registry. */
static enum status plan(struct gather *gather, const struct client_account *account,
			const struct clone *clone, struct change_group *group, const char **why_out)
{
	struct arena *arena = gather->run->arena;
	struct wanted *wanted = arena_array(arena, clone->n_values + 1, sizeof *wanted);
	const struct wanted **list = arena_array(arena, clone->n_values + 1, sizeof *list);
	const char **why = arena_array(arena, clone->n_values + 1, sizeof *why);
	struct settings_write w = { .arena = arena, .file = account->source, .wanted = list, .why = why };
	struct rewrites steps;
	enum status st;

	if (!wanted || !list || !why || !rewrite_init(&steps, arena))
		return ST_NOMEM;
	w.steps = &steps;
	w.n_wanted = clone->n_values;
	for (size_t i = 0; i < clone->n_values; i++) {
		const struct clone_value *value = &clone->values[i];

		wanted[i] = (struct wanted){ .what = WANTED_VALUE,
					     .source = account->source,
					     .place = { .key = value->key, .value = value->name },
					     .type = value->type,
					     .has_data = true,
					     .data = value->data };
		list[i] = &wanted[i];
	}
	st = settings_write_plan(&w, &group->at, &group->n, why_out);
	for (size_t i = 0; st == ST_OK && i < clone->n_values; i++)
		if (why[i]) {
			*why_out = why[i];
			return ST_IO;
		}
	for (size_t i = 0; st == ST_OK && i < group->n; i++)
		if (!live_registry_is(group->at[i].path)) {
			group->at[i].path = store_edit_real_path(arena, group->at[i].path, why_out);
			st = group->at[i].path ? ST_OK : ST_IO;
		}
	return st;
}

static enum status write_down(struct gather *gather, const struct change_group *group,
			      struct settings_change *out, const char **why_out)
{
	struct arena *arena = gather->run->arena;
	const char *journal = settings_undo_new(arena, why_out);
	enum status st;

	if (!journal)
		return *why_out ? ST_IO : ST_NOMEM;
	st = group_run(arena, group, journal, why_out);
	if (st != ST_OK)
		return st == ST_USAGE ? ST_IO : st;
	out->outcome = SETTINGS_WRITTEN;
	out->journal = journal;
	return ST_OK;
}

static const struct settings_step *step_of(struct arena *arena, const struct client_account *account,
					   const struct clone *clone)
{
	struct settings_step *step = arena_alloc(arena, sizeof *step);
	const char *label = account->name.text ? account->name.text : account->address.text;

	if (step)
		*step = (struct settings_step){
			.file = account->source,
			.key = clone->profile,
			.name = "profile",
			.fresh = arena_printf(
				arena,
				"%zu values of the profile \"%s\" with the account \"%s\" alone, "
				"%zu accounts and %zu stores left out",
				clone->n_values, account->profile, label ? label : "(no name)",
				clone->n_accounts, clone->n_stores),
		};
	return step;
}

enum status profile_clone(struct gather *gather, const char *name, const char *account_word,
			  struct settings_change *out, const char **words_out)
{
	struct arena *arena = gather->run->arena;
	const struct client_account *account = choose(&gather->found, account_word);
	struct change_group group = { .title = arena_printf(arena, "profile clone %s", name) };
	struct clone clone;
	enum status st;

	*out = (struct settings_change){ .outcome = SETTINGS_PLANNED };
	if (!account) {
		*words_out =
			account_word
				? arena_printf(
					  arena,
					  "profile clone: no profile of Outlook, or more than one, has an "
					  "account \"%.200s\"",
					  account_word)
				: "profile clone: expected the name or address of the account as well: which "
				  "one is meant is not clear from here";
		return ST_USAGE;
	}
	st = copy(gather, account, name, &clone, words_out);
	if (st == ST_OK)
		st = plan(gather, account, &clone, &group, words_out);
	if (st != ST_OK)
		return st;
	out->steps = step_of(arena, account, &clone);
	out->n_steps = out->steps ? 1 : 0;
	return gather->run->options.plan ? ST_OK : write_down(gather, &group, out, words_out);
}
