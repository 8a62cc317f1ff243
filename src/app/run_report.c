/* This file prints a report as the options ask for. */
#include "app/run.h"

#include "os/browser.h"
#include "os/file.h"
#include "os/terminal.h"

static bool has_color(const struct run *run)
{
	if (run->options.color == COLOR_AUTO)
		return terminal_has_colour(TERMINAL_OUT);
	return run->options.color == COLOR_ALWAYS;
}

struct report_style run_style(const struct run *run)
{
	return (struct report_style){
		.color = has_color(run),
		.width = terminal_width(TERMINAL_OUT),
		.quiet = run->options.quiet,
		.redact = run->options.redact,
	};
}

static int write_html(const struct run *run, const struct report *report, const struct report_style *style)
{
	const char *why = NULL;
	enum status status = ST_LIMIT;
	struct buf page;

	buf_init(&page, RUN_OUTPUT_CAP);
	report_html(report, style, &page);
	if (!buf_failed(&page))
		status = file_write(run->options.html, buf_view(&page), true, &why);
	buf_fini(&page);
	/* Where somebody looks on; a script gets the file. */
	if (status == ST_OK && terminal_is(TERMINAL_OUT))
		(void)browser_open(run->options.html);
	if (status == ST_OK)
		return EXIT_HEALTHY;
	run_complain(arena_printf(run->arena, "--html: \"%s\" cannot be written: %s", run->options.html,
				  why ? why : exit_words_of(status)));
	return EXIT_FAILED;
}

int run_report(const struct run *run, const struct report *report)
{
	struct report_style style = run_style(run);
	int code = report_exit_code(report);
	struct buf out;

	buf_init(&out, RUN_OUTPUT_CAP);
	if (run->options.json)
		report_json(report, &style, &out);
	else
		report_text(report, &style, &out);
	if (!run_print(&out))
		code |= EXIT_FAILED;
	buf_fini(&out);
	if (run->options.html)
		code |= write_html(run, report, &style);
	return code;
}
