/* This file finds out, where no mail port could be reached, whether the web port of the same machines can. */
#include "drive/web.h"

#include "drive/stream.h"

#include <string.h>

enum { WEB_PORT = 443, ADDRESSES_MAX = 4, PATIENCE_MS = 2000 };

struct attempt {
	struct web *web;
	const char *address;
	struct stream *stream;
};

struct web {
	struct drive *drive;
	struct attempt attempts[ADDRESSES_MAX];
	size_t n, n_left;
	const char *answers;
};

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct attempt *attempt = context;
	struct web *web = attempt->web;

	(void)text;
	if (error == STEP_ERROR_NONE)
		web->answers = attempt->address;
	stream_close(&attempt->stream);
	if (--web->n_left == 0 || web->answers)
		loop_stop(web->drive->loop);
}

static bool was_reached(const struct endpoint_facts *facts)
{
	const struct step *connect = facts_step(facts, STEP_CONNECT),
			  *greeting = facts_step(facts, STEP_GREETING);

	return connect && connect->ok && !(greeting && !greeting->ok && greeting->error == STEP_ERROR_RESET);
}

static void add(struct web *web, const char *address)
{
	for (size_t i = 0; i < web->n; i++)
		if (strcmp(web->attempts[i].address, address) == 0)
			return;
	if (web->n < ADDRESSES_MAX)
		web->attempts[web->n++] = (struct attempt){ .web = web, .address = address };
}

static void begin(struct attempt *attempt)
{
	const struct stream_events events = {
		.context = attempt,
		.on_connect = on_connect,
	};
	const struct stream_target target = { .address = attempt->address, .port = WEB_PORT, .label = "web" };

	attempt->stream = stream_open(attempt->web->drive, &target, &events);
	attempt->web->n_left += attempt->stream != NULL;
}

void web_try(struct drive *drive, struct case_facts *facts)
{
	struct web *web = arena_alloc(drive->arena, sizeof *web);

	if (!web || drive->options.via)
		return;
	*web = (struct web){ .drive = drive };
	for (size_t i = 0; i < facts->n_endpoints; i++) {
		if (was_reached(facts->endpoints[i]))
			return;
		if (facts->endpoints[i]->address)
			add(web, facts->endpoints[i]->address);
	}
	if (web->n < 2)
		return;
	for (size_t i = 0; i < web->n; i++)
		begin(&web->attempts[i]);
	if (web->n_left > 0)
		run_wait(drive, run_until(drive, MOMENT_MS(PATIENCE_MS)));
	for (size_t i = 0; i < web->n; i++)
		stream_close(&web->attempts[i].stream);
	facts->path.web_tested = true;
	facts->path.web_answers = web->answers != NULL;
	facts->path.web_address = web->answers;
}
