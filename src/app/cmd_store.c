/* This file is the command "store": what can be done with Outlook stores, one sub-command each. */
#include "app/commands.h"
#include "app/store_export.h"
#include "app/store_import.h"
#include "app/store_in_place.h"
#include "app/store_look.h"
#include "app/store_mend.h"
#include "app/store_visit.h"

#include "base/checked.h"

#include <string.h>

struct sub_command {
	const char *name;
	int (*run)(struct run *run); /* words are those behind the sub-command */
	uint64_t options;            /* OPTION_BITs, besides those of all */
};

static bool stands_before(const struct run *run, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(run->words[k], run->words[i]) == 0)
			return true;
	return false;
}

static int run_check(struct run *run)
{
	struct store_visit visit;
	enum status status;

	if (run->n_words == 0)
		return run_usage("store check: expected Outlook stores, such as archive.pst");
	status = store_visit_open(&visit, run, run->n_words);
	for (size_t i = 0; status == ST_OK && i < run->n_words; i++)
		if (!stands_before(run, i))
			status = store_visit_check(&visit, run->words[i]);
	if (status != ST_OK && status != ST_CANCEL)
		return run_failed(status, NULL);
	return store_visit_report(&visit);
}

static int run_repair(struct run *run)
{
	if (!run->options.in_place)
		return store_repair(run);
	if (run->options.clear_password)
		return run_usage("store repair: --in-place takes no password off; run: postmend store "
				 "password FILE --clear-password");
	if (run->options.output || run->options.deleted)
		return run_usage(
			"store repair: --in-place writes no new store: leave --output and --deleted out");
	return store_in_place_repair(run);
}

static const struct sub_command sub_commands[] = {
	{ "check", run_check, OPTION_BIT(OPTION_QUICK) },
	{ "repair", run_repair,
	  OPTION_BIT(OPTION_IN_PLACE) | OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_PLAN) |
		  OPTION_BIT(OPTION_YES) | OPTION_BIT(OPTION_DELETED) | OPTION_BIT(OPTION_CLEAR_PASSWORD) },
	{ "undo", store_in_place_undo, OPTION_BIT(OPTION_YES) },
	{ "convert", store_convert,
	  OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_PLAN) | OPTION_BIT(OPTION_COMPACT) |
		  OPTION_BIT(OPTION_SPLIT) | OPTION_BIT(OPTION_CLEAR_PASSWORD) },
	{ "outbox", store_look_outbox,
	  OPTION_BIT(OPTION_RELEASE) | OPTION_BIT(OPTION_REMOVE) | OPTION_BIT(OPTION_SAVE) |
		  OPTION_BIT(OPTION_PLAN) | OPTION_BIT(OPTION_YES) },
	{ "receipts", store_look_receipts,
	  OPTION_BIT(OPTION_REMOVE) | OPTION_BIT(OPTION_SAVE) | OPTION_BIT(OPTION_PLAN) |
		  OPTION_BIT(OPTION_YES) },
	{ "duplicates", store_look_duplicates,
	  OPTION_BIT(OPTION_MOVE_TO) | OPTION_BIT(OPTION_REMOVE) | OPTION_BIT(OPTION_KEEP) |
		  OPTION_BIT(OPTION_SAVE) | OPTION_BIT(OPTION_PLAN) | OPTION_BIT(OPTION_YES) },
	{ "rules", store_look_rules,
	  OPTION_BIT(OPTION_DISABLE) | OPTION_BIT(OPTION_SET_ASIDE) | OPTION_BIT(OPTION_EXPORT) |
		  OPTION_BIT(OPTION_PLAN) | OPTION_BIT(OPTION_YES) },
	{ "password", store_look_password,
	  OPTION_BIT(OPTION_CLEAR_PASSWORD) | OPTION_BIT(OPTION_PLAN) | OPTION_BIT(OPTION_YES) },
	{ "export", store_export,
	  OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_FORMAT) | OPTION_BIT(OPTION_ASSOCIATED) },
	{ "import", store_import, OPTION_BIT(OPTION_OUTPUT) },
};

/* What every sub-command takes. */
#define COMMON                                                                           \
	(OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_QUIET) | OPTION_BIT(OPTION_COLOR) | \
	 OPTION_BIT(OPTION_HTML) | OPTION_BIT(OPTION_REDACT))

static int run_sub_command(struct run *run, const struct sub_command *sub)
{
	const char *name = arena_printf(run->arena, "store %s", sub->name), *why = NULL;

	if (!name)
		return run_failed(ST_NOMEM, NULL);
	if (options_check(run->arena, &run->options, COMMON | sub->options, name, &why) != ST_OK)
		return run_usage(why);
	run->words++;
	run->n_words--;
	return sub->run(run);
}

int cmd_store(struct run *run)
{
	const char *first = run->n_words ? run->words[0] : NULL, *why;

	for (size_t i = 0; first && i < COUNT_OF(sub_commands); i++) {
		if (strcmp(first, sub_commands[i].name) != 0)
			continue;
		return run_sub_command(run, &sub_commands[i]);
	}
	why = first ? arena_printf(run->arena,
				   "store: expected check, repair, undo, convert, outbox, receipts, "
				   "duplicates, rules, password, export or import, not \"%.200s\"",
				   first)
		    : "store: expected what to do, such as: postmend store check archive.pst";
	return run_usage(why ? why : exit_words_of(ST_NOMEM));
}
