/* This file tests the tables of providers, their moves and the base domain of hosts. */
#include "facts/providers.h"

#include "account/fill_in.h"
#include "base/checked.h"
#include "facts/base_domain.h"
#include "facts/moves.h"
#include "facts/providers_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *domain, *id;
} domains[] = {
	{ "gmail.com", "googlemail.com" },
	{ "GMail.COM", "googlemail.com" },
	{ "gmail.con", NULL },
	{ "mail.gmail.com", NULL },
	{ "outlook.com", "hotmail.com" },
	{ "cox.net", "yahoo.com" },
	{ "fastmail.com", "fastmail.com" },
	{ "zoho.eu", "zoho.eu" },
	{ "zoho.com", "zoho.com" },
	{ "peoplepc.com", "earthlink.net" },
	{ "xfinity.com", "comcast.net" },
	{ "proton.me", "protonmail" },
	{ "126.com", "126.com" },
	{ "ziggo.nl", "ziggo.nl" },
	{ "example.com", NULL },
	{ "", NULL },
};

static const struct {
	const char *host, *id;
} exchangers[] = {
	{ "gmail-smtp-in.l.google.com", "googlemail.com" },
	{ "aspmx.l.google.com", "googlemail.com" },
	{ "example-org.mail.protection.outlook.com", "office365.com" },
	{ "hotmail-com.olc.protection.outlook.com", "hotmail.com" },
	{ "in1-smtp.messagingengine.com", "fastmail.com" },
	{ "mx.example.org", NULL },
	{ "com", NULL },
	{ "", NULL },
};

static void check_id(const char *asked, const struct provider *found, const char *id)
{
	if ((found != NULL) != (id != NULL) || (found && strcmp(found->id, id) != 0))
		fail_msg("%s: %s", asked, found ? found->id : "none");
}

static void providers_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(domains); i++)
		check_id(domains[i].domain, providers_of_domain(str_of(domains[i].domain)), domains[i].id);
	for (size_t i = 0; i < COUNT_OF(exchangers); i++)
		check_id(exchangers[i].host, providers_of_mx(str_of(exchangers[i].host)), exchangers[i].id);
	check_id("gmx.net", providers_by_id(STR("gmx.net")), "gmx.net");
	check_id("nobody", providers_by_id(STR("nobody")), NULL);
}

static void every_domain_is_found(void **state)
{
	(void)state;
	assert_true(providers_domains_n > 1200);
	for (size_t i = 0; i < providers_domains_n; i++)
		assert_ptr_equal(providers_of_domain(str_of(providers_domains[i].domain)),
				 &providers_rows[providers_domains[i].provider]);
	for (size_t i = 0; i < moves_n; i++)
		assert_ptr_equal(moves_find(str_of(moves_rows[i].domain)), &moves_rows[i]);
}

/* What the issue asks of the table: no plain text beside an encrypted server of
 * the same direction, ports that belong to their protocol, patterns that can
 * be filled in. */
static void servers_make_sense(void **state)
{
	static const uint16_t ports[][4] = { { 993, 143 }, { 995, 110 }, { 465, 587, 25 } };
	struct arena *arena = arena_new(1 << 20);
	const struct address address = { "anna@example.org", "anna", "example.org" };

	(void)state;
	for (size_t i = 0; i < providers_n; i++) {
		const struct provider *p = &providers_rows[i];
		bool plain[2] = { false }, encrypted[2] = { false };

		for (size_t s = 0; s < p->n_servers; s++) {
			const struct provider_server *server = &p->servers[s];
			const uint16_t *usual = ports[server->protocol];
			bool is_usual = server->port == usual[0] || server->port == usual[1] ||
					server->port == usual[2];
			const char *host = fill_in_address(arena, str_of(server->host), &address);

			(server->security == SECURITY_NONE ? plain
							   : encrypted)[server->protocol == PROTOCOL_SMTP] =
				true;
			if (!is_usual || (server->security == SECURITY_TLS) != (server->port == usual[0]))
				fail_msg("%s: %s:%u", p->id, server->host, (unsigned)server->port);
			if (!fill_in_address(arena, str_of(server->user_name), &address))
				fail_msg("%s: user %s", p->id, server->user_name);
			if (!host || !address_domain_is_valid(str_of(host), 2) || !server->authentication)
				fail_msg("%s: host %s", p->id, server->host);
		}
		if ((plain[0] && encrypted[0]) || (plain[1] && encrypted[1]))
			fail_msg("%s: plain text beside an encrypted server", p->id);
		if ((p->n_servers == 0) != ((p->hints & PROVIDER_HINT_NO_IMAP) != 0) && !p->hint)
			fail_msg("%s: no servers and no word why", p->id);
	}
	arena_drop(&arena);
}

static void hints_are_told(void **state)
{
	(void)state;
	assert_int_equal(providers_of_domain(STR("proton.me"))->hints, PROVIDER_HINT_NO_IMAP);
	assert_int_equal(providers_of_domain(STR("proton.me"))->n_servers, 0);
	assert_true(providers_of_domain(STR("yahoo.com"))->hints & PROVIDER_HINT_APP_PASSWORD);
	assert_true(providers_of_domain(STR("outlook.com"))->hints & PROVIDER_HINT_OAUTH2_ONLY);
	assert_true(providers_of_domain(STR("web.de"))->hints & PROVIDER_HINT_ENABLE_FIRST);
	assert_null(providers_of_domain(STR("ziggo.nl"))->hint);
}

static void moves_are_known(void **state)
{
	const struct move *move = moves_find(STR("Cox.net"));

	(void)state;
	assert_non_null(move);
	assert_int_equal(move->state, MOVE_MOVED);
	assert_string_equal(move->provider, "yahoo.com");
	assert_int_equal(moves_find(STR("freeserve.co.uk"))->state, MOVE_CLOSED);
	assert_null(moves_find(STR("example.org")));
}

static void base_domains_are_found(void **state)
{
	static const struct {
		const char *host, *base;
	} rows[] = {
		{ "mx.mail.example.co.uk", "example.co.uk" },
		{ "co.uk", NULL },
		{ "example.org", "example.org" },
		{ "org", NULL },
		{ "mx1.example.blogspot.com", "example.blogspot.com" },
		{ "192.0.2.1", NULL },
		{ "a..b", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct str base = base_domain(str_of(rows[i].host));

		if ((base.at != NULL) != (rows[i].base != NULL) || (base.at && !str_is(base, rows[i].base)))
			fail_msg("%s: %.*s", rows[i].host, (int)base.len, base.at ? base.at : "");
	}
}

static void patterns_are_filled_in(void **state)
{
	static const struct {
		const char *pattern, *filled;
	} rows[] = {
		{ "%EMAILADDRESS%", "anna@example.org" },
		{ "%EMAILADDRESS", NULL },
		{ "%EMAILLOCALPART%.%EMAILDOMAIN%", "anna.example.org" },
		{ "%emailaddress%", NULL },
		{ "imap.%EMAILDOMAIN%", "imap.example.org" },
		{ "%REALNAME%", NULL },
		{ "plain", "plain" },
		{ "100%", NULL },
		{ "a\nb", NULL },
		{ "", NULL },
	};
	struct arena *arena = arena_new(1 << 16);
	const struct address address = { "anna@example.org", "anna", "example.org" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *filled = fill_in_address(arena, str_of(rows[i].pattern), &address);

		if ((filled != NULL) != (rows[i].filled != NULL) ||
		    (filled && strcmp(filled, rows[i].filled) != 0))
			fail_msg("%s: %s", rows[i].pattern, filled ? filled : "none");
	}
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(providers_are_found),    cmocka_unit_test(every_domain_is_found),
		cmocka_unit_test(servers_make_sense),     cmocka_unit_test(hints_are_told),
		cmocka_unit_test(moves_are_known),        cmocka_unit_test(base_domains_are_found),
		cmocka_unit_test(patterns_are_filled_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
