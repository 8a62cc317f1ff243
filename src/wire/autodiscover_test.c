/* This file tests Autodiscover's answers in XML and JSON, kind and hostile ones. */
#include "wire/autodiscover.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RESPONSE(inside)                                                                                  \
	"<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">" \
	"<Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/"    \
	"2006a\">" inside "</Response></Autodiscover>"
#define ACCOUNT(inside) RESPONSE("<Account><AccountType>email</AccountType>" inside "</Account>")
#define SERVER(type, host, port, more) \
	"<Protocol><Type>" type "</Type><Server>" host "</Server><Port>" port "</Port>" more "</Protocol>"

static const struct {
	const char *name, *text;
	const char *shown; /* what show() makes of it */
} rows[] = {
	{ "usual",
	  ACCOUNT(SERVER("IMAP", "imap.example.org", "993", "<SSL>on</SSL><LoginName>anna</LoginName>")
			  SERVER("SMTP", "smtp.example.org", "465", "<SSL>on</SSL><SPA>off</SPA>")),
	  "imaps://imap.example.org:993 anna 0;smtps://smtp.example.org:465 - 2;" },
	{ "SSL is on unless told", ACCOUNT(SERVER("POP3", "pop.example.org", "995", "")),
	  "pop3s://pop.example.org:995 - 0;" },
	{ "SSL at a port that begins in plain text",
	  ACCOUNT(SERVER("SMTP", "s.example", "587", "<SSL>on</SSL>")), "smtp://s.example:587 - 0;" },
	{ "SSL off", ACCOUNT(SERVER("IMAP", "i.example", "143", "<SSL>off</SSL>")),
	  "imap://i.example:143?security=none - 0;" },
	{ "Encryption TLS",
	  ACCOUNT(SERVER("IMAP", "i.example", "143", "<SSL>off</SSL><Encryption>TLS</Encryption>")),
	  "imap://i.example:143 - 0;" },
	{ "Encryption SSL", ACCOUNT(SERVER("IMAP", "i.example", "143", "<Encryption>SSL</Encryption>")),
	  "imaps://i.example:143 - 0;" },
	{ "Encryption None",
	  ACCOUNT(SERVER("IMAP", "i.example", "993", "<SSL>on</SSL><Encryption>None</Encryption>")),
	  "imap://i.example:993?security=none - 0;" },
	{ "plain text goes last",
	  ACCOUNT(SERVER("IMAP", "a.example", "143", "<SSL>off</SSL>")
			  SERVER("IMAP", "b.example", "993", "")),
	  "imaps://b.example:993 - 0;imap://a.example:143?security=none - 0;" },
	{ "SPA", ACCOUNT(SERVER("SMTP", "s.example", "587", "<SPA>on</SPA>")), "smtp://s.example:587 - 8;" },
	{ "Exchange", ACCOUNT(SERVER("EXCH", "guid@example.org", "0", "")), "exchange;" },
	{ "Exchange by attribute", ACCOUNT("<Protocol Type=\"mapiHttp\"><Port>443</Port></Protocol>"),
	  "exchange;" },
	{ "bad port", ACCOUNT(SERVER("IMAP", "a.example", "0", "")), "ignored 1;" },
	{ "bad host", ACCOUNT(SERVER("IMAP", "a b", "993", "")), "ignored 1;" },
	{ "no host", ACCOUNT(SERVER("IMAP", "", "993", "")), "ignored 1;" },
	{ "redirect to an address",
	  ACCOUNT("<Action>redirectAddr</Action><RedirectAddr>a@b.example</RedirectAddr>"),
	  "address a@b.example;" },
	{ "redirect to a URL",
	  ACCOUNT("<Action>redirectUrl</Action><RedirectUrl>https://b.example/x</RedirectUrl>"),
	  "url https://b.example/x;" },
	{ "redirect with a line in it", ACCOUNT("<RedirectUrl>https://b.example/x\ny</RedirectUrl>"), "" },
	{ "error", RESPONSE("<Error Time=\"1\" Id=\"2\"><ErrorCode>600</ErrorCode></Error>"), "error 600;" },
	{ "another document", "<html/>", "none;" },
	{ "document type", "<!DOCTYPE a><Autodiscover/>", "none;bad;" },
	{ "cut short", "<Autodiscover><Response><Account>", "none;bad;" },
};

static void show(struct arena *arena, const struct autodiscover *found, char *out, size_t room)
{
	size_t len = 0;

	out[0] = '\0';
#define ADD(...) len += (size_t)snprintf(out + len, room - len, __VA_ARGS__)
	for (size_t i = 0; i < found->servers.n; i++) {
		const struct config_server *s = &found->servers.rows[i];

		ADD("%s %s %u;", endpoint_url(arena, &s->endpoint), s->user_name ? s->user_name : "-",
		    (unsigned)s->authentication);
	}
	if (found->is_exchange)
		ADD("exchange;");
	if (found->servers.ignored)
		ADD("ignored %u;", found->servers.ignored);
	if (found->redirect_address)
		ADD("address %s;", found->redirect_address);
	if (found->redirect_url)
		ADD("url %s;", found->redirect_url);
	if (found->error_code)
		ADD("error %s;", found->error_code);
	if (!found->is_autodiscover)
		ADD("none;");
	if (found->outcome != XML_OUTCOME_FINE)
		ADD("bad;");
#undef ADD
}

static void answers_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct autodiscover found;
		char text[2048];

		assert_int_equal(
			autodiscover_read(arena, view_of(rows[i].text, strlen(rows[i].text)), &found), ST_OK);
		show(arena, &found, text, sizeof text);
		if (strcmp(text, rows[i].shown) != 0)
			fail_msg("%s: %s", rows[i].name, text);
		arena_drop(&arena);
	}
}

static void question_reads_as_xml(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	const char *question = autodiscover_request(arena, "postmend@example.org");
	struct autodiscover found;

	(void)state;
	assert_non_null(strstr(question, "<EMailAddress>postmend@example.org</EMailAddress>"));
	assert_int_equal(autodiscover_read(arena, view_of(question, strlen(question)), &found), ST_OK);
	assert_int_equal(found.outcome, XML_OUTCOME_FINE);
	assert_null(autodiscover_request(arena, "a<b@example.org"));
	arena_drop(&arena);
}

static void places_are_read(void **state)
{
	static const struct {
		const char *text, *url, *error;
	} places[] = {
		{ "{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"https://a.example/x\"}", "https://a.example/x",
		  NULL },
		{ "{\"ErrorCode\":\"ProtocolNotSupported\",\"ErrorMessage\":\"x\"}", NULL,
		  "ProtocolNotSupported" },
		{ "{\"Url\":7}", NULL, NULL },
		{ "{\"Url\":\"https://a\\u000ab\"}", NULL, NULL },
		{ "{\"Url\":\"a\",\"Url\":\"b\"}", NULL, NULL },
		{ "{\"Url\":\"https://a.example/\",\"x\":{\"y\":[[[[[1]]]]]}}", "https://a.example/", NULL },
		{ "{\"Url\":\"https://a.example/\",\"x\":{\"y\":[[[[[[[1]]]]]]]}}", NULL, NULL },
		{ "{\"Url\":\"https://a.example/[[[[[[[[[[[[\"}", "https://a.example/[[[[[[[[[[[[", NULL },
		{ "[\"Url\"]", NULL, NULL },
		{ "{\"Url\":\"x\"", NULL, NULL },
		{ "<html/>", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct arena *arena = arena_new(1 << 16);
		struct autodiscover_place place;

		assert_int_equal(autodiscover_read_place(
					 arena, view_of(places[i].text, strlen(places[i].text)), &place),
				 ST_OK);
		if ((place.url != NULL) != (places[i].url != NULL) ||
		    (place.url && strcmp(place.url, places[i].url) != 0))
			fail_msg("%s: %s", places[i].text, place.url ? place.url : "none");
		if ((place.error != NULL) != (places[i].error != NULL))
			fail_msg("%s: error %s", places[i].text, place.error ? place.error : "none");
		arena_drop(&arena);
	}
}

static void hostile_depth_is_refused(void **state)
{
	static char text[AUTODISCOVER_JSON_MAX + 1];
	struct arena *arena = arena_new(1 << 16);
	struct autodiscover_place place;

	(void)state;
	memset(text, '[', sizeof text);
	assert_int_equal(autodiscover_read_place(arena, view_of(text, AUTODISCOVER_JSON_MAX), &place), ST_OK);
	assert_null(place.url);
	memset(text, ' ', sizeof text);
	memcpy(text, "{\"Url\":\"x\"}", 11);
	assert_int_equal(autodiscover_read_place(arena, view_of(text, AUTODISCOVER_JSON_MAX), &place), ST_OK);
	assert_string_equal(place.url, "x");
	assert_int_equal(autodiscover_read_place(arena, view_of(text, AUTODISCOVER_JSON_MAX + 1), &place),
			 ST_OK);
	assert_null(place.url);
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read),
		cmocka_unit_test(question_reads_as_xml),
		cmocka_unit_test(places_are_read),
		cmocka_unit_test(hostile_depth_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
