/* This file writes what the lab can plant, and what no loopback can show. */
#include "lab/fault.h"
#include "lab/lab.h"

#include "base/checked.h"

#include <jansson.h>
#include <stdlib.h>

/* Findings that need a network, a provider or an account behind them. */
static const struct {
	const char *slug, *why;
} elsewhere[] = {
	{ "tcp-host-unreachable", "needs a router that says so" },
	{ "tcp-port-25-silent", "needs port 25 and a filter on the way" },
	{ "tls-certificate-revoked", "needs a revocation list that clients fetch" },
	{ "auth-mail-password-separate", "is told by the provider's name, not by its answer" },
	{ "provider-no-imap", "is told by the provider's name" },
};

static const char *const needs_words[] = {
	[NEEDS_CONNECT] = "connect",
	[NEEDS_LOGIN] = "log in",
	[NEEDS_TOKEN] = "log in with the password as token",
	[NEEDS_ENVELOPE] = "log in, MAIL and RCPT",
	[NEEDS_SENDER] = "MAIL without a login",
	[NEEDS_RESOLVER] = "probe the URL with the resolver given",
	[NEEDS_ADDRESS] = "search the address's settings with the resolver given",
};

static void add_forms(const struct fault *fault, struct buf *out)
{
	buf_add_text(out, form_name(fault->form));
	for (enum form form = 0; form < FORM_COUNT; form++)
		if (form != fault->form && fault_fits(fault, form))
			buf_printf(out, " %s", form_name(form));
}

static void list_text(struct buf *out)
{
	buf_add_text(out, "FAULT is a name, or a name and a door: tls-certificate-expired@pop3s.\n"
			  "\"all\" plants every row, \"healthy\" opens every door without a fault.\n");
	for (size_t i = 0; fault_at(i); i++) {
		const struct fault *fault = fault_at(i);

		buf_printf(out, "\n%s%s%s\n  %s\n  meet it by: %s; doors: ", fault->slug,
			   fault->variant ? "/" : "", fault->variant ? fault->variant : "", fault->summary,
			   needs_words[fault->needs]);
		add_forms(fault, out);
		buf_add_text(out, "\n");
	}
	buf_add_text(out, "\nWhat loopback cannot show:\n");
	for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
		buf_printf(out, "  %s %s\n", elsewhere[i].slug, elsewhere[i].why);
}

static json_t *row_json(const struct fault *fault)
{
	json_t *doors = json_array();

	json_array_append_new(doors, json_string(form_name(fault->form)));
	for (enum form form = 0; form < FORM_COUNT; form++)
		if (form != fault->form && fault_fits(fault, form))
			json_array_append_new(doors, json_string(form_name(form)));
	return json_pack("{s:s, s:s*, s:s, s:s, s:o}", "expect", fault->slug, "variant", fault->variant,
			 "summary", fault->summary, "needs", needs_name(fault->needs), "doors", doors);
}

static void list_json(struct buf *out)
{
	json_t *rows = json_array();
	char *text;

	for (size_t i = 0; fault_at(i); i++)
		json_array_append_new(rows, row_json(fault_at(i)));
	text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	buf_add_text(out, text ? text : "[]");
	buf_add_byte(out, '\n');
	free(text);
}

void lab_list(struct buf *out, bool json)
{
	if (json)
		list_json(out);
	else
		list_text(out);
}
