/* This file turns the ends of our own work into exit codes. */
#include "app/exit.h"

#include "base/checked.h"

#include <stddef.h>

struct exit_row {
	enum status status;
	int code;
	const char *words;
};

static const struct exit_row rows[] = {
	{ ST_OK, EXIT_HEALTHY, "done" },
	{ ST_MORE, EXIT_FAILED, "not finished" },
	{ ST_NOMEM, EXIT_FAILED, "memory ended" },
	{ ST_IO, EXIT_FAILED, "the system refused a read or a write" },
	{ ST_LIMIT, EXIT_FAILED, "a limit of postmend's own was met" },
	{ ST_CANCEL, EXIT_CANCELLED, "stopped" },
	{ ST_USAGE, EXIT_USAGE, "these words make no sense" },
	{ ST_BUG, EXIT_FAILED, "an assumption of postmend's own does not hold" },
};

static const struct exit_row *row_of(enum status status)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].status == status)
			return &rows[i];
	return &rows[COUNT_OF(rows) - 1];
}

int exit_code_of(enum status status)
{
	return row_of(status)->code;
}

const char *exit_words_of(enum status status)
{
	return row_of(status)->words;
}
