/* This file writes the technical details of the HTML page, folded. */
#include "report/page.h"
#include "report/words.h"

#include <stdio.h>

enum { DETAILED_ENDPOINTS = 100, BAR_REM_MAX = 14 };

/* A bar as long as its step took, compared with the longest of this server. */
static void put_bar(struct page *page, moment took, moment longest)
{
	if (took > 0 && took != MOMENT_NEVER && longest > 0)
		buf_printf(page->out, "<span class=\"bar\" style=\"width:%.2frem\"></span>",
			   (double)BAR_REM_MAX * (double)took / (double)longest);
}

static void put_steps(struct page *page, const struct endpoint_facts *facts)
{
	char took[WORDS_DURATION_SIZE];
	moment longest = 0;

	for (size_t i = 0; i < facts->n_steps; i++)
		if (facts->steps[i].took != MOMENT_NEVER && facts->steps[i].took > longest)
			longest = facts->steps[i].took;
	page_markup(page, "<table>");
	for (size_t i = 0; i < facts->n_steps; i++) {
		const struct step *step = &facts->steps[i];

		page_markup(page, "<tr>");
		page_element(page, "th", NULL, step_name_text(step->name));
		page_element(page, "td", "ms", words_duration(step->took, took));
		page_markup(page, "<td>");
		put_bar(page, step->took, longest);
		page_markup(page, "</td><td>");
		page_text(page, step->ok           ? ""
				: step->error_text ? step->error_text
						   : step_error_text(step->error));
		page_markup(page, "</td></tr>\n");
	}
	page_markup(page, "</table>");
}

static void put_list(struct page *page, const char *title, const struct str *list, size_t n)
{
	if (n == 0)
		return;
	page_markup(page, "<tr>");
	page_element(page, "th", NULL, title);
	page_markup(page, "<td class=\"mono\">");
	for (size_t i = 0; i < n; i++) {
		page_peer(page, list[i]);
		page_markup(page, i + 1 < n ? "<br>" : "");
	}
	page_markup(page, "</td></tr>\n");
}

static void put_talk(struct page *page, const struct endpoint_facts *facts)
{
	struct str greeting = str_trim(facts->first_bytes);

	page_markup(page, "<table>");
	put_list(page, "greeting", &greeting, greeting.len ? 1 : 0);
	put_list(page, "abilities", facts->capabilities, facts->n_capabilities);
	put_list(page, "abilities under TLS", facts->capabilities_tls, facts->n_capabilities_tls);
	if (facts->tls) {
		page_row(page, "TLS version", facts->tls->version_name);
		page_row(page, "TLS cipher", facts->tls->cipher);
		page_row(page, "TLS error", facts->tls->error_text);
		page_row(page, "chain",
			 facts->tls->verify_text ? facts->tls->verify_text
						 : words_tls_verify(facts->tls->verify));
		page_row(page, "name asked for", facts->tls->sni);
	}
	page_row(page, "login", words_login(facts->login));
	page_row(page, "login, why", facts->login_why);
	page_row(page, "bound met", facts->limit_met);
	page_markup(page, "</table>");
}

static void put_certificate(struct page *page, const struct tls_certificate *one, size_t number)
{
	char from[WORDS_TIME_SIZE], until[WORDS_TIME_SIZE], key[64];

	page_markup(page, "<details><summary>");
	page_printf(page, "Certificate %zu: ", number);
	page_text(page, one->subject);
	page_markup(page, "</summary><table>");
	page_row(page, "issuer", one->issuer);
	page_row(page, "valid from", words_time(one->not_before, from));
	page_row(page, "valid until", words_time(one->not_after, until));
	for (size_t i = 0; i < one->n_names; i++)
		page_row(page, i == 0 ? "names" : "", one->names[i]);
	snprintf(key, sizeof key, "%.40s %u bits", one->key_type ? one->key_type : "key of", one->key_bits);
	page_row(page, "key", key);
	page_row(page, "signature", one->signature);
	page_row(page, "SHA-256", one->sha256);
	page_markup(page, "</table></details>");
}

static void put_exchanges(struct page *page, const struct endpoint_facts *facts)
{
	char took[WORDS_DURATION_SIZE];

	if (facts->n_exchanges == 0)
		return;
	page_markup(page, "<details><summary>What was said</summary><table>");
	for (size_t i = 0; i < facts->n_exchanges; i++) {
		const struct exchange *one = &facts->exchanges[i];

		page_markup(page, "<tr>");
		page_element(page, "th", "mono", one->command);
		page_markup(page, "<td class=\"mono\">");
		page_peer(page, one->reply);
		page_markup(page, "</td>");
		page_element(page, "td", "ms",
			     one->answered == MOMENT_NEVER ? "no answer"
							   : words_duration(one->answered - one->sent, took));
		page_markup(page, "</tr>\n");
	}
	page_markup(page, "</table></details>");
}

static void put_endpoint(struct page *page, const struct endpoint_facts *facts)
{
	page_markup(page, "<details class=\"card\"><summary class=\"mono\">");
	page_text(page, facts->url);
	if (facts->address)
		page_printf(page, " (%s)", facts->address);
	page_markup(page, "</summary>");
	put_steps(page, facts);
	put_talk(page, facts);
	for (size_t i = 0; facts->tls && i < facts->tls->n_chain; i++)
		put_certificate(page, &facts->tls->chain[i], i + 1);
	put_exchanges(page, facts);
	page_markup(page, "</details>\n");
}

static void put_server(struct page *page, const struct server_settings *server)
{
	char port[16];

	snprintf(port, sizeof port, "%u", server->endpoint.port);
	page_markup(page, "<tr>");
	page_element(page, "td", NULL, protocol_name(server->endpoint.protocol));
	page_element(page, "td", "mono", server->endpoint.host);
	page_element(page, "td", NULL, port);
	page_element(page, "td", NULL, security_name(server->endpoint.security));
	page_element(page, "td", "mono", server->user_name);
	page_element(page, "td", NULL, source_name(server->source));
	page_element(page, "td", NULL, server->agree ? "yes" : "no");
	page_markup(page, "</tr>\n");
}

static void put_settings(struct page *page, const struct settings_facts *settings)
{
	if (!settings || settings->n_servers == 0)
		return;
	page_element(page, "h2", NULL, "The right settings");
	page_markup(page, "<section class=\"card\"><table><thead><tr><th>protocol</th><th>server</th>"
			  "<th>port</th><th>encryption</th><th>user name</th><th>says</th>"
			  "<th>all agree</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < settings->n_servers; i++)
		put_server(page, &settings->servers[i]);
	page_markup(page, "</tbody></table></section>\n");
}

static void put_dns(struct page *page, const char *title, const struct dns_facts *const *dns, size_t n)
{
	char took[WORDS_DURATION_SIZE];

	if (n == 0)
		return;
	page_markup(page, "<details class=\"card\">");
	page_element(page, "summary", NULL, title);
	page_markup(page, "<table>");
	for (size_t i = 0; i < n; i++) {
		const char *type = words_dns_type(dns[i]->type);

		page_markup(page, "<tr>");
		page_element(page, "td", "mono", dns[i]->name);
		page_element(page, "td", NULL, type ? type : "other");
		page_element(page, "td", NULL, dns_outcome_name(dns[i]->outcome));
		page_markup(page, "<td class=\"mono\">");
		for (size_t k = 0; k < dns[i]->n_records; k++) {
			page_text(page, dns[i]->records[k].text);
			page_markup(page, k + 1 < dns[i]->n_records ? "<br>" : "");
		}
		page_markup(page, "</td>");
		page_element(page, "td", "ms", words_duration(dns[i]->took, took));
		page_markup(page, "</tr>\n");
	}
	page_markup(page, "</table></details>\n");
}

void page_details(struct page *page, const struct report *report)
{
	const struct case_facts *facts = report->facts;

	if (!facts)
		return;
	put_settings(page, facts->settings);
	if (facts->n_endpoints == 0 && facts->n_dns == 0)
		return;
	page_element(page, "h2", NULL, "Technical details");
	for (size_t i = 0; i < facts->n_endpoints && i < DETAILED_ENDPOINTS; i++)
		put_endpoint(page, facts->endpoints[i]);
	put_dns(page, "Questions to the DNS", facts->dns, facts->n_dns);
	if (facts->settings && facts->n_dns == 0)
		put_dns(page, "Questions to the DNS for the settings", facts->settings->dns,
			facts->settings->n_dns);
}
