/* This file is the command "profile": what mail programs have set up on this computer or on a mounted disk.
 */
#include "app/addin_bisect.h"
#include "app/commands.h"
#include "app/gather.h"
#include "app/profile_clone.h"
#include "app/profile_fix.h"
#include "app/settings_undo.h"

#include "base/checked.h"
#include "diagnose/clients.h"
#include "os/clock.h"
#include "os/env.h"

#include <string.h>

/* What is read and judged: accounts are listed only. */
enum part { PART_ACCOUNTS, PART_ADDINS, PART_ALL };

struct sub_command {
	const char *name;
	int (*run)(struct run *run); /* words are those behind the sub-command */
};

/* What is told beside the findings. */
struct told {
	const struct settings_change *changed;
	const struct bisect_facts *bisect;
	const struct item_list *items;
};

static int report_clients(struct gather *gather, const char *command, const struct clock *clock,
			  const struct told *told)
{
	const struct settings_change *changed = told->changed;
	struct run *run = gather->run;
	const char *clone = strcmp(command, "profile clone") == 0 ? run->words[0] : NULL;
	const struct clients_case facts = {
		.n_accounts = gather->found.n_accounts,
		.n_profiles = gather->found.n_profiles,
		.is_judged = strcmp(command, "profile check") == 0,
		.is_of_addins = strcmp(command, "profile add-ins") == 0,
		.n_addins = gather->found.machine->n_addins,
	};
	struct diagnosis *diagnosis = arena_alloc(run->arena, sizeof *diagnosis);
	struct report report = {
		.command = command,
		.version = POSTMEND_VERSION,
		.findings = gather->findings,
		.diagnosis = diagnosis,
		.clients = &gather->found,
		.changed = changed,
		.bisect = told->bisect,
		.items = told->items && told->items->n ? told->items : NULL,
		.elapsed = clock_now(clock),
		.computer_name = env_host_name(run->arena),
	};

	if (!diagnosis || diagnose_clients(run->arena, &facts, gather->findings, diagnosis) != ST_OK ||
	    arena_failed(run->arena))
		return run_failed(ST_NOMEM, NULL);
	if (clone && changed->outcome == SETTINGS_WRITTEN)
		diagnosis->headline = arena_printf(run->arena,
						   "The profile is there. Without add-ins it starts with: "
						   "outlook.exe /safe /profile \"%s\"",
						   clone);
	return run_report(run, &report);
}

/* What the options point at, judged where that is asked for. */
static enum status visit(struct gather *gather, struct run *run, enum part part, const char **why_out)
{
	enum status st = gather_open(gather, run);

	gather->looks_around = part != PART_ACCOUNTS;
	if (st == ST_OK)
		st = gather_collect(gather, why_out);
	if (st == ST_OK && part == PART_ALL)
		st = gather_judge(gather);
	if (st == ST_OK && part == PART_ADDINS)
		gather_judge_addins(gather);
	if (st == ST_OK)
		profile_fix_advise(gather);
	return st;
}

static int look(struct run *run, const char *command, enum part part)
{
	struct settings_change changed = { .outcome = SETTINGS_NOTHING };
	struct profile_copies *copies = arena_alloc(run->arena, sizeof *copies);
	struct gather gather;
	struct clock clock;
	const char *why = NULL;
	bool is_fix = part == PART_ALL && run->options.fix, is_written;
	enum status st;
	int code;

	if (run->n_words > 0)
		return run_usage(arena_printf(
			run->arena,
			"%s: expected no more words; --windows DIR and --hive FILE say where to look",
			command));
	if (run->options.windows && run->options.hive)
		return run_usage(
			arena_printf(run->arena, "%s: expected --windows or --hive, not both", command));
	if (run->options.save && !is_fix)
		return run_usage("--save: it is for profile check --fix, where an .ost is to be put aside");
	clock_start(&clock);
	st = copies ? visit(&gather, run, part, &why) : ST_NOMEM;
	if (st == ST_OK && is_fix) {
		st = profile_fix(&gather, &changed, copies, &why);
		if (st == ST_USAGE)
			return run_usage(why ? why : exit_words_of(st));
	}
	is_written = changed.outcome == SETTINGS_WRITTEN;
	/* What is told at the end is what a new check says. */
	if (st == ST_OK && is_written)
		st = visit(&gather, run, part, &why);
	if (st != ST_OK)
		return run_failed(st, why) | (is_written ? EXIT_MENDED : 0);
	profile_copies_tell(&gather, copies);
	gather_close(&gather);
	code = report_clients(&gather, command, &clock,
			      &(struct told){ .changed = is_fix ? &changed : NULL, .items = &copies->items });
	return is_written ? code | EXIT_MENDED : code;
}

static int run_list(struct run *run)
{
	return look(run, "profile list", PART_ACCOUNTS);
}

static int run_check(struct run *run)
{
	return look(run, "profile check", PART_ALL);
}

static int run_bisect(struct run *run)
{
	struct bisect_facts facts = { .n_addins = 0 };
	struct gather gather;
	struct clock clock;
	const char *why = NULL;
	bool was_put_back = false;
	enum status st;

	if (run->n_words != 1)
		return run_usage("profile add-ins bisect: expected no more words");
	clock_start(&clock);
	st = visit(&gather, run, PART_ADDINS, &why);
	/* What an interrupted search left switched off is no setting of the user's. */
	if (st == ST_OK)
		st = addin_bisect_put_back(&gather, &was_put_back, &why);
	if (st == ST_OK && was_put_back)
		st = visit(&gather, run, PART_ADDINS, &why);
	if (st == ST_OK) {
		gather.findings = finding_sink_new(run->arena);
		st = gather.findings ? addin_bisect(&gather, &facts, &why) : ST_NOMEM;
	}
	if (st == ST_USAGE)
		return run_usage(why ? why : exit_words_of(st));
	if (st != ST_OK)
		return run_failed(st, why);
	return report_clients(&gather, "profile add-ins bisect", &clock, &(struct told){ .bisect = &facts });
}

static int run_addins(struct run *run)
{
	if (run->n_words > 0 && strcmp(run->words[0], "bisect") == 0)
		return run_bisect(run);
	return look(run, "profile add-ins", PART_ADDINS);
}

static int run_clone(struct run *run)
{
	struct settings_change changed;
	struct gather gather;
	struct clock clock;
	const char *why = NULL, *name = run->n_words ? run->words[0] : NULL;
	int code;
	enum status st;

	if (run->n_words < 1 || run->n_words > 2)
		return run_usage("profile clone: expected the name of the new profile, and whose account: "
				 "postmend profile clone Test anna@example.org");
	clock_start(&clock);
	st = visit(&gather, run, PART_ACCOUNTS, &why);
	if (st == ST_OK)
		st = profile_clone(&gather, name, run->n_words > 1 ? run->words[1] : NULL, &changed, &why);
	if (st == ST_USAGE)
		return run_usage(why ? why : exit_words_of(st));
	if (st == ST_OK && changed.outcome == SETTINGS_WRITTEN)
		st = visit(&gather, run, PART_ACCOUNTS, &why);
	if (st != ST_OK)
		return run_failed(st, why);
	code = report_clients(&gather, "profile clone", &clock, &(struct told){ .changed = &changed });
	return changed.outcome == SETTINGS_WRITTEN ? code | EXIT_MENDED : code;
}

static const struct sub_command sub_commands[] = {
	{ "list", run_list },   { "check", run_check },    { "add-ins", run_addins },
	{ "clone", run_clone }, { "undo", settings_undo },
};

int cmd_profile(struct run *run)
{
	const char *first = run->n_words ? run->words[0] : NULL, *why;

	for (size_t i = 0; first && i < COUNT_OF(sub_commands); i++) {
		if (strcmp(first, sub_commands[i].name) != 0)
			continue;
		run->words++;
		run->n_words--;
		if (run->options.fix && strcmp(first, "check") != 0)
			return run_usage("--fix: only profile check mends");
		return sub_commands[i].run(run);
	}
	why = first ? arena_printf(run->arena,
				   "profile: expected list, check, add-ins, clone or undo, not \"%.200s\"",
				   first)
		    : "profile: expected what to do, such as: postmend profile list";
	return run_usage(why ? why : exit_words_of(ST_NOMEM));
}
