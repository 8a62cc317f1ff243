/* This file renders a report as one JSON document (docs/SCHEMA.md). */
#include "report/addin_list.h"
#include "report/bisect.h"
#include "report/in_place.h"
#include "report/items.h"
#include "report/json_facts.h"
#include "report/parts.h"
#include "report/profiles.h"
#include "report/settings_change.h"
#include "report/store_parts.h"
#include "report/words.h"

#include <string.h>

/* The catalogue's rows stand in one string, separated by spaces. */
static void write_rows(struct json_out *json, const char *rows)
{
	struct str rest = str_of(rows);

	json_open(json, "catalogue", '[');
	while (rest.at && rest.len) {
		struct str row = str_cut(&rest, ' ');

		if (row.len)
			json_str(json, NULL, row);
	}
	json_close(json, ']');
}

static void write_store(struct json_out *json, const struct subject *subject)
{
	json_text(json, "path", subject->path);
	if (subject->has_offset)
		json_uint(json, "offset", subject->offset);
	if (subject->node)
		json_text(json, "node", subject->node);
	/* What mail and folders are called is their owner's business. */
	if (subject->folder)
		json_text(json, "folder", json->redactor ? "hidden" : subject->folder);
}

static void write_subject(struct json_out *json, const struct subject *subject)
{
	json_open(json, "subject", '{');
	json_word(json, "kind", words_subject(subject->kind));
	switch (subject->kind) {
	case SUBJECT_COMPUTER:
		if (subject->name)
			json_text(json, "part", subject->name);
		break;
	case SUBJECT_ENDPOINT:
		json_text(json, "url", subject->url);
		json_text(json, "address", subject->address);
		json_word(json, "family", subject->family);
		break;
	case SUBJECT_DOMAIN:
		json_text(json, "name", subject->name);
		break;
	case SUBJECT_STORE:
		write_store(json, subject);
		break;
	case SUBJECT_ACCOUNT:
		json_text(json, "client", subject->client);
		json_text(json, "profile", subject->profile);
		json_text(json, "name", subject->name);
		break;
	}
	json_close(json, '}');
}

static void write_evidence(struct json_out *json, const struct finding *finding)
{
	json_open(json, "evidence", '[');
	for (size_t i = 0; i < finding->n_evidence; i++) {
		const struct evidence *one = &finding->evidence[i];

		json_open(json, NULL, '{');
		json_word(json, "name", one->name);
		json_text(json, "found",
			  json->redactor && one == store_subject_line(finding) ? "hidden" : one->found);
		json_text(json, "expected", one->expected);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_finding(struct json_out *json, const struct finding *finding)
{
	const struct catalogue_row *row = catalogue_row(finding->code);

	json_open(json, NULL, '{');
	json_word(json, "id", row->slug);
	write_rows(json, row->rows);
	json_word(json, "severity", severity_name(finding->severity));
	json_word(json, "certainty", certainty_name(finding->certainty));
	json_key(json, "key", finding->key);
	write_subject(json, &finding->subject);
	write_evidence(json, finding);
	json_word(json, "title", row->title);
	json_key(json, "because_of", finding->because_of);
	json_open(json, "remedy", '{');
	json_word(json, "kind", remedy_name(row->remedy));
	json_text(json, "text", finding->remedy_text);
	json_text(json, "command", finding->remedy_command);
	json_close(json, '}');
	json_uint(json, "count", finding->count);
	json_close(json, '}');
}

static void write_causes(struct json_out *json, const struct diagnosis *diagnosis)
{
	size_t n = diagnosis ? diagnosis->n_causes : 0;

	json_open(json, "causes", '[');
	for (size_t i = 0; i < n; i++)
		json_word(json, NULL, catalogue_row(diagnosis->causes[i]->code)->slug);
	json_close(json, ']');
	json_open(json, "cause_keys", '[');
	for (size_t i = 0; i < n; i++)
		json_key(json, NULL, diagnosis->causes[i]->key);
	json_close(json, ']');
}

static void write_excluded(struct json_out *json, const struct diagnosis *diagnosis)
{
	json_open(json, "excluded", '[');
	for (size_t i = 0; diagnosis && i < diagnosis->n_excluded; i++) {
		json_open(json, NULL, '{');
		json_word(json, "id", catalogue_row(diagnosis->excluded[i].code)->slug);
		json_text(json, "why", diagnosis->excluded[i].why);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_diagnose_facts(struct json_out *json, const struct case_facts *facts,
				 const struct client_found *clients)
{
	if (facts->settings) {
		json_open(json, "settings", '{');
		json_facts_settings(json, facts->settings);
		json_close(json, '}');
	} else {
		json_nothing(json, "settings");
	}
	json_facts_endpoints(json, facts);
	json_facts_elsewhere(json, facts);
	json_facts_exchange(json, facts);
	if (clients) {
		profiles_json(json, clients);
	} else {
		json_open(json, "accounts", '[');
		json_close(json, ']');
	}
	json_open(json, "stores", '[');
	for (size_t i = 0; clients && i < clients->n_stores; i++) {
		json_open(json, NULL, '{');
		json_text(json, "profile", clients->stores[i].profile);
		json_text(json, "name", clients->stores[i].name.text);
		json_text(json, "path", clients->stores[i].path.text);
		json_bool(json, "offline", clients->stores[i].is_offline);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_facts_path(json, &facts->path);
	json_facts_dns(json, facts->dns, facts->n_dns);
}

static void write_facts(struct json_out *json, const struct report *report)
{
	const struct case_facts *facts = report->facts;

	json_open(json, "facts", '{');
	if (report->exported)
		json_facts_exported(json, report->exported);
	if (report->imported)
		json_facts_imported(json, report->imported);
	if (report->items)
		items_json(json, report->items);
	if (report->mend) {
		json_facts_mend(json, report->mend);
	} else if (report->stores) {
		json_facts_stores(json, report->stores, report->n_stores);
		if (report->in_place)
			in_place_json(json, report->in_place, report->stores);
	} else if (report->clients && strcmp(report->command, "diagnose") == 0) {
		write_diagnose_facts(json, facts, report->clients);
	} else if (report->clients && strcmp(report->command, "settings") == 0) {
		json_facts_settings(json, facts->settings);
		profiles_json(json, report->clients);
	} else if (report->clients) {
		if (strcmp(report->command, "profile add-ins") == 0)
			addin_list_json(json, report->clients);
		else
			profiles_json(json, report->clients);
		if (report->bisect)
			bisect_json(json, report->bisect);
		if (report->changed)
			settings_change_json(json, report->changed);
	} else if (!facts) {
		/* A command without measurements has none. */
	} else if (strcmp(report->command, "diagnose") == 0) {
		write_diagnose_facts(json, facts, NULL);
	} else if (facts->trip) {
		json_facts_endpoints(json, facts);
		json_facts_trip(json, facts->trip);
		json_facts_path(json, &facts->path);
		json_facts_dns(json, facts->dns, facts->n_dns);
	} else if (strcmp(report->command, "settings") == 0 && facts->settings) {
		json_facts_settings(json, facts->settings);
	} else {
		json_facts_endpoints(json, facts);
		json_facts_elsewhere(json, facts);
		json_facts_path(json, &facts->path);
		json_facts_dns(json, facts->dns, facts->n_dns);
	}
	json_close(json, '}');
}

void report_json(const struct report *report, const struct report_style *style, struct buf *out)
{
	const struct diagnosis *diagnosis = report->diagnosis;
	struct redactor storage;
	struct json_out json;

	json_init(&json, out, parts_redactor(report, style, &storage));
	json_open(&json, NULL, '{');
	json_word(&json, "schema", "postmend/1");
	json_word(&json, "command", report->command);
	json_word(&json, "version", report->version);
	json_word(&json, "verdict", verdict_name(diagnosis ? diagnosis->verdict : VERDICT_HEALTHY));
	json_text(&json, "headline", diagnosis ? diagnosis->headline : NULL);
	write_causes(&json, diagnosis);
	json_open(&json, "findings", '[');
	for (size_t i = 0; report->findings && i < finding_count(report->findings); i++)
		write_finding(&json, finding_at(report->findings, i));
	json_close(&json, ']');
	write_excluded(&json, diagnosis);
	json_text(&json, "next_test", diagnosis ? diagnosis->next_test : NULL);
	json_bool(&json, "cancelled", report->cancelled);
	write_facts(&json, report);
	json_ms(&json, "elapsed_ms", report->elapsed);
	json_close(&json, '}');
	json_fini(&json);
}
