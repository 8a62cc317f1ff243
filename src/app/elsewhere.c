/* This file looks at the same servers from a second point of view, so that what differs is the proof. */
#include "app/elsewhere.h"

#include "base/checked.h"
#include "os/env.h"

#include <string.h>

enum { VANTAGES_MAX = 4, SECONDS_MAX = 10 };

/* One endpoint for each URL that was probed, in order. */
static size_t unique_endpoints(const struct visit *visit, struct endpoint *out)
{
	const struct case_facts *facts = &visit->facts;
	size_t n = 0;

	for (size_t i = 0; i < facts->n_endpoints; i++) {
		bool known = false;

		for (size_t k = 0; k < i; k++)
			known = known || strcmp(facts->endpoints[k]->url, facts->endpoints[i]->url) == 0;
		if (!known)
			out[n++] = facts->endpoints[i]->endpoint;
	}
	return n;
}

/* A login from elsewhere is tried only where one from here was refused. */
static bool was_refused(const struct visit *visit)
{
	for (size_t i = 0; i < visit->facts.n_endpoints; i++)
		if (visit->facts.endpoints[i]->login == LOGIN_REFUSED)
			return true;
	return false;
}

static struct probe_options options_for(const struct visit *visit)
{
	struct probe_options probe = visit->probe;

	probe.sender = probe.recipient = NULL;
	probe.other_user = NULL;
	probe.login = probe.login && was_refused(visit);
	probe.deadline = 0;
	probe.step_timeout = 0;
	return probe;
}

static void add_vantage(struct visit *visit, const struct vantage_facts *one)
{
	struct case_facts *facts = &visit->facts;
	const struct vantage_facts **all = arena_array(visit->run->arena, facts->n_vantages + 1, sizeof *all);

	if (!all)
		return;
	if (facts->n_vantages)
		memcpy(all, facts->vantages, facts->n_vantages * sizeof *all);
	all[facts->n_vantages++] = one;
	facts->vantages = all;
}

static enum status look_from(struct visit *visit, struct vantage_facts *vantage, struct drive_options options)
{
	struct arena *arena = visit->run->arena;
	struct endpoint *endpoints = arena_array(arena, visit->facts.n_endpoints, sizeof *endpoints);
	const struct probe_options probe = options_for(visit);
	struct case_facts facts = { .address = visit->facts.address };
	struct drive *drive = NULL;
	const char *why = NULL;
	enum status status;
	size_t n;

	if (!endpoints)
		return ST_NOMEM;
	n = unique_endpoints(visit, endpoints);
	status = drive_open(&options, arena, &drive, &why);
	if (status == ST_USAGE) {
		run_complain(why);
		return status;
	}
	if (status == ST_OK)
		status = drive_probe(drive, endpoints, n, &probe, &facts);
	drive_close(&drive);
	if (status != ST_OK)
		return status == ST_CANCEL ? ST_OK : status;
	vantage->endpoints = facts.endpoints;
	vantage->n_endpoints = facts.n_endpoints;
	vantage->dns = facts.dns;
	vantage->n_dns = facts.n_dns;
	add_vantage(visit, vantage);
	return ST_OK;
}

static bool was_reached(const struct case_facts *facts)
{
	for (size_t i = 0; i < facts->n_endpoints; i++) {
		const struct step *connect = facts_step(facts->endpoints[i], STEP_CONNECT);

		if (connect && connect->ok)
			return true;
	}
	return false;
}

/* The proxy that programs of this computer are told to use, or NULL. Only one without a password is tried. */
static const char *system_proxy(struct arena *arena)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *value = env_get(arena, names[i]);
		struct str text = str_of(value ? value : "");

		while (text.len > 0 && text.at[text.len - 1] == '/')
			text.len--;
		if (str_find_char(text, '@') == SIZE_MAX &&
		    (str_starts_nocase(text, STR("http://")) || str_starts_nocase(text, STR("socks5://"))))
			return arena_printf(arena, "%.*s", (int)text.len, text.at);
	}
	return NULL;
}

static enum status look_by(struct visit *visit, enum vantage_kind kind, const char *name)
{
	const struct options *options = &visit->run->options;
	struct vantage_facts *vantage = arena_alloc(visit->run->arena, sizeof *vantage);
	struct drive_options drive = {
		.resolver = kind == VANTAGE_RESOLVER ? name : options->resolver,
		.ca_file = options->ca_file,
		.deadline = visit->seconds < SECONDS_MAX ? visit->seconds : SECONDS_MAX,
		.via = kind == VANTAGE_VIA || kind == VANTAGE_PROXY ? name : NULL,
		.from = kind == VANTAGE_INTERFACE ? name : NULL,
	};

	if (!vantage)
		return ST_NOMEM;
	vantage->kind = kind;
	vantage->name = name;
	return look_from(visit, vantage, drive);
}

/* The rules were read while the servers were asked. Where a connection failed they are read once more: their
 * counters tell by now whether they met it. */
static void read_firewall(struct visit *visit)
{
	struct arena *arena = visit->run->arena;

	visit->facts.firewall = drive_firewall_end(&visit->firewall, arena);
	for (size_t i = 0; i < visit->facts.n_endpoints; i++) {
		const struct step *connect = facts_step(visit->facts.endpoints[i], STEP_CONNECT);

		if (!connect || connect->ok)
			continue;
		visit->firewall = drive_firewall_begin();
		visit->facts.firewall = drive_firewall_end(&visit->firewall, arena);
		return;
	}
}

bool elsewhere_look(struct visit *visit)
{
	const struct options *options = &visit->run->options;
	const char *proxy = NULL;
	enum status status = ST_OK;

	if (options->offline || visit->facts.n_endpoints == 0)
		return true;
	read_firewall(visit);
	if (options->second_resolver)
		status = look_by(visit, VANTAGE_RESOLVER, options->second_resolver);
	if (status == ST_OK && options->from)
		status = look_by(visit, VANTAGE_INTERFACE, options->from);
	if (status == ST_OK && options->via)
		status = look_by(visit, VANTAGE_VIA, options->via);
	if (status == ST_OK && !options->via && !was_reached(&visit->facts))
		proxy = system_proxy(visit->run->arena);
	if (status == ST_OK && proxy)
		status = look_by(visit, VANTAGE_PROXY, proxy);
	return status == ST_OK;
}
