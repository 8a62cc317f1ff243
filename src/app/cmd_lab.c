/* This file is the command "lab": a practice server that misbehaves as asked. */
#include "app/commands.h"

#include "lab/lab.h"
#include "os/file.h"

enum { LIST_CAP = 1 << 20, PASSWORD_MAX = 1024 };

static int print_list(const struct run *run)
{
	struct buf out;
	int code;

	buf_init(&out, LIST_CAP);
	lab_list(&out, run->options.json);
	code = run_print(&out) ? EXIT_HEALTHY : EXIT_FAILED;
	buf_fini(&out);
	return code;
}

static void print_ready(void *context, struct str text)
{
	struct buf out;

	(void)context;
	buf_init(&out, text.len + 1);
	buf_add_str(&out, text);
	/* Nobody may be there to read it any more; the lab runs on for its clients. */
	if (!run_print(&out))
		buf_clear(&out);
	buf_fini(&out);
}

/* The practice password, in a file so that it can be any. */
static enum status read_password(struct run *run, const char **password_out, const char **why_out)
{
	const char *path = run->options.password_file, *why = "";
	enum status status = ST_OK;
	struct buf bytes;

	if (!path)
		return ST_OK;
	buf_init(&bytes, PASSWORD_MAX);
	if (file_read(path, &bytes, &why) != ST_OK) {
		*why_out = arena_printf(run->arena,
					"--password-file: expected a file that can be read, not \"%s\": %s",
					path, why);
		status = ST_USAGE;
	}
	*password_out = arena_text(run->arena, str_trim(buf_str(&bytes)));
	buf_wipe_fini(&bytes);
	return status;
}

int cmd_lab(struct run *run)
{
	const struct options *options = &run->options;
	const char *why = NULL;
	struct lab_options lab = {
		.faults = run->words,
		.n_faults = run->n_words,
		.address = options->address,
		.port_base = (uint16_t)options->port_base,
		.seconds = options->seconds,
		.ca_file = options->ca_file,
		.ready_file = options->ready_file,
		.user = options->user,
		.mailbox = options->mailbox,
		.json = options->json,
		.on_ready = print_ready,
	};
	enum status status;

	if (options->list)
		return print_list(run);
	status = read_password(run, &lab.password, &why);
	if (status == ST_OK)
		status = lab_run(&lab, run->arena, &why);
	return status == ST_OK ? EXIT_HEALTHY : run_failed(status, why);
}
