/* This file is the command "settings": the right servers of an address. */
#include "app/commands.h"
#include "app/settings_against.h"
#include "app/visit.h"
#include "diagnose/joint.h"
#include "os/env.h"
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

/* The right settings beside what is set up: what differs is a finding like any other. */
static int report_compared(struct visit *visit, struct gather *gather)
{
	struct arena *arena = visit->run->arena;
	struct diagnosis *asked = arena_alloc(arena, sizeof *asked),
			 *joint = arena_alloc(arena, sizeof *joint);
	struct joint_case facts = { .settings = gather->findings,
				    .network = finding_sink_new(arena),
				    .diagnosis = asked,
				    .headline = "What is set up is right." };
	int code;

	if (!asked || !joint || !facts.network)
		return run_failed(ST_NOMEM, NULL);
	code = visit_judge(visit, facts.network, asked);
	if (!asked->headline)
		return code;
	settings_against_judge(gather, visit->facts.settings);
	if (joint_diagnose(arena, &facts, joint) != ST_OK || arena_failed(arena))
		return run_failed(ST_NOMEM, NULL);
	return code | run_report(visit->run, &(struct report){
						     .command = "settings",
						     .version = POSTMEND_VERSION,
						     .findings = gather->findings,
						     .diagnosis = joint,
						     .facts = &visit->facts,
						     .clients = &gather->found,
						     .elapsed = drive_now(visit->drive),
						     .cancelled = drive_was_cancelled(visit->drive),
						     .user_name = visit->user,
						     .computer_name = env_host_name(arena),
					     });
}

int cmd_settings(struct run *run)
{
	struct gather *gather = arena_alloc(run->arena, sizeof *gather);
	struct visit visit;
	struct address address;
	const char *why = NULL;
	enum status status = read_address(run, &address, &why);
	int code;

	if (status == ST_OK && run->options.against)
		status = gather ? settings_against_find(gather, run, &address, &why) : ST_NOMEM;
	if (status != ST_OK)
		return run_failed(status, why);
	code = visit_open(&visit, run, &(struct visit_needs){ .user = address.whole, .deadline = 30.0 });
	if (code == EXIT_HEALTHY) {
		status = visit_settings(&visit, &address);
		code = status != ST_OK        ? run_failed(status, NULL)
		       : run->options.against ? report_compared(&visit, gather)
					      : visit_report(&visit, "settings");
		if (status == ST_OK && run->options.export_to)
			code |= write_export(run, visit.facts.settings);
	}
	visit_close(&visit);
	return code;
}
