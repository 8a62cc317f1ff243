/* This file is the command "settings": the right servers of an address. */
#include "app/commands.h"
#include "app/visit.h"

/* The one address that the words must be. ST_USAGE after filling *why_out. */
static enum status read_address(struct run *run, struct address *out, const char **why_out)
{
	if (run->n_words != 1) {
		*why_out = "settings: expected one mail address, such as anna@example.org";
		return ST_USAGE;
	}
	return address_parse(run->arena, str_of(run->words[0]), out, why_out);
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
	}
	visit_close(&visit);
	return code;
}
