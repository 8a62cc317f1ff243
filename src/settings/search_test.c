/* This file tests the search for settings with scripted answers, in any order. */
#include "settings/search.h"

#include "base/checked.h"
#include "wire/dns_msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What the world answers: a DNS name and type, or a URL. What is not scripted
 * does not exist: NXDOMAIN, or no connection. */
struct answer {
	const char *what; /* name or URL */
	uint16_t type;    /* 0 for a URL */
	enum dns_outcome outcome;
	struct dns_record records[3];
	unsigned status;
	const char *text; /* body, or where a redirect leads */
	unsigned logins;  /* that a 401 offers */
};

struct script {
	const char *name, *address;
	struct settings_options options;
	const struct answer *answers;
	size_t n;
	const char *servers; /* "url user source+agree;" for each, guesses cut off unless they are all */
};

#define SERVER(tag, type, host, port, socket)                                                              \
	"<" tag " type=\"" type "\"><hostname>" host "</hostname><port>" port "</port><socketType>" socket \
	"</socketType><username>%EMAILADDRESS%</username><authentication>password-cleartext"               \
	"</authentication></" tag ">"
#define CONFIG(servers) "<clientConfig><emailProvider>" servers "</emailProvider></clientConfig>"
#define IMAPS(host)     SERVER("incomingServer", "imap", host, "993", "SSL")
#define SMTPS(host)     SERVER("outgoingServer", "smtp", host, "465", "SSL")
#define MX(priority_, host)                                     \
	{                                                       \
		.type = 15, .text = host, .priority = priority_ \
	}
#define SRV(priority_, weight_, port_, host)                                                      \
	{                                                                                         \
		.type = 33, .text = host, .priority = priority_, .weight = weight_, .port = port_ \
	}
#define HOST_A                                    \
	{                                         \
		.type = 1, .text = "198.51.100.1" \
	}

/* Everything a domain of one's own can have, and it agrees. */
static const struct answer whole[] = {
	{ "example.org", 15, .records = { MX(20, "mx2.example.org"), MX(10, "mx1.example.org") } },
	{ "_imaps._tcp.example.org", 33, .records = { SRV(0, 1, 993, "mail.example.org") } },
	{ "_imap._tcp.example.org", 33, .records = { SRV(0, 0, 0, ".") } },
	{ "_submissions._tcp.example.org", 33, .records = { SRV(0, 1, 465, "mail.example.org") } },
	{ "_pop3._tcp.example.org", 33, .records = { SRV(0, 0, 0, ".") } },
	{ "_pop3s._tcp.example.org", 33, .records = { SRV(0, 0, 0, ".") } },
	{ "https://autoconfig.example.org/mail/config-v1.1.xml", .status = 200,
	  .text = CONFIG(IMAPS("mail.example.org") SMTPS("mail.example.org")) },
};

/* Sources that say different things. */
static const struct answer quarrel[] = {
	{ "_imaps._tcp.example.org", 33,
	  .records = { SRV(10, 1, 993, "c.example.org"), SRV(5, 1, 993, "b.example.org"),
		       SRV(5, 9, 993, "a.example.org") } },
	{ "https://autoconfig.example.org/mail/config-v1.1.xml", .status = 200,
	  .text = CONFIG(IMAPS("old.example.org")
				 SERVER("incomingServer", "imap", "old.example.org", "143", "plain")
					 SMTPS("192.168.1.1") SMTPS("smtp.example.org")) },
	{ "https://example.org/.well-known/autoconfig/mail/config-v1.1.xml", .status = 200,
	  .text = CONFIG(IMAPS("old.example.org")) },
};

/* A domain at a hoster: the MX tells whose. */
static const struct answer hosted[] = {
	{ "example.org", 15, .records = { MX(1, "aspmx.l.google.com") } },
};

static const struct answer exchange[] = {
	{ "example.org", 15, .records = { MX(0, "example-org.mail.protection.outlook.com") } },
	{ "https://autodiscover.example.org/autodiscover/"
	  "autodiscover.json?Email=postmend%40example.org&Protocol=AutodiscoverV1&RedirectCount=1",
	  .status = 200,
	  .text = "{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"https://outlook.office365.com/autodiscover/"
		  "autodiscover.xml\"}" },
	{ "https://autodiscover.example.org/autodiscover/autodiscover.xml", .status = 401 },
};

static const struct answer guarded[] = {
	{ "example.org", 15, .records = { MX(1, "aspmx.l.google.com") } },
	{ "https://autodiscover.example.org/autodiscover/autodiscover.xml", .status = 401,
	  .logins = HTTP_LOGIN_NEGOTIATE | HTTP_LOGIN_BASIC },
};

static const struct answer guarded_by_basic[] = {
	{ "example.org", 15, .records = { MX(1, "aspmx.l.google.com") } },
	{ "https://autodiscover.example.org/autodiscover/autodiscover.xml", .status = 401,
	  .logins = HTTP_LOGIN_BASIC },
};

static const struct answer told[] = {
	{ "example.org", 15, .records = { MX(1, "aspmx.l.google.com") } },
	{ "https://example.org/autodiscover/autodiscover.xml", .status = 200,
	  .text = "<Autodiscover><Response><Account><Protocol><Type>EXCH</Type></Protocol></Account></"
		  "Response>"
		  "</Autodiscover>" },
};

static const struct answer mx_config[] = {
	{ "example.org", 15, .records = { MX(1, "mx.cluster.hoster.example") } },
	{ "https://autoconfig.cluster.hoster.example/mail/config-v1.1.xml", .status = 404 },
	{ "https://autoconfig.hoster.example/mail/config-v1.1.xml", .status = 200,
	  .text = CONFIG(IMAPS("imap.hoster.example") SMTPS("smtp.hoster.example")) },
};

static const struct answer redirected[] = {
	{ "https://autoconfig.example.org/mail/config-v1.1.xml", .status = 301, .text = "/a" },
	{ "https://autoconfig.example.org/a", .status = 302, .text = "https://other.example/b" },
	{ "https://other.example/b", .status = 307, .text = "https://other.example/c" },
	{ "https://other.example/c", .status = 200, .text = CONFIG(IMAPS("imap.other.example")) },
	{ "https://autodiscover.example.org/autodiscover/autodiscover.xml", .status = 200,
	  .text = "<Autodiscover><Response><Account><RedirectUrl>https://x.example/y</RedirectUrl></Account>"
		  "</Response></Autodiscover>" },
	{ "https://x.example/y", .status = 200,
	  .text = "<Autodiscover><Response><Account><Protocol><Type>SMTP</Type><Server>s.example</Server>"
		  "<Port>587</Port><SSL>on</SSL><LoginName>postmend</LoginName></Protocol></Account></"
		  "Response>"
		  "</Autodiscover>" },
};

static const struct answer hostile[] = {
	{ "https://autoconfig.example.org/mail/config-v1.1.xml", .status = 302,
	  .text = "http://autoconfig.example.org/" },
	{ "https://example.org/.well-known/autoconfig/mail/config-v1.1.xml", .status = 302,
	  .text = "https://192.168.0.1/admin" },
	{ "https://example.org/autodiscover/autodiscover.xml", .status = 302,
	  .text = "https://x.example:8443/" },
	{ "https://autodiscover.example.org/autodiscover/autodiscover.xml", .status = 302,
	  .text = "//x.example/" },
	{ "https://autoconfig.thunderbird.net/v1.1/example.org", .status = 200,
	  .text = "<!DOCTYPE x [<!ENTITY a \"b\">]><clientConfig/>" },
	{ "_imaps._tcp.example.org", 33,
	  .records = { SRV(0, 1, 22, "ssh.example.org"), SRV(1, 1, 993, "\\027bad.example.org") } },
	{ "imap.example.org", 1, .records = { HOST_A } },
};

static const struct answer plain_names[] = {
	{ "example.org", 15, .records = { MX(1, "mail.example.org") } },
	{ "mail.example.org", 1, .records = { HOST_A } },
	{ "imap.example.org", 1, .outcome = DNS_NO_DATA },
};

static const struct answer comcast[] = {
	{ "comcast.net", 15, .records = { MX(1, "mta7.am0.yahoodns.net") } },
};

#define ROWS(table) table, COUNT_OF(table)

static const struct script scripts[] = {
	{ "all agree",
	  "anna@example.org",
	  { 0 },
	  ROWS(whole),
	  "imaps://mail.example.org:993 anna@example.org autoconfig+;"
	  "smtps://mail.example.org:465 anna@example.org autoconfig+;not pop3;" },
	{ "sources differ",
	  "anna@example.org",
	  { 0 },
	  ROWS(quarrel),
	  "imaps://old.example.org:993 anna@example.org autoconfig-;"
	  "imaps://a.example.org:993 anna@example.org srv-;imaps://b.example.org:993 anna@example.org srv-;"
	  "imap://old.example.org:143?security=none anna@example.org autoconfig- (no encryption);"
	  "smtps://smtp.example.org:465 anna@example.org autoconfig+;"
	  "smtps://192.168.1.1:465 anna@example.org autoconfig+ (a private address);" },
	{ "at a hoster",
	  "anna@example.org",
	  { 0 },
	  ROWS(hosted),
	  "imaps://imap.gmail.com:993 anna@example.org mx+;pop3s://pop.gmail.com:995 anna@example.org mx+;"
	  "smtps://smtp.gmail.com:465 anna@example.org mx+;" },
	{ "Exchange Online",
	  "anna@example.org",
	  { 0 },
	  ROWS(exchange),
	  "imaps://outlook.office365.com:993 anna@example.org autodiscover+;"
	  "pop3s://outlook.office365.com:995 anna@example.org autodiscover+;"
	  "smtp://smtp.office365.com:587 anna@example.org autodiscover+;exchange outlook.office365.com;" },
	{ "Autodiscover that is guarded as Exchange's",
	  "anna@example.org",
	  { 0 },
	  ROWS(guarded),
	  "imaps://imap.gmail.com:993 anna@example.org mx+;pop3s://pop.gmail.com:995 anna@example.org mx+;"
	  "smtps://smtp.gmail.com:465 anna@example.org mx+;exchange autodiscover.example.org;" },
	{ "Autodiscover that is guarded as a web page",
	  "anna@example.org",
	  { 0 },
	  ROWS(guarded_by_basic),
	  "imaps://imap.gmail.com:993 anna@example.org mx+;pop3s://pop.gmail.com:995 anna@example.org mx+;"
	  "smtps://smtp.gmail.com:465 anna@example.org mx+;" },
	{ "Autodiscover that tells of Exchange",
	  "anna@example.org",
	  { 0 },
	  ROWS(told),
	  "imaps://imap.gmail.com:993 anna@example.org mx+;pop3s://pop.gmail.com:995 anna@example.org mx+;"
	  "smtps://smtp.gmail.com:465 anna@example.org mx+;exchange example.org;" },
	{ "configuration of the MX",
	  "anna@example.org",
	  { 0 },
	  ROWS(mx_config),
	  "imaps://imap.hoster.example:993 anna@example.org mx+;smtps://smtp.hoster.example:465 "
	  "anna@example.org mx+;" },
	{ "redirects",
	  "anna@example.org",
	  { 0 },
	  ROWS(redirected),
	  "imaps://imap.other.example:993 anna@example.org autoconfig+;"
	  "smtp://s.example:587 anna@example.org autodiscover+;" },
	{ "redirects abroad not wanted",
	  "anna@example.org",
	  { .no_third_party = true },
	  ROWS(redirected),
	  "" },
	{ "nothing leads away",
	  "anna@example.org",
	  { 0 },
	  ROWS(hostile),
	  "imaps://ssh.example.org:22 anna@example.org srv+ (an unusual port);" },
	{ "table only",
	  "anna@gmx.net",
	  { .offline = true },
	  NULL,
	  0,
	  "imaps://imap.gmx.net:993 anna@gmx.net provider+;imap://imap.gmx.net:143 anna@gmx.net provider+;"
	  "pop3s://pop.gmx.net:995 anna@gmx.net provider+;pop3://pop.gmx.net:110 anna@gmx.net provider+;"
	  "smtps://mail.gmx.net:465 anna@gmx.net provider+;smtp://mail.gmx.net:587 anna@gmx.net provider+;" },
	{ "no IMAP at all", "anna@proton.me", { .offline = true }, NULL, 0, "" },
	{ "guesses that exist",
	  "anna@example.org",
	  { 0 },
	  ROWS(plain_names),
	  "imaps://imap.example.org:993 anna@example.org guess+;imaps://mail.example.org:993 "
	  "anna@example.org guess+;"
	  "imap://imap.example.org:143 anna@example.org guess+;imap://mail.example.org:143 anna@example.org "
	  "guess+;"
	  "pop3s://mail.example.org:995 anna@example.org guess+;smtps://mail.example.org:465 "
	  "anna@example.org guess+;"
	  "smtp://mail.example.org:587 anna@example.org guess+;" },
	{ "moved already",
	  "anna@comcast.net",
	  { 0 },
	  ROWS(comcast),
	  "imaps://imap.mail.yahoo.com:993 anna@comcast.net provider-;"
	  "imaps://imap.comcast.net:993 anna@comcast.net provider-;imap://imap.comcast.net:143 "
	  "anna@comcast.net provider-;"
	  "pop3s://pop.mail.yahoo.com:995 anna@comcast.net provider-;"
	  "pop3s://mail.comcast.net:995 anna@comcast.net provider-;pop3://mail.comcast.net:110 "
	  "anna@comcast.net provider-;"
	  "smtps://smtp.mail.yahoo.com:465 anna@comcast.net provider-;"
	  "smtps://smtp.comcast.net:465 anna@comcast.net provider-;smtp://smtp.comcast.net:587 "
	  "anna@comcast.net provider-;" },
};

struct pending {
	struct settings_query queries[SETTINGS_QUERIES_MAX];
	size_t n;
};

static const struct answer *find(const struct script *script, const char *what, uint16_t type)
{
	for (size_t i = 0; i < script->n; i++)
		if (script->answers[i].type == type && strcmp(script->answers[i].what, what) == 0)
			return &script->answers[i];
	return NULL;
}

static void reply(struct arena *arena, const struct script *script, struct settings_search *search,
		  const struct settings_query *query)
{
	bool is_dns = query->kind == SETTINGS_ASK_DNS;
	const struct answer *answer =
		find(script, is_dns ? query->name : query->url, is_dns ? query->type : 0);
	struct fetch_facts *fetch = arena_alloc(arena, sizeof *fetch);
	struct dns_facts *dns = arena_alloc(arena, sizeof *dns);

	if (!is_dns) {
		fetch->url = query->url;
		fetch->error = answer ? STEP_ERROR_NONE : STEP_ERROR_REFUSED;
		fetch->status = answer ? answer->status : 0;
		fetch->location = answer && answer->status / 100 == 3 ? answer->text : NULL;
		fetch->logins = answer ? answer->logins : 0;
		fetch->body = str_of(answer && answer->status == 200 ? answer->text : NULL);
		settings_on_fetch(search, query->id, fetch);
		return;
	}
	dns->name = query->name;
	dns->type = query->type;
	dns->outcome = answer ? answer->outcome : DNS_NO_NAME;
	for (size_t i = 0; answer && i < 3 && answer->records[i].type; i++)
		dns->records[dns->n_records++] = answer->records[i];
	settings_on_dns(search, query->id, dns);
}

static void take_new(struct settings_search *search, struct pending *pending)
{
	struct settings_query query;

	while (settings_next(search, &query)) {
		assert_true(pending->n < SETTINGS_QUERIES_MAX);
		pending->queries[pending->n++] = query;
	}
}

static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void show(struct arena *arena, const struct settings_facts *facts, char *out, size_t room)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < facts->n_servers; i++) {
		const struct server_settings *s = &facts->servers[i];

		if (s->source == SOURCE_GUESS && facts->servers[0].source != SOURCE_GUESS)
			continue;
		len += (size_t)snprintf(out + len, room - len, "%s %s %s%s%s%s%s;",
					endpoint_url(arena, &s->endpoint), s->user_name,
					source_name(s->source), s->agree ? "+" : "-", s->caution ? " (" : "",
					s->caution ? s->caution : "", s->caution ? ")" : "");
	}
	for (size_t i = 0; i < facts->n_not_offered; i++)
		len += (size_t)snprintf(out + len, room - len, "not %s;",
					protocol_name(facts->not_offered[i].protocol));
	if (facts->exchange_host)
		snprintf(out + len, room - len, "exchange %s;", facts->exchange_host);
}

/* Runs a script and answers in an order that the seed chooses; 0 is as asked. */
static void run(const struct script *script, uint32_t seed, char *out, size_t room)
{
	struct arena *arena = arena_new(8 << 20);
	struct settings_facts *facts = arena_alloc(arena, sizeof *facts);
	struct pending pending = { .n = 0 };
	struct settings_search *search;
	struct address address;
	const char *why;

	assert_int_equal(address_parse(arena, str_of(script->address), &address, &why), ST_OK);
	search = settings_new(arena, &script->options, &address);
	take_new(search, &pending);
	while (pending.n) {
		size_t at = seed ? draw(&seed) % pending.n : 0;
		struct settings_query query = pending.queries[at];

		assert_false(settings_is_done(search));
		memmove(&pending.queries[at], &pending.queries[at + 1], (--pending.n - at) * sizeof query);
		reply(arena, script, search, &query);
		take_new(search, &pending);
	}
	assert_true(settings_is_done(search));
	settings_finish(search, facts);
	show(arena, facts, out, room);
	arena_drop(&arena);
}

static void scripts_give_their_servers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(scripts); i++) {
		char text[4096];

		run(&scripts[i], 0, text, sizeof text);
		/* Guesses beside better servers are cut off; alone they are shown. */
		if (strcmp(scripts[i].servers, "") == 0 && strstr(text, " guess+"))
			continue;
		if (strcmp(text, scripts[i].servers) != 0)
			fail_msg("%s: %s", scripts[i].name, text);
	}
}

static void order_of_answers_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(scripts); i++) {
		char first[4096], other[4096];

		run(&scripts[i], 0, first, sizeof first);
		for (uint32_t seed = 1; seed <= 200; seed++) {
			run(&scripts[i], seed * 7919, other, sizeof other);
			if (strcmp(first, other) != 0)
				fail_msg("%s, seed %u: %s", scripts[i].name, (unsigned)seed, other);
		}
	}
}

/* Answers the pending question that this scripted answer is for. */
static void reply_to(struct arena *arena, const struct script *script, struct settings_search *search,
		     const struct pending *pending, size_t answer)
{
	for (size_t i = 0; i < pending->n; i++) {
		const struct settings_query *query = &pending->queries[i];
		const char *what = query->kind == SETTINGS_FETCH ? query->url : query->name;

		if (strcmp(what, script->answers[answer].what) == 0)
			reply(arena, script, search, query);
	}
}

/* Every order of the answers that say something, the silent ones left out. */
static void every_permutation_is_the_same(void **state)
{
	static const size_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					     { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	const struct address address = { "anna@example.org", "anna", "example.org" };
	const struct script *script = &scripts[1];
	char first[4096], other[4096];

	(void)state;
	run(script, 0, first, sizeof first);
	for (size_t n = 0; n < COUNT_OF(orders); n++) {
		struct arena *arena = arena_new(8 << 20);
		struct settings_facts *facts = arena_alloc(arena, sizeof *facts);
		struct settings_search *search = settings_new(arena, &script->options, &address);
		struct pending pending = { .n = 0 };

		take_new(search, &pending);
		for (size_t i = 0; i < 3; i++)
			reply_to(arena, script, search, &pending, orders[n][i]);
		settings_finish(search, facts);
		show(arena, facts, other, sizeof other);
		assert_string_equal(first, other);
		arena_drop(&arena);
	}
}

/* The neighbour of each row differs in one thing. */
static const struct {
	const char *name, *txt, *policy;
	unsigned status;
	const char *why, *mode, *unmatched;
} policies[] = {
	{ "fits", "v=STSv1; id=1",
	  "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.org\r\nmx: *.other.example\r\n", 200, "",
	  "enforce", "" },
	{ "one MX is not named", "v=STSv1; id=1", "version: STSv1\nmode: enforce\nmx: mx1.example.org\n", 200,
	  "", "enforce", "mx.other.example" },
	{ "an asterisk is one label", "v=STSv1; id=1",
	  "version: STSv1\nmode: testing\nmode: enforce\nmx: *.example.org\nmx: *.example\n", 200, "",
	  "testing", "mx.other.example" },
	{ "another version", "v=STSv1; id=1", "version: STSv2\nmode: enforce\n", 200, "it is no policy", "",
	  "" },
	{ "gone", "v=STSv1; id=1", "", 404, "HTTP status 404", "", "" },
	{ "moved", "v=STSv1; id=1", "https://other.example/", 301, "HTTP status 301", "", "" },
	{ "not announced", "v=spf1 -all", "version: STSv1\nmode: enforce\n", 200, "", "", "" },
};

static void policies_and_mx(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(policies); i++) {
		const struct answer answers[] = {
			{ "example.org", 15,
			  .records = { MX(10, "mx1.example.org"), MX(20, "mx.other.example") } },
			{ "_mta-sts.example.org", 16,
			  .records = { { .type = 16, .text = policies[i].txt } } },
			{ "https://mta-sts.example.org/.well-known/mta-sts.txt", .status = policies[i].status,
			  .text = policies[i].policy },
		};
		const struct script script = {
			policies[i].name, "anna@example.org", { 0 }, ROWS(answers), ""
		};
		const struct address address = { "anna@example.org", "anna", "example.org" };
		struct arena *arena = arena_new(8 << 20);
		struct settings_facts *facts = arena_alloc(arena, sizeof *facts);
		struct settings_search *search = settings_new(arena, &script.options, &address);
		struct settings_query query;
		const struct policy_facts *policy = &facts->policy;

		while (settings_next(search, &query))
			reply(arena, &script, search, &query);
		settings_finish(search, facts);
		if (policy->published != str_starts(str_of(policies[i].txt), STR("v=STSv1")) ||
		    strcmp(policy->why ? policy->why : "", policies[i].why) != 0 ||
		    strcmp(policy->mode ? policy->mode : "", policies[i].mode) != 0 ||
		    strcmp(policy->unmatched ? policy->unmatched : "", policies[i].unmatched) != 0)
			fail_msg("%s: %s, %s, %s", policies[i].name, policy->why ? policy->why : "-",
				 policy->mode ? policy->mode : "-",
				 policy->unmatched ? policy->unmatched : "-");
		arena_drop(&arena);
	}
}

/* What may leave the computer: the domain, never the local part. */
static void nothing_about_the_user_is_asked(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	const struct address address = { "annasecret@example.org", "annasecret", "example.org" };
	const struct settings_options all = { 0 }, own = { .no_third_party = true },
				      none = { .offline = true };
	struct settings_search *search = settings_new(arena, &all, &address);
	struct settings_query query;
	size_t n = 0, foreign = 0;

	(void)state;
	for (; settings_next(search, &query); n++) {
		const char *what = query.kind == SETTINGS_FETCH ? query.url : query.name;

		assert_null(strstr(what, "annasecret"));
		assert_true(!query.body || !strstr(query.body, "annasecret"));
		assert_true(query.kind != SETTINGS_FETCH || strncmp(what, "https://", 8) == 0);
		foreign += strstr(what, "thunderbird") != NULL;
	}
	assert_true(n > 12);
	assert_int_equal(foreign, 1);
	search = settings_new(arena, &own, &address);
	while (settings_next(search, &query))
		assert_non_null(strstr(query.kind == SETTINGS_FETCH ? query.url : query.name, "example.org"));
	search = settings_new(arena, &none, &address);
	assert_false(settings_next(search, &query));
	assert_true(settings_is_done(search));
	arena_drop(&arena);
}

static void third_parties_stay_unasked(void **state)
{
	const struct script script = {
		"", "anna@example.org", { .no_third_party = true }, ROWS(mx_config), ""
	};
	char text[4096];

	(void)state;
	run(&script, 0, text, sizeof text);
	assert_null(strstr(text, "imap.hoster"));
}

static void hints_and_moves_are_told(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	const struct settings_options offline = { .offline = true };
	const struct address proton = { "a@proton.me", "a", "proton.me" },
			     cox = { "a@cox.net", "a", "cox.net" };
	struct settings_facts *facts = arena_alloc(arena, sizeof *facts);

	(void)state;
	settings_finish(settings_new(arena, &offline, &proton), facts);
	assert_string_equal(facts->provider, "protonmail");
	assert_non_null(strstr(facts->provider_hint, "Bridge"));
	assert_int_equal(facts->n_servers, 0);
	settings_finish(settings_new(arena, &offline, &cox), facts);
	assert_string_equal(facts->provider, "yahoo.com");
	assert_non_null(strstr(facts->moved_what, "Yahoo"));
	arena_drop(&arena);
}

static void strange_answers_are_passed_over(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	const struct settings_options options = { 0 };
	const struct address address = { "anna@example.org", "anna", "example.org" };
	struct settings_search *search = settings_new(arena, &options, &address);
	struct settings_facts *facts = arena_alloc(arena, sizeof *facts);
	struct fetch_facts fetch = { .url = "https://example.org/", .status = 200 };
	struct dns_facts dns = { .name = "example.org", .type = 15 };
	struct settings_query query;

	(void)state;
	settings_on_dns(search, 0, &dns); /* not handed out yet */
	assert_false(settings_is_done(search));
	assert_true(settings_next(search, &query));
	settings_on_fetch(search, query.id, &fetch); /* of the other kind */
	settings_on_dns(search, 4711, &dns);
	settings_on_dns(search, query.id, &dns);
	settings_on_dns(search, query.id, &dns); /* twice */
	settings_finish(search, facts);
	assert_int_equal(facts->n_dns, 1);
	assert_int_equal(facts->n_fetches, 0);
	assert_int_equal(facts->servers[0].source, SOURCE_GUESS);
	arena_drop(&arena);
}

static void memory_may_end_anywhere(void **state)
{
	const struct address address = { "anna@gmx.net", "anna", "gmx.net" };
	const struct settings_options options = { 0 };
	struct settings_facts *facts;
	struct arena *keep = arena_new(1 << 20);

	(void)state;
	facts = arena_alloc(keep, sizeof *facts);
	for (size_t cap = 0; cap < 64 * 1024; cap += 512) {
		struct arena *arena = arena_new(cap);
		struct settings_search *search = settings_new(arena, &options, &address);

		if (search)
			settings_finish(search, facts);
		else
			assert_true(arena_failed(arena));
		arena_drop(&arena);
	}
	arena_drop(&keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_and_mx),
		cmocka_unit_test(scripts_give_their_servers),
		cmocka_unit_test(order_of_answers_does_not_matter),
		cmocka_unit_test(every_permutation_is_the_same),
		cmocka_unit_test(nothing_about_the_user_is_asked),
		cmocka_unit_test(third_parties_stay_unasked),
		cmocka_unit_test(hints_and_moves_are_told),
		cmocka_unit_test(strange_answers_are_passed_over),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
