/* This file is the command "explain": what a code, a line, an id or a log means, offline. */
#include "app/commands.h"

#include "os/clock.h"
#include "os/file.h"
#include "report/explanation.h"

enum { WORDS_CAP = 64 * 1024, LOG_CAP = 64 << 20, OUT_CAP = 1 << 20 };

/* The words as one line: a server's answer need not be quoted. */
static const char *joined_words(struct run *run)
{
	const char *what = NULL;
	struct buf line;

	buf_init(&line, WORDS_CAP);
	for (size_t i = 0; i < run->n_words; i++) {
		if (i > 0)
			buf_add_byte(&line, ' ');
		buf_add_text(&line, run->words[i]);
	}
	if (!buf_failed(&line))
		what = arena_text(run->arena, buf_str(&line));
	buf_fini(&line);
	return what;
}

static enum status explain_file(struct run *run, const char *path, struct explanation *out,
				const char **why_out)
{
	const char *why = "";
	enum status status;
	struct buf log;

	buf_init(&log, LOG_CAP);
	status = file_read(path, &log, &why);
	if (status == ST_OK) {
		struct str content = arena_str(run->arena, buf_str(&log));

		status = arena_failed(run->arena) ? ST_NOMEM : explain_log(run->arena, content, out);
	} else {
		*why_out = arena_printf(run->arena, "explain: \"%s\" cannot be read: %s", path, why);
	}
	buf_fini(&log);
	return status;
}

static int tell(struct run *run, const struct explanation_report *report)
{
	struct report_style style = run_style(run);
	struct buf out;
	int code = report->explanation->n_matches ? EXIT_HEALTHY : EXIT_TROUBLE;

	buf_init(&out, OUT_CAP);
	if (run->options.json)
		explanation_json(report, &style, &out);
	else
		explanation_text(report, &style, &out);
	if (!run_print(&out))
		code |= EXIT_FAILED;
	buf_fini(&out);
	return code;
}

int cmd_explain(struct run *run)
{
	struct explanation *explanation = arena_alloc(run->arena, sizeof *explanation);
	const char *what = joined_words(run), *why = NULL;
	struct clock clock;
	enum status status;

	if (run->n_words == 0)
		return run_usage(
			"explain: expected an error code, a server's line, a finding's id or a log file");
	clock_start(&clock);
	if (!explanation || !what)
		status = ST_NOMEM;
	else if (run->n_words == 1 && !catalogue_find(str_of(what)) && file_exists(what))
		status = explain_file(run, what, explanation, &why);
	else
		status = explain(run->arena, str_of(what), explanation);
	if (status != ST_OK)
		return run_failed(status, why);
	return tell(run, &(struct explanation_report){
				 .version = POSTMEND_VERSION,
				 .what = what,
				 .explanation = explanation,
				 .elapsed = clock_now(&clock),
			 });
}
