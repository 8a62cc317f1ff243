/* This file tests configuration documents of the ISPDB's format, kind and hostile ones. */
#include "wire/autoconfig_xml.h"

#include "base/buf.h"
#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define IN(type, host, port, socket)                                                                 \
	"<incomingServer type=\"" type "\"><hostname>" host "</hostname><port>" port                 \
	"</port><socketType>" socket "</socketType><username>%EMAILADDRESS%</username>"              \
	"<authentication>OAuth2</authentication><authentication>password-cleartext</authentication>" \
	"</incomingServer>"
#define OUT(host, port, socket)                                                                \
	"<outgoingServer type=\"smtp\"><hostname>" host "</hostname><port>" port               \
	"</port><socketType>" socket                                                           \
	"</socketType><username>%EMAILLOCALPART%</username><authentication>password-encrypted" \
	"</authentication></outgoingServer>"
#define DOCUMENT(servers)                                                                             \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n<emailProvider " \
	"id=\"example.org\"><domain>example.org</domain><displayName> Example </displayName>" servers \
	"</emailProvider></clientConfig>"

static const struct {
	const char *name, *text;
	enum xml_outcome outcome;
	const char *servers; /* "url user auth;" for each */
	unsigned ignored;
} rows[] = {
	{ "usual",
	  DOCUMENT(IN("imap", "imap.example.org", "993", "SSL") OUT("smtp.example.org", "587", "STARTTLS")),
	  XML_OUTCOME_FINE,
	  "imaps://imap.example.org:993 anna@example.org 3;smtp://smtp.example.org:587 anna 4;", 0 },
	{ "plain text goes last",
	  DOCUMENT(IN("pop3", "pop.example.org", "110", "plain")
			   IN("imap", "imap.example.org", "143", "STARTTLS")),
	  XML_OUTCOME_FINE,
	  "imap://imap.example.org:143 anna@example.org 3;pop3://pop.example.org:110?security=none "
	  "anna@example.org 3;",
	  0 },
	{ "host with the domain in it", DOCUMENT(IN("imap", "imap.%EMAILDOMAIN%", "993", "SSL")),
	  XML_OUTCOME_FINE, "imaps://imap.example.org:993 anna@example.org 3;", 0 },
	{ "host with an unknown field", DOCUMENT(IN("imap", "imap.%FOO%", "993", "SSL")), XML_OUTCOME_FINE,
	  "", 1 },
	{ "no port", DOCUMENT(IN("imap", "imap.example.org", "", "SSL")), XML_OUTCOME_FINE,
	  "imaps://imap.example.org:993 anna@example.org 3;", 0 },
	{ "port 0", DOCUMENT(IN("imap", "imap.example.org", "0", "SSL")), XML_OUTCOME_FINE, "", 1 },
	{ "port 70000", DOCUMENT(IN("imap", "imap.example.org", "70000", "SSL")), XML_OUTCOME_FINE, "", 1 },
	{ "unknown socket type", DOCUMENT(IN("imap", "imap.example.org", "993", "TLSv9")), XML_OUTCOME_FINE,
	  "", 1 },
	{ "host that is none", DOCUMENT(IN("imap", "imap example org", "993", "SSL")), XML_OUTCOME_FINE, "",
	  1 },
	{ "host by address", DOCUMENT(IN("imap", "192.168.0.1", "993", "SSL")), XML_OUTCOME_FINE,
	  "imaps://192.168.0.1:993 anna@example.org 3;", 0 },
	{ "exchange is passed over", DOCUMENT(IN("exchange", "ex.example.org", "443", "SSL")),
	  XML_OUTCOME_FINE, "", 0 },
	{ "SMTP as an incoming server", DOCUMENT(IN("smtp", "smtp.example.org", "465", "SSL")),
	  XML_OUTCOME_FINE, "", 0 },
	{ "server at the wrong place",
	  "<clientConfig>" IN("imap", "a.example", "993", "SSL") "</clientConfig>", XML_OUTCOME_FINE, "", 0 },
	{ "second provider does not count",
	  "<clientConfig><emailProvider>" IN(
		  "imap", "a.example", "993",
		  "SSL") "</emailProvider><emailProvider>" IN("imap", "b.example", "993",
							      "SSL") "</emailProvider></clientConfig>",
	  XML_OUTCOME_FINE, "imaps://a.example:993 anna@example.org 3;", 0 },
	{ "user name with an unknown field",
	  "<clientConfig><emailProvider><incomingServer "
	  "type=\"imap\"><hostname>a.example</hostname><port>993</port>"
	  "<socketType>SSL</socketType><username>%REALNAME%</username></incomingServer></emailProvider>"
	  "</clientConfig>",
	  XML_OUTCOME_FINE, "imaps://a.example:993 - 0;", 0 },
	{ "name space", "<x:clientConfig xmlns:x=\"u\"><x:emailProvider/></x:clientConfig>", XML_OUTCOME_FINE,
	  "", 0 },
	{ "entities of XML itself", DOCUMENT(IN("imap", "a&#46;example", "993", "SSL")), XML_OUTCOME_FINE,
	  "imaps://a.example:993 anna@example.org 3;", 0 },
	{ "document type",
	  "<!DOCTYPE a [<!ENTITY x \"y\">]>" DOCUMENT(IN("imap", "imap.example.org", "993", "SSL")),
	  XML_OUTCOME_FORBIDDEN, "", 0 },
	{ "document type before the root", "<!DOCTYPE clientConfig><clientConfig/>", XML_OUTCOME_FORBIDDEN,
	  "", 0 },
	{ "laughs",
	  "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b "
	  "\"&a;&a;&a;&a;&a;&a;&a;&a;\">]><clientConfig>&b;</clientConfig>",
	  XML_OUTCOME_FORBIDDEN, "", 0 },
	{ "file from outside",
	  "<!DOCTYPE l [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><clientConfig>&a;</clientConfig>",
	  XML_OUTCOME_FORBIDDEN, "", 0 },
	{ "undeclared entity", "<clientConfig>&a;</clientConfig>", XML_OUTCOME_MALFORMED, "", 0 },
	{ "cut short", "<clientConfig><emailProvider>" IN("imap", "a.example", "993", "SSL"),
	  XML_OUTCOME_MALFORMED, "", 0 },
	{ "a web page", "<html><body><p>Not found<br></body></html>", XML_OUTCOME_MALFORMED, "", 0 },
	{ "nothing", "", XML_OUTCOME_MALFORMED, "", 0 },
};

static const struct address anna = { "anna@example.org", "anna", "example.org" };

static void show(struct arena *arena, const struct config_servers *servers, char *out, size_t room)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < servers->n; i++) {
		const struct config_server *s = &servers->rows[i];

		len += (size_t)snprintf(out + len, room - len, "%s %s %u;", endpoint_url(arena, &s->endpoint),
					s->user_name ? s->user_name : "-", (unsigned)s->authentication);
	}
}

static void documents_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct autoconfig config;
		char text[2048];

		assert_int_equal(autoconfig_xml_read(arena, view_of(rows[i].text, strlen(rows[i].text)),
						     &anna, &config),
				 ST_OK);
		if (config.outcome != rows[i].outcome)
			fail_msg("%s: %s", rows[i].name, xml_outcome_text(config.outcome));
		show(arena, &config.servers, text, sizeof text);
		if (strcmp(text, rows[i].servers) != 0 || config.servers.ignored != rows[i].ignored)
			fail_msg("%s: %s ignored %u", rows[i].name, text, config.servers.ignored);
		arena_drop(&arena);
	}
}

/* A document that repeats something until it is far too long. */
static void feed(const char *start, const char *again, size_t times, struct autoconfig *out, size_t *used_out)
{
	struct arena *arena = arena_new(1 << 20);
	struct buf document;

	buf_init(&document, 1 << 20);
	buf_add_text(&document, start);
	for (size_t i = 0; i < times; i++)
		buf_add_text(&document, again);
	assert_false(buf_failed(&document));
	assert_int_equal(autoconfig_xml_read(arena, buf_view(&document), &anna, out), ST_OK);
	*used_out = arena_used(arena);
	buf_fini(&document);
	arena_drop(&arena);
}

static void endless_documents_end(void **state)
{
	struct autoconfig config;
	size_t used;

	(void)state;
	feed("", "<a>", 20000, &config, &used);
	assert_int_equal(config.outcome, XML_OUTCOME_LIMIT);
	feed("<a>", "<b/>", 20000, &config, &used);
	assert_int_equal(config.outcome, XML_OUTCOME_LIMIT);
	feed("<a>", " ", XML_WALK_BYTES_MAX, &config, &used);
	assert_int_equal(config.outcome, XML_OUTCOME_LIMIT);
	feed("<clientConfig><emailProvider>", IN("imap", "a.example", "993", "SSL"), 400, &config, &used);
	assert_int_equal(config.outcome, XML_OUTCOME_MALFORMED);
	assert_true(used < 256 * 1024);
}

static void many_servers_are_counted(void **state)
{
	static char text[64 * 1024] = "<clientConfig><emailProvider>";
	struct arena *arena = arena_new(1 << 20);
	struct autoconfig config;
	size_t len = strlen(text);

	(void)state;
	for (size_t i = 0; i < 20; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s",
					IN("imap", "a.example", "993", "SSL"));
	len += (size_t)snprintf(text + len, sizeof text - len, "</emailProvider></clientConfig>");
	assert_int_equal(autoconfig_xml_read(arena, view_of(text, len), &anna, &config), ST_OK);
	assert_int_equal(config.servers.n, CONFIG_SERVERS_MAX);
	assert_int_equal(config.servers.ignored, 20 - CONFIG_SERVERS_MAX);
	arena_drop(&arena);
}

static void memory_may_end_anywhere(void **state)
{
	(void)state;
	for (size_t cap = 0; cap < 1024; cap += 16) {
		struct arena *arena = arena_new(cap);
		struct autoconfig config;
		enum status status = autoconfig_xml_read(arena, view_of(rows[0].text, strlen(rows[0].text)),
							 &anna, &config);

		assert_true(status == ST_OK ? config.servers.n == 2 : status == ST_NOMEM);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_read),
		cmocka_unit_test(endless_documents_end),
		cmocka_unit_test(many_servers_are_counted),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
