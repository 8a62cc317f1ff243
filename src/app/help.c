/* This file sets what postmend says of itself: its commands, one command, its version. */
#include "app/help.h"

#include "os/libraries.h"
#include "report/paper.h"

#include <string.h>

enum { NAME_INDENT = 2, TEXT_COLUMN = 30 };

/* A name, and behind it what it is, wrapped in a column of its own. */
static void put_row(struct paper *paper, const char *name, const char *more, const char *what)
{
	paper_add(paper, name);
	paper_add(paper, more ? " " : NULL);
	paper_add(paper, more);
	paper_pad(paper, TEXT_COLUMN - NAME_INDENT);
	paper_add(paper, what);
	paper_end(paper, NAME_INDENT, TEXT_COLUMN - NAME_INDENT);
}

void help_of_all(struct buf *out)
{
	size_t n;
	const struct command *commands = commands_table(&n);
	struct paper paper;

	paper_init(&paper, out, NULL, false, 0);
	paper_line(&paper, 0,
		   "postmend finds out why mail does not come in or go out, proves it, and mends it.");
	paper_gap(&paper);
	paper_line(&paper, 0, "usage: postmend ADDRESS");
	buf_add_text(out, "       postmend COMMAND [OPTION...] [WORD...]\n\n");
	for (size_t i = 0; i < n; i++)
		put_row(&paper, commands[i].name, commands[i].synopsis, commands[i].summary);
	paper_gap(&paper);
	paper_line(&paper, 0, "postmend COMMAND --help tells more; postmend --version names the libraries.");
	paper_line(&paper, 0,
		   "Exit code, a sum: 0 healthy, 1 mended, 4 trouble found, 8 postmend itself failed, "
		   "16 bad usage, 32 cancelled.");
	paper_fini(&paper);
}

/* Lines that follow each other are one paragraph; those that begin with a space stay as they are. */
static void put_text(struct paper *paper, const char *help)
{
	struct str rest = str_of(help);
	bool is_open = false;

	while (rest.len) {
		struct str line = str_cut(&rest, '\n');
		bool flows = line.len && *line.at != ' ';

		if (is_open && !flows)
			paper_end(paper, 0, 0);
		if (flows) {
			paper_add(paper, is_open ? " " : NULL);
			paper_str(paper, line);
		} else {
			buf_add_str(paper->out, line);
			buf_add_byte(paper->out, '\n');
		}
		is_open = flows;
	}
	if (is_open)
		paper_end(paper, 0, 0);
}

void help_of(const struct command *command, struct buf *out)
{
	size_t n;
	const struct option_row *rows = options_table(&n);
	struct paper paper;

	paper_init(&paper, out, NULL, false, 0);
	buf_printf(out, "usage: postmend %s [OPTION...] %s\n", command->name, command->synopsis);
	if (command->words && strstr(command->synopsis, "WHAT")) {
		paper_add(&paper, "WHAT: ");
		paper_add(&paper, command->words);
		paper_end(&paper, 0, 0);
	}
	paper_gap(&paper);
	put_text(&paper, command->help);
	buf_add_text(out, "\nOptions:\n");
	for (size_t i = 0; i < n; i++) {
		if (rows[i].option != OPTION_HELP && !(command->options & OPTION_BIT(rows[i].option)))
			continue;
		paper_add(&paper, "--");
		put_row(&paper, rows[i].name, rows[i].value, rows[i].help);
	}
	paper_fini(&paper);
}

void help_version(struct buf *out)
{
	struct library libraries[LIBRARIES_COUNT];

	libraries_list(libraries);
	buf_printf(out, "postmend %s\n", POSTMEND_VERSION);
	for (size_t i = 0; i < LIBRARIES_COUNT; i++)
		buf_printf(out, "  %-12s %s\n", libraries[i].name, libraries[i].version);
}
