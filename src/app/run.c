/* This file talks to the user: reports, and lines about what went wrong. */
#include "app/run.h"

#include "os/file.h"
#include "os/terminal.h"
#include "report/escape.h"

#include <stdio.h>

enum { LINE_CAP = 16 * 1024 };

static void complain(const char *why)
{
	struct buf line;

	buf_init(&line, LINE_CAP);
	escape_terminal(&line, str_of(why));
	buf_add_byte(&line, '\0');
	fprintf(stderr, "postmend: %s\n", buf_failed(&line) ? "too long to show" : (const char *)line.at);
	buf_fini(&line);
}

int run_usage(const char *why)
{
	complain(why);
	return EXIT_USAGE;
}

int run_failed(enum status status, const char *why)
{
	complain(why ? why : exit_words_of(status));
	return exit_code_of(status);
}

bool run_print(const struct buf *bytes)
{
	struct view all = buf_view(bytes);

	if (buf_failed(bytes)) {
		complain("the report is larger than postmend will print");
		return false;
	}
	if (all.len && fwrite(all.at, 1, all.len, stdout) != all.len) {
		complain("standard output takes no more");
		return false;
	}
	if (fflush(stdout) != 0) {
		complain("standard output takes no more");
		return false;
	}
	return true;
}

bool run_has_color(const struct run *run)
{
	if (run->options.color == COLOR_AUTO)
		return terminal_has_colour(TERMINAL_OUT);
	return run->options.color == COLOR_ALWAYS;
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
	if (status == ST_OK)
		return EXIT_HEALTHY;
	complain(arena_printf(run->arena, "--html: \"%s\" cannot be written: %s", run->options.html,
			      why ? why : exit_words_of(status)));
	return EXIT_FAILED;
}

int run_report(const struct run *run, const struct report *report)
{
	struct report_style style = {
		.color = run_has_color(run),
		.width = terminal_width(TERMINAL_OUT),
		.quiet = run->options.quiet,
		.redact = run->options.redact,
	};
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
