/* This file tests mail addresses and their domains, the right and the wrong. */
#include "account/address.h"

#include "account/idn.h"
#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *text, *local, *domain; /* local NULL: refused, and domain is a word of the reason */
} rows[] = {
	{ "anna@example.org", "anna", "example.org" },
	{ "anna", NULL, "NAME@DOMAIN" },
	{ "anna@", NULL, "missing" },
	{ "@example.org", NULL, "before the @" },
	{ "", NULL, "NAME@DOMAIN" },
	{ "Anna.B+x@Example.ORG", "Anna.B+x", "example.org" },
	{ "anna@example.org.", "anna", "example.org" },
	{ "anna@example.org..", NULL, "no domain name" },
	{ "anna@.example.org", NULL, "no domain name" },
	{ "anna@localhost", NULL, "no domain name" },
	{ "anna@exa mple.org", NULL, "no domain name" },
	{ "an na@example.org", NULL, "before the @" },
	{ "a..b@example.org", "a..b", "example.org" },
	{ "\"a b\"@example.org", "\"a b\"", "example.org" },
	{ "\"\"@example.org", NULL, "before the @" },
	{ "a@b@example.org", NULL, "before the @" },
	{ "\"a@b\"@example.org", "\"a@b\"", "example.org" },
	{ "anna@[192.0.2.1]", NULL, "numeric" },
	{ "anna@192.0.2.1", NULL, "numeric" },
	{ "anna@192.0.2.1.", NULL, "numeric" },
	{ "anna\x01@example.org", NULL, "control" },
	{ "anna@example.org\n", NULL, "control" },
	{ "j\xc3\xb6rg@example.org", "j\xc3\xb6rg", "example.org" },
	{ "j\xf6rg@example.org", NULL, "before the @" },
	{ "anna@b\xc3\xbc"
	  "cher.example",
	  "anna", "xn--bcher-kva.example" },
	{ "anna@B\xc3\x9c"
	  "CHER.example",
	  "anna", "xn--bcher-kva.example" },
	{ "anna@ko\xcc\x88ln.example", NULL, "no domain name" },
	{ "anna@xn--bcher-kva.example", "anna", "xn--bcher-kva.example" },
	{ "1234567890123456789012345678901234567890123456789012345678901234@example.org",
	  "1234567890123456789012345678901234567890123456789012345678901234", "example.org" },
	{ "12345678901234567890123456789012345678901234567890123456789012345@example.org", NULL,
	  "before the @" },
};

/* Samples of RFC 3492 section 7.1 and the registry's test domains. */
static const struct {
	const char *text, *ascii; /* NULL: refused */
} domains[] = {
	{ "example.org", "example.org" },
	{ "mail_1.example.org", "mail_1.example.org" },
	{ "mail!.example.org", NULL },
	{ "\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad"
	  "\xe6\x96\x87",
	  "xn--ihqwcrb4cv8a8dqg056pqjye" },
	{ "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xbc\xd0\xb5\xd1\x80."
	  "\xd0\xb8\xd1\x81\xd0\xbf\xd1\x8b\xd1\x82\xd0\xb0\xd0\xbd\xd0\xb8\xd0\xb5",
	  "xn--e1afmkfd.xn--80akhbyknj4f" },
	{ "\xd0\x9f\xd0\xa0\xd0\x98\xd0\x9c\xd0\x95\xd0\xa0."
	  "\xd0\x98\xd0\xa1\xd0\x9f\xd0\xab\xd0\xa2\xd0\x90\xd0\x9d\xd0\x98\xd0\x95",
	  "xn--e1afmkfd.xn--80akhbyknj4f" },
	{ "\xce\xa0\xce\xb1\xcf\x81\xce\xac\xce\xb4\xce\xb5\xce\xb9\xce\xb3\xce\xbc\xce\xb1.gr",
	  "xn--hxajbheg2az3al.gr" },
	{ "stra\xc3\x9f"
	  "e.de",
	  "xn--strae-oqa.de" },
	{ "a\xe2\x80\xae"
	  "b.example",
	  NULL },                         /* right-to-left override */
	{ "\xef\xbc\xa1.example", NULL }, /* full-width A */
	{ "a..b", NULL },
	{ ".", NULL },
	{ "", NULL },
	{ "123456789012345678901234567890123456789012345678901234567890123.org",
	  "123456789012345678901234567890123456789012345678901234567890123.org" },
	{ "1234567890123456789012345678901234567890123456789012345678901234.org", NULL },
};

static void addresses_come_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 16);
		struct address address;
		const char *why;
		enum status status = address_parse(arena, str_of(rows[i].text), &address, &why);

		if (status != (rows[i].local ? ST_OK : ST_USAGE))
			fail_msg("%s: status %d", rows[i].text, (int)status);
		if (rows[i].local) {
			assert_string_equal(address.local, rows[i].local);
			assert_string_equal(address.domain, rows[i].domain);
		} else if (!strstr(why, rows[i].domain)) {
			fail_msg("%s: why \"%s\"", rows[i].text, why);
		}
		arena_drop(&arena);
	}
}

static void domains_become_ascii(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(domains); i++) {
		struct arena *arena = arena_new(1 << 16);
		const char *ascii = NULL;
		enum status status = idn_to_ascii(arena, str_of(domains[i].text), &ascii);

		if (status != (domains[i].ascii ? ST_OK : ST_USAGE))
			fail_msg("%s: status %d", domains[i].text, (int)status);
		if (domains[i].ascii)
			assert_string_equal(ascii, domains[i].ascii);
		arena_drop(&arena);
	}
}

static void domain_length_is_bounded(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i % 2 ? '.' : 'a';
	assert_true(address_domain_is_valid((struct str){ .at = text, .len = 253 }, 127));
	assert_false(address_domain_is_valid((struct str){ .at = text, .len = 255 }, 1));
	assert_false(address_domain_is_valid((struct str){ .at = text, .len = 253 }, 128));
}

/* Control characters never come back raw in the sentence. */
static void reason_is_printable(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	struct address address;
	const char *why;

	(void)state;
	assert_int_equal(address_parse(arena, str_of("a\x1b[2J@x\xff"), &address, &why), ST_USAGE);
	for (const char *c = why; *c; c++)
		assert_true(*c >= ' ' && *c < 0x7f);
	arena_drop(&arena);
}

static void memory_may_end_anywhere(void **state)
{
	(void)state;
	for (size_t cap = 0; cap < 400; cap += 16) {
		struct arena *arena = arena_new(cap);
		struct address address;
		const char *why;
		enum status status = address_parse(arena, str_of("anna@example.org"), &address, &why);

		assert_true(status == ST_OK || status == ST_NOMEM);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_come_apart),     cmocka_unit_test(domains_become_ascii),
		cmocka_unit_test(domain_length_is_bounded), cmocka_unit_test(reason_is_printable),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
