/* This file is the command "compare": what differs between two reports. */
#include "app/commands.h"
#include "os/file.h"
#include "os/terminal.h"
#include "report/compare.h"

static enum status read_file(struct run *run, const char *path, struct buf *out, const char **why_out)
{
	const char *why = NULL;
	enum status st = file_read(path, out, &why);

	if (st != ST_OK)
		*why_out = arena_printf(run->arena, "\"%s\" cannot be read: %s", path,
					why ? why : exit_words_of(st));
	return st;
}

static int show(struct run *run, const struct compare *compare)
{
	struct report_style style = run_style(run);
	int code = compare->n ? EXIT_TROUBLE : EXIT_HEALTHY;
	struct buf out;

	if (run->options.quiet && compare->n == 0)
		return code;
	buf_init(&out, RUN_OUTPUT_CAP);
	if (run->options.json)
		compare_json(compare, POSTMEND_VERSION, &out);
	else
		compare_text(compare, style.color, style.width, &out);
	if (!run_print(&out))
		code |= EXIT_FAILED;
	buf_fini(&out);
	return code;
}

int cmd_compare(struct run *run)
{
	struct compare compare;
	const char *why = NULL;
	struct buf a, b;
	enum status st;

	if (run->n_words != 2)
		return run_usage("compare: expected two reports, made with --json");
	buf_init(&a, COMPARE_BYTES_MAX);
	buf_init(&b, COMPARE_BYTES_MAX);
	st = read_file(run, run->words[0], &a, &why);
	if (st == ST_OK)
		st = read_file(run, run->words[1], &b, &why);
	if (st == ST_OK) {
		st = compare_reports(run->arena, buf_view(&a), buf_view(&b), &compare, &why);
		if (st == ST_USAGE) {
			why = arena_printf(run->arena, "compare: \"%s\" or \"%s\": %s", run->words[0],
					   run->words[1], why ? why : "?");
			st = ST_IO;
		}
	}
	buf_fini(&a);
	buf_fini(&b);
	return st == ST_OK ? show(run, &compare) : run_failed(st, why);
}
