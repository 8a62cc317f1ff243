/* This file runs a search for settings: it asks what the machine asks for. */
#include "base/checked.h"
#include "drive/fetch.h"
#include "drive/questions.h"

#include <string.h>

struct search;

/* One query of the machine that is under way. */
struct query {
	struct search *search;
	struct settings_query asked;
	struct fetch fetch; /* SETTINGS_FETCH */
};

struct search {
	struct drive *drive;
	struct settings_search *machine;
	struct query queries[SETTINGS_QUERIES_MAX];
	size_t n, n_answered;
	bool asking;
};

static void ask_all(struct search *search);

static void after_answer(struct search *search)
{
	const struct drive_options *options = &search->drive->options;

	search->n_answered++;
	if (options->progress)
		options->progress(options->context, "settings", search->n_answered, search->n);
	ask_all(search);
}

static void on_dns(void *context, const struct dns_facts *facts)
{
	struct query *query = context;

	settings_on_dns(query->search->machine, query->asked.id, facts);
	after_answer(query->search);
}

static void on_fetched(void *context)
{
	struct query *query = context;

	settings_on_fetch(query->search->machine, query->asked.id, query->fetch.facts);
	after_answer(query->search);
}

static void ask(struct query *query)
{
	struct drive *drive = query->search->drive;

	if (query->asked.kind == SETTINGS_ASK_DNS) {
		questions_ask(drive->questions, query->asked.name, query->asked.type, on_dns, query);
		return;
	}
	query->fetch.drive = drive;
	query->fetch.text = query->asked.url;
	query->fetch.body = query->asked.body;
	query->fetch.content_type = query->asked.content_type;
	query->fetch.on_done = on_fetched;
	query->fetch.context = query;
	if (!fetch_begin(&query->fetch))
		fetch_end(&query->fetch);
}

/* An answer that comes at once brings us here again: the outer call goes on. */
static void ask_all(struct search *search)
{
	struct settings_query asked;

	if (search->asking)
		return;
	search->asking = true;
	while (search->n < SETTINGS_QUERIES_MAX && settings_next(search->machine, &asked)) {
		struct query *query = &search->queries[search->n++];

		query->search = search;
		query->asked = asked;
		ask(query);
	}
	search->asking = false;
	if (settings_is_done(search->machine) || search->n_answered == search->n)
		loop_stop(search->drive->loop);
}

enum status drive_settings(struct drive *drive, const struct address *address,
			   struct settings_facts *facts_out)
{
	const struct settings_options options = {
		.offline = drive->options.offline,
		.no_third_party = drive->options.no_third_party,
	};
	struct search *search = arena_alloc(drive->arena, sizeof *search);
	moment now = loop_now(drive->loop);

	memset(facts_out, 0, sizeof *facts_out);
	if (!search)
		return ST_NOMEM;
	search->drive = drive;
	search->machine = settings_new(drive->arena, &options, address);
	if (!search->machine)
		return ST_NOMEM;
	ask_all(search);
	if (search->n_answered < search->n)
		run_wait(drive, now + (drive->deadline - now) / 5 * 3);
	drive->stopping = true;
	for (size_t i = 0; i < search->n; i++)
		fetch_end(&search->queries[i].fetch);
	drive->stopping = false;
	questions_forget(drive->questions);
	settings_finish(search->machine, facts_out);
	if (drive->cancelled)
		return ST_CANCEL;
	return arena_failed(drive->arena) ? ST_NOMEM : ST_OK;
}
