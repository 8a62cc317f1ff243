/* This file is the command "settings": the right servers of an address. */
#include "app/commands.h"
#include "app/visit.h"
#include "os/file.h"
#include "report/settings_export.h"

/* The one address that the words must be. ST_USAGE after filling *why_out. */
static enum status read_address(struct run *run, struct address *out, const char **why_out)
{
	enum settings_export kind;

	if (run->n_words != (run->options.export_to ? 2 : 1)) {
		*why_out = run->options.export_to
				   ? "settings: expected a mail address and the file to write"
				   : "settings: expected one mail address, such as anna@example.org";
		return ST_USAGE;
	}
	if (run->options.export_to && !settings_export_kind(str_of(run->options.export_to), &kind)) {
		*why_out = "--export: expected prf, reg or thunderbird";
		return ST_USAGE;
	}
	if (run->options.export_to && file_exists(run->words[1])) {
		*why_out = "--export: the file is there already, and is never replaced";
		return ST_USAGE;
	}
	return address_parse(run->arena, str_of(run->words[0]), out, why_out);
}

/* 0, or the exit code after saying why not. */
static int write_export(struct run *run, const struct settings_facts *facts)
{
	enum settings_export kind;
	const char *why = NULL;
	enum status st = ST_IO;
	struct buf out;

	if (!settings_export_kind(str_of(run->options.export_to), &kind))
		return EXIT_USAGE;
	buf_init(&out, RUN_OUTPUT_CAP);
	why = settings_export(kind, facts, &out);
	if (!why)
		st = file_write(run->words[1], buf_view(&out), false, &why);
	buf_fini(&out);
	if (st == ST_OK)
		return EXIT_HEALTHY;
	run_complain(
		arena_printf(run->arena, "--export: nothing was written: %s", why ? why : exit_words_of(st)));
	return EXIT_FAILED;
}

int cmd_settings(struct run *run)
{
	struct visit visit;
	struct address address;
	const char *why = NULL;
	enum status status = read_address(run, &address, &why);
	int code;

	if (status != ST_OK)
		return run_failed(status, why);
	code = visit_open(&visit, run, &(struct visit_needs){ .user = address.whole, .deadline = 30.0 });
	if (code == EXIT_HEALTHY) {
		status = visit_settings(&visit, &address);
		code = status == ST_OK ? visit_report(&visit, "settings") : run_failed(status, NULL);
		if (status == ST_OK && run->options.export_to)
			code |= write_export(run, visit.facts.settings);
	}
	visit_close(&visit);
	return code;
}
