/* This file is the command "probe": servers step by step. */
#include "app/commands.h"
#include "app/visit.h"

#include <stdio.h>
#include <string.h>

/* Old TLS versions are looked for where that costs little beside the probes. */
enum { LIST_CAP = 1 << 20, CHUNK = 4096, VERSIONS_MAX = 64 };

struct urls {
	struct endpoint *endpoints;
	size_t n, room;
	const char *why;
};

static enum status add_url(struct run *run, struct urls *urls, struct str text)
{
	if (urls->n == urls->room) {
		urls->why = "probe: more servers than one run takes";
		return ST_USAGE;
	}
	return endpoint_parse(run->arena, text, &urls->endpoints[urls->n++], &urls->why);
}

/* One URL a line; empty lines and those that begin with # are left out. */
static enum status add_list(struct run *run, struct urls *urls)
{
	enum status status = ST_OK;
	char chunk[CHUNK];
	struct buf list;
	struct str rest;
	size_t n;

	buf_init(&list, LIST_CAP);
	while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
		buf_add(&list, view_of(chunk, n));
	if (buf_failed(&list)) {
		urls->why = "probe -: expected at most a megabyte of URLs";
		status = ST_USAGE;
	}
	rest = arena_str(run->arena, buf_str(&list));
	buf_fini(&list);
	while (status == ST_OK && rest.at) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		if (line.len && line.at[0] != '#')
			status = add_url(run, urls, line);
	}
	return status;
}

static enum status read_urls(struct run *run, struct urls *urls)
{
	enum status status = ST_OK;

	urls->room = OPTIONS_WORDS_MAX;
	urls->endpoints = arena_array(run->arena, urls->room, sizeof(struct endpoint));
	if (!urls->endpoints)
		return ST_NOMEM;
	for (size_t i = 0; i < run->n_words && status == ST_OK; i++)
		status = strcmp(run->words[i], "-") == 0 ? add_list(run, urls)
							 : add_url(run, urls, str_of(run->words[i]));
	if (status == ST_OK && urls->n == 0) {
		urls->why = "probe: expected URLs of servers, such as imaps://mail.example.org";
		status = ST_USAGE;
	}
	return status;
}

int cmd_probe(struct run *run)
{
	struct visit visit;
	struct urls urls = { 0 };
	enum status status = read_urls(run, &urls);
	int code;

	if (status != ST_OK)
		return run_failed(status, urls.why);
	if (run->options.offline)
		return run_usage("probe: nothing can be measured with --offline");
	code = visit_open(&visit, run,
			  &(struct visit_needs){ .deadline = 10.0, .tls_versions = urls.n <= VERSIONS_MAX });
	if (code == EXIT_HEALTHY) {
		status = visit_probe(&visit, urls.endpoints, urls.n);
		code = status == ST_OK ? visit_report(&visit, "probe") : run_failed(status, NULL);
	}
	visit_close(&visit);
	return code;
}
