/* This file writes what was measured of one server as JSON. */
#include "report/json_facts.h"

#include "report/words.h"

static void write_step(struct json_out *json, const struct step *step)
{
	json_open(json, NULL, '{');
	json_word(json, "name", step_name_text(step->name));
	json_bool(json, "ok", step->ok);
	json_ms(json, "at_ms", step->at);
	json_ms(json, "ms", step->took);
	if (!step->ok) {
		json_open(json, "error", '{');
		json_word(json, "kind", step_error_text(step->error));
		json_text(json, "text", step->error_text);
		json_close(json, '}');
	}
	json_close(json, '}');
}

static void write_strs(struct json_out *json, const char *name, const struct str *list, size_t n)
{
	json_open(json, name, '[');
	for (size_t i = 0; i < n; i++)
		json_str(json, NULL, list[i]);
	json_close(json, ']');
}

static void write_mechanisms(struct json_out *json, const char *name, uint32_t bits)
{
	json_open(json, name, '[');
	for (uint32_t bit = 1; bit <= MECHANISM_OTHER; bit <<= 1)
		if (bits & bit)
			json_word(json, NULL, mechanism_name((enum mechanism)bit));
	json_close(json, ']');
}

static void write_certificate(struct json_out *json, const struct tls_certificate *one)
{
	json_open(json, NULL, '{');
	json_text(json, "subject", one->subject);
	json_text(json, "issuer", one->issuer);
	json_open(json, "names", '[');
	for (size_t i = 0; i < one->n_names; i++)
		json_text(json, NULL, one->names[i]);
	json_close(json, ']');
	json_time(json, "not_before", one->not_before);
	json_time(json, "not_after", one->not_after);
	json_text(json, "key_type", one->key_type);
	json_uint(json, "key_bits", one->key_bits);
	json_text(json, "signature", one->signature);
	json_word(json, "sha256", one->sha256);
	json_text(json, "issuers_url", one->aia_issuers_url);
	json_bool(json, "self_issued", one->is_self_issued);
	json_bool(json, "ca", one->is_ca);
	json_bool(json, "ocsp", one->has_ocsp);
	json_bool(json, "scts", one->has_scts);
	json_close(json, '}');
}

static void write_tls(struct json_out *json, const struct tls_facts *tls)
{
	if (!tls) {
		json_nothing(json, "tls");
		return;
	}
	json_open(json, "tls", '{');
	json_word(json, "end", words_tls_end(tls->end));
	if (tls->alert >= 0)
		json_int(json, "alert", tls->alert);
	else
		json_nothing(json, "alert");
	json_text(json, "error", tls->error_text);
	json_text(json, "version", tls->version_name);
	json_text(json, "cipher", tls->cipher);
	json_text(json, "sni", tls->sni);
	json_word(json, "verify", words_tls_verify(tls->verify));
	json_text(json, "verify_text", tls->verify_text);
	json_bool(json, "name_matches", tls->name_matches);
	json_bool(json, "verified", tls_is_verified(tls));
	json_bool(json, "wants_client_certificate", tls->wants_client_certificate);
	json_ms(json, "ms", tls->took);
	json_open(json, "chain", '[');
	for (size_t i = 0; i < tls->n_chain; i++)
		write_certificate(json, &tls->chain[i]);
	json_close(json, ']');
	json_bool(json, "chain_cut", tls->chain_cut);
	json_close(json, '}');
}

static void write_taken(struct json_out *json, const char *name, enum tls_taken taken)
{
	if (taken == TLS_TAKEN_UNKNOWN)
		json_nothing(json, name);
	else
		json_bool(json, name, taken == TLS_TAKEN_YES);
}

static void write_versions(struct json_out *json, const struct tls_versions *versions)
{
	json_open(json, "tls_versions", '{');
	write_taken(json, "ssl3", versions->ssl3);
	write_taken(json, "tls1.0", versions->tls10);
	write_taken(json, "tls1.1", versions->tls11);
	write_taken(json, "tls1.2", versions->tls12);
	write_taken(json, "tls1.3", versions->tls13);
	json_close(json, '}');
}

static void write_login(struct json_out *json, const struct endpoint_facts *facts)
{
	json_open(json, "login", '{');
	json_word(json, "outcome", words_login(facts->login));
	json_word(json, "mechanism", facts->login_mechanism ? mechanism_name(facts->login_mechanism) : NULL);
	json_text(json, "why", facts->login_why);
	json_uint(json, "tries", facts->login_tries);
	if (facts->other_form != USER_FORM_NONE) {
		json_open(json, "other_user", '{');
		json_word(json, "form", user_form_name(facts->other_form));
		json_word(json, "outcome", words_login(facts->other_login));
		json_close(json, '}');
	}
	json_close(json, '}');
}

static void write_mailbox(struct json_out *json, const struct endpoint_facts *facts)
{
	if (!facts->mailbox_opened) {
		json_nothing(json, "mailbox");
		return;
	}
	json_open(json, "mailbox", '{');
	json_uint(json, "messages", facts->message_count);
	json_bool(json, "wants_id", facts->mailbox_wants_id);
	if (facts->has_quota) {
		json_open(json, "quota", '{');
		json_uint(json, "used", facts->quota_used);
		json_uint(json, "limit", facts->quota_limit);
		json_close(json, '}');
	} else {
		json_nothing(json, "quota");
	}
	json_close(json, '}');
}

static void write_exchange(struct json_out *json, const struct exchange *one)
{
	json_open(json, NULL, '{');
	json_text(json, "command", one->command);
	json_bool(json, "ok", one->ok);
	json_str(json, "reply", one->reply);
	if (one->smtp_code)
		json_uint(json, "code", one->smtp_code);
	if (one->enhanced.len)
		json_str(json, "enhanced", one->enhanced);
	if (one->response_code.len)
		json_str(json, "response_code", one->response_code);
	json_ms(json, "at_ms", one->sent);
	json_ms(json, "ms", one->answered == MOMENT_NEVER ? MOMENT_NEVER : one->answered - one->sent);
	json_close(json, '}');
}

static void write_talk(struct json_out *json, const struct endpoint_facts *facts)
{
	json_open(json, "greeting", '{');
	json_word(json, "kind", greeting_name(facts->greeting));
	json_str(json, "text", str_trim(facts->first_bytes));
	json_close(json, '}');
	write_strs(json, "capabilities", facts->capabilities, facts->n_capabilities);
	write_strs(json, "capabilities_tls", facts->capabilities_tls, facts->n_capabilities_tls);
	write_mechanisms(json, "mechanisms", facts->mechanisms);
	write_mechanisms(json, "mechanisms_tls", facts->mechanisms_tls);
	json_bool(json, "starttls_offered", facts->starttls_offered);
	json_bool(json, "starttls_masked", facts->starttls_masked);
	json_bool(json, "bytes_after_starttls", facts->bytes_after_starttls);
	json_bool(json, "keeps_early_commands", facts->keeps_early_commands);
	json_bool(json, "silent_port_speaks_tls", facts->silent_port_speaks_tls);
}

static const char *bulk_word(enum bulk_way way)
{
	static const char *const words[] = {
		[BULK_NOT_TRIED] = NULL,
		[BULK_PASSES] = "passes",
		[BULK_STALLS_OUT] = "stalls-out",
		[BULK_STALLS_IN] = "stalls-in",
		[BULK_HALF_ANSWERED] = "half-answered",
	};

	return words[way];
}

static void write_flow(struct json_out *json, const struct endpoint_facts *facts)
{
	if (!facts->flow.known) {
		json_nothing(json, "flow");
	} else {
		json_open(json, "flow", '{');
		json_uint(json, "retransmits", facts->flow.retransmits);
		json_uint(json, "unacknowledged", facts->flow.unacked);
		json_uint(json, "path_mtu", facts->flow.path_mtu);
		json_uint(json, "segment", facts->flow.segment);
		json_ms(json, "round_trip_ms", facts->flow.round_trip);
		json_uint(json, "disordered", facts->flow.disordered);
		json_close(json, '}');
	}
	json_word(json, "bulk", bulk_word(facts->bulk.way));
}

static void write_speed(struct json_out *json, const struct endpoint_facts *facts)
{
	const struct speed_facts *speed = &facts->speed;

	if (speed->asked) {
		json_open(json, "speed", '{');
		json_ms(json, "first_byte_ms", speed->waited);
		json_ms(json, "ms", speed->took);
		json_uint(json, "bytes", speed->bytes);
		json_uint(json, "connections_tried", speed->tried);
		json_uint(json, "connections_made", speed->came);
		json_ms(json, "connection_ms", speed->busy);
		json_close(json, '}');
	} else {
		json_nothing(json, "speed");
	}
	if (facts->doors.tried) {
		json_open(json, "other_door", '{');
		json_uint(json, "port", facts->doors.port);
		json_ms(json, "ms", facts->doors.took);
		json_close(json, '}');
	} else {
		json_nothing(json, "other_door");
	}
}

static void write_endpoint(struct json_out *json, const struct endpoint_facts *facts)
{
	json_open(json, NULL, '{');
	json_text(json, "url", facts->url);
	json_text(json, "host", facts->endpoint.host);
	json_uint(json, "port", facts->endpoint.port);
	json_word(json, "protocol", protocol_name(facts->endpoint.protocol));
	json_word(json, "security", security_name(facts->endpoint.security));
	json_text(json, "address", facts->address);
	json_word(json, "family", words_family(facts->family));
	json_bool(json, "chosen", facts->chosen);
	json_open(json, "steps", '[');
	for (size_t i = 0; i < facts->n_steps; i++)
		write_step(json, &facts->steps[i]);
	json_close(json, ']');
	write_talk(json, facts);
	write_tls(json, facts->tls);
	write_versions(json, &facts->versions);
	write_login(json, facts);
	write_mailbox(json, facts);
	if (facts->size_limit)
		json_uint(json, "size_limit", facts->size_limit);
	else
		json_nothing(json, "size_limit");
	json_open(json, "exchanges", '[');
	for (size_t i = 0; i < facts->n_exchanges; i++)
		write_exchange(json, &facts->exchanges[i]);
	json_close(json, ']');
	json_text(json, "limit_met", facts->limit_met);
	write_flow(json, facts);
	write_speed(json, facts);
	json_close(json, '}');
}

void json_facts_endpoints(struct json_out *json, const struct case_facts *facts)
{
	json_open(json, "endpoints", '[');
	for (size_t i = 0; i < facts->n_endpoints; i++)
		write_endpoint(json, facts->endpoints[i]);
	json_close(json, ']');
}

void json_facts_elsewhere(struct json_out *json, const struct case_facts *facts)
{
	static const char *const words[] = {
		[VANTAGE_VIA] = "via",
		[VANTAGE_PROXY] = "system-proxy",
		[VANTAGE_RESOLVER] = "resolver",
		[VANTAGE_INTERFACE] = "interface",
	};

	json_open(json, "elsewhere", '[');
	for (size_t i = 0; i < facts->n_vantages; i++) {
		const struct vantage_facts *one = facts->vantages[i];

		json_open(json, NULL, '{');
		json_word(json, "kind", words[one->kind]);
		json_text(json, "name", one->name);
		json_open(json, "endpoints", '[');
		for (size_t k = 0; k < one->n_endpoints; k++)
			write_endpoint(json, one->endpoints[k]);
		json_close(json, ']');
		json_close(json, '}');
	}
	json_close(json, ']');
}
