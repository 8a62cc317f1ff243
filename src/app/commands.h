/* This file lists postmend's commands: what they take and what they say of themselves. */
#ifndef POSTMEND_APP_COMMANDS_H
#define POSTMEND_APP_COMMANDS_H

#include "app/options.h"
#include "app/run.h"
#include "base/buf.h"

struct command {
	const char *name;
	const char *synopsis; /* what stands behind the name */
	const char *summary;  /* one line */
	int (*run)(struct run *run);
	uint64_t options;  /* OPTION_BITs */
	const char *help;  /* paragraphs and examples, or "" */
	const char *words; /* what may stand first behind the name, separated by spaces, or NULL */
};

/* Runs what the words ask for; returns the exit code. argv without the program's name. */
int commands_main(size_t argc, const char *const *argv);

const struct command *commands_table(size_t *n_out);

int cmd_probe(struct run *run);
int cmd_trip(struct run *run);
int cmd_compare(struct run *run);
int cmd_profile(struct run *run);
int cmd_settings(struct run *run);
int cmd_diagnose(struct run *run);
int diagnose_here(struct run *run); /* without an address */
int cmd_explain(struct run *run);
int cmd_lab(struct run *run);
int cmd_store(struct run *run);
int cmd_completions(struct run *run);

#endif
