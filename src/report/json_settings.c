/* This file writes settings, DNS answers and the path between as JSON. */
#include "report/json_facts.h"

#include "base/checked.h"

#include "report/words.h"

#include <stdio.h>

static void write_authentication(struct json_out *json, uint32_t bits)
{
	json_open(json, "authentication", '[');
	for (uint32_t bit = 1; bit <= AUTHENTICATION_NONE; bit <<= 1)
		if (bits & bit)
			json_word(json, NULL, authentication_name((enum authentication)bit));
	json_close(json, ']');
}

static void write_opinion(struct json_out *json, const struct opinion *opinion)
{
	json_open(json, NULL, '{');
	json_word(json, "source", source_name(opinion->source));
	json_text(json, "where", opinion->where);
	json_text(json, "host", opinion->endpoint.host);
	json_uint(json, "port", opinion->endpoint.port);
	json_word(json, "security", security_name(opinion->endpoint.security));
	json_close(json, '}');
}

static void write_server(struct json_out *json, const struct server_settings *server)
{
	json_open(json, NULL, '{');
	json_word(json, "protocol", protocol_name(server->endpoint.protocol));
	json_text(json, "host", server->endpoint.host);
	json_uint(json, "port", server->endpoint.port);
	json_word(json, "security", security_name(server->endpoint.security));
	json_text(json, "user_name", server->user_name);
	write_authentication(json, server->authentication);
	json_word(json, "source", source_name(server->source));
	json_open(json, "sources", '[');
	for (size_t i = 0; i < server->n_opinions; i++)
		write_opinion(json, server->opinions[i]);
	json_close(json, ']');
	json_bool(json, "agree", server->agree);
	json_text(json, "caution", server->caution);
	json_text(json, "caution", server->caution);
	json_close(json, '}');
}

static void write_fetches(struct json_out *json, const struct settings_facts *settings)
{
	json_open(json, "fetches", '[');
	for (size_t i = 0; i < settings->n_fetches; i++) {
		const struct fetch_facts *one = settings->fetches[i];

		json_open(json, NULL, '{');
		json_text(json, "url", one->url);
		json_uint(json, "status", one->status);
		json_text(json, "location", one->location);
		json_uint(json, "bytes", one->body.len);
		json_word(json, "error", one->error == STEP_ERROR_NONE ? NULL : step_error_text(one->error));
		json_text(json, "error_text", one->error_text);
		json_ms(json, "at_ms", one->at);
		json_ms(json, "ms", one->took);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_logins(struct json_out *json, unsigned logins)
{
	static const char *const names[] = { "basic", "digest", "ntlm", "negotiate", "bearer", "other" };

	json_open(json, "logins", '[');
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (logins & 1u << i)
			json_word(json, NULL, names[i]);
	json_close(json, ']');
}

static void write_service(struct json_out *json, const char *name, const struct fetch_facts *one)
{
	json_open(json, NULL, '{');
	json_word(json, "service", name);
	json_text(json, "url", one->url);
	json_uint(json, "status", one->status);
	write_logins(json, one->logins);
	json_text(json, "location", one->location);
	json_word(json, "error", one->error == STEP_ERROR_NONE ? NULL : step_error_text(one->error));
	json_text(json, "error_text", one->error_text);
	json_ms(json, "at_ms", one->at);
	json_ms(json, "ms", one->took);
	json_close(json, '}');
}

void json_facts_exchange(struct json_out *json, const struct case_facts *facts)
{
	static const char *const names[EXCHANGE_SERVICES] = {
		[EXCHANGE_MAPI] = "mapi-http",
		[EXCHANGE_EWS] = "ews",
	};

	json_open(json, "exchange", '[');
	for (size_t i = 0; i < facts->n_exchanges; i++) {
		const struct exchange_facts *one = &facts->exchanges[i];

		json_open(json, NULL, '{');
		json_text(json, "host", one->host);
		json_bool(json, "set_up", one->is_set_up);
		json_open(json, "services", '[');
		for (unsigned k = 0; k < EXCHANGE_SERVICES; k++)
			if (one->answers[k])
				write_service(json, names[k], one->answers[k]);
		json_close(json, ']');
		json_close(json, '}');
	}
	json_close(json, ']');
}

void json_facts_settings(struct json_out *json, const struct settings_facts *settings)
{
	json_open(json, "servers", '[');
	for (size_t i = 0; i < settings->n_servers; i++)
		write_server(json, &settings->servers[i]);
	json_close(json, ']');
	json_text(json, "domain", settings->address.domain);
	json_text(json, "provider", settings->provider);
	json_text(json, "mx_provider", settings->mx_provider);
	json_text(json, "provider_hint", settings->provider_hint);
	json_text(json, "moved", settings->moved_what);
	json_open(json, "not_offered", '[');
	for (size_t i = 0; i < settings->n_not_offered; i++) {
		json_open(json, NULL, '{');
		json_word(json, "protocol", protocol_name(settings->not_offered[i].protocol));
		json_text(json, "where", settings->not_offered[i].where);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_facts_dns(json, settings->dns, settings->n_dns);
	write_fetches(json, settings);
}

static void write_record(struct json_out *json, const struct dns_record *record)
{
	json_open(json, NULL, '{');
	json_text(json, "text", record->text);
	json_uint(json, "ttl", record->ttl);
	if (record->type == 15 || record->type == 33) /* MX, SRV */
		json_uint(json, "priority", record->priority);
	if (record->type == 33) {
		json_uint(json, "weight", record->weight);
		json_uint(json, "port", record->port);
	}
	json_close(json, '}');
}

static void write_type(struct json_out *json, uint16_t type)
{
	const char *word = words_dns_type(type);
	char number[16];

	if (!word) /* RFC 3597 section 5 */
		snprintf(number, sizeof number, "TYPE%u", type);
	json_word(json, "type", word ? word : number);
}

void json_facts_dns(struct json_out *json, const struct dns_facts *const *dns, size_t n)
{
	json_open(json, "dns", '[');
	for (size_t i = 0; i < n; i++) {
		json_open(json, NULL, '{');
		json_text(json, "name", dns[i]->name);
		write_type(json, dns[i]->type);
		json_word(json, "outcome", dns_outcome_name(dns[i]->outcome));
		json_ms(json, "at_ms", dns[i]->at);
		json_ms(json, "ms", dns[i]->took);
		json_open(json, "records", '[');
		for (size_t k = 0; k < dns[i]->n_records; k++)
			write_record(json, &dns[i]->records[k]);
		json_close(json, ']');
		json_bool(json, "cut", dns[i]->cut);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_tested(struct json_out *json, const char *name, bool tested, bool value)
{
	if (tested)
		json_bool(json, name, value);
	else
		json_nothing(json, name);
}

void json_facts_path(struct json_out *json, const struct path_facts *path)
{
	json_open(json, "path", '{');
	write_tested(json, "wildcard_answers", path->wildcard_tested, path->wildcard_answers);
	json_text(json, "wildcard_address", path->wildcard_address);
	write_tested(json, "resolver_answers", path->resolver_tested, path->resolver_answers);
	if (path->clock_tested)
		json_int(json, "clock_off_seconds", path->clock_off_seconds);
	else
		json_nothing(json, "clock_off_seconds");
	write_tested(json, "web_answers", path->web_tested, path->web_answers);
	json_close(json, '}');
}
