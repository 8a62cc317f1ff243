/* This file tests the reading of DNS answers, those that are fine and those that are not. */
#include "wire/dns_msg.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* example.org at offset 12, then type and class: 29 octets with the header. */
#define HEAD(flags, answers) "\x12\x34" flags "\0\1" answers "\0\0\0\0"
#define NAME                 "\7example\3org\0"
#define ASK(type)            NAME type "\0\1"
#define OK                   "\x81\x80"
#define TTL                  "\0\0\1\x2c"
#define OWNER                "\xc0\x0c"
#define BYTES(literal)       literal, sizeof(literal) - 1

static const struct {
	const char *what;
	uint16_t type;
	const char *bytes;
	size_t len;
	enum dns_outcome outcome;
	const char *records; /* "type priority weight port text;" for each */
} rows[] = {
	{ "A", 1, BYTES(HEAD(OK, "\0\1") ASK("\0\1") OWNER "\0\1\0\1" TTL "\0\4\x08\x08\x04\x04"),
	  DNS_ANSWERED, "A 0 0 0 8.8.4.4;" },
	{ "A of three octets", 1, BYTES(HEAD(OK, "\0\1") ASK("\0\1") OWNER "\0\1\0\1" TTL "\0\3\x08\x08\x04"),
	  DNS_MALFORMED, "" },
	{ "A of five octets", 1,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\1") OWNER "\0\1\0\1" TTL "\0\5\x08\x08\x04\4\4"), DNS_MALFORMED,
	  "" },
	{ "A cut short", 1, BYTES(HEAD(OK, "\0\1") ASK("\0\1") OWNER "\0\1\0\1" TTL "\0\4\x08\x08\x04"),
	  DNS_MALFORMED, "" },
	{ "fewer answers than counted", 1,
	  BYTES(HEAD(OK, "\0\2") ASK("\0\1") OWNER "\0\1\0\1" TTL "\0\4\1\2\3\4"), DNS_MALFORMED, "" },
	{ "AAAA", 28,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\x1c") OWNER "\0\x1c\0\1" TTL
						     "\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
	  DNS_ANSWERED, "AAAA 0 0 0 2001:db8::1;" },
	{ "MX with a pointer", 15,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\x0f") OWNER "\0\x0f\0\1" TTL "\0\7\0\x0a\2mx" OWNER), DNS_ANSWERED,
	  "MX 10 0 0 mx.example.org;" },
	{ "null MX", 15, BYTES(HEAD(OK, "\0\1") ASK("\0\x0f") OWNER "\0\x0f\0\1" TTL "\0\3\0\0\0"),
	  DNS_ANSWERED, "MX 0 0 0 .;" },
	{ "MX with an octet too many", 15,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\x0f") OWNER "\0\x0f\0\1" TTL "\0\x8\0\x0a\2mx" OWNER "x"),
	  DNS_MALFORMED, "" },
	{ "SRV", 33,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\x21") OWNER "\0\x21\0\1" TTL "\0\x0d\0\1\0\2\3\xe1\4IMAP" OWNER),
	  DNS_ANSWERED, "SRV 1 2 993 imap.example.org;" },
	{ "SRV of the root", 33,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\x21") OWNER "\0\x21\0\1" TTL "\0\7\0\0\0\0\0\0\0"), DNS_ANSWERED,
	  "SRV 0 0 0 .;" },
	{ "TXT of two strings", 16,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\x10") OWNER "\0\x10\0\1" TTL "\0\7\2v=\3\x1b\\x"), DNS_ANSWERED,
	  "TXT 0 0 0 v=\\027\\092x;" },
	{ "TXT string beyond its record", 16,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\x10") OWNER "\0\x10\0\1" TTL "\0\2\2v="), DNS_MALFORMED, "" },
	{ "NS", 2, BYTES(HEAD(OK, "\0\1") ASK("\0\2") OWNER "\0\2\0\1" TTL "\0\5\2ns" OWNER), DNS_ANSWERED,
	  "NS 0 0 0 ns.example.org;" },
	{ "SOA", 6,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\6") OWNER "\0\6\0\1" TTL "\0\x1e\2ns" OWNER "\2hm" OWNER
						   "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"),
	  DNS_ANSWERED, "SOA 0 0 0 ns.example.org;" },
	{ "TLSA", 52, BYTES(HEAD(OK, "\0\1") ASK("\0\x34") OWNER "\0\x34\0\1" TTL "\0\5\3\1\1\xab\xcd"),
	  DNS_ANSWERED, "TLSA 0 0 0 3 1 1 abcd;" },
	{ "TLSA without data", 52, BYTES(HEAD(OK, "\0\1") ASK("\0\x34") OWNER "\0\x34\0\1" TTL "\0\3\3\1\1"),
	  DNS_MALFORMED, "" },
	{ "CNAME and its A", 1,
	  BYTES(HEAD(OK, "\0\2") ASK("\0\1") OWNER "\0\5\0\1" TTL "\0\4\1w" OWNER "\1w" OWNER "\0\1\0\1" TTL
						   "\0\4\1\2\3\4"),
	  DNS_ANSWERED, "CNAME 0 0 0 w.example.org;A 0 0 0 1.2.3.4;" },
	{ "the A before its CNAME", 1,
	  BYTES(HEAD(OK, "\0\2") ASK("\0\1") "\1w" OWNER "\0\1\0\1" TTL "\0\4\1\2\3\4" OWNER "\0\5\0\1" TTL
					     "\0\4\1w" OWNER),
	  DNS_ANSWERED, "CNAME 0 0 0 w.example.org;A 0 0 0 1.2.3.4;" },
	{ "CNAME that leads to itself", 1,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\1") OWNER "\0\5\0\1" TTL "\0\2" OWNER), DNS_NO_DATA, NULL },
	{ "CNAME to nowhere", 1,
	  BYTES(HEAD("\x81\x83", "\0\1") ASK("\0\1") OWNER "\0\5\0\1" TTL "\0\4\1w" OWNER), DNS_NO_NAME,
	  "CNAME 0 0 0 w.example.org;" },
	{ "an A of another name", 1,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\1") "\4evil" OWNER "\0\1\0\1" TTL "\0\4\1\2\3\4"), DNS_NO_DATA, "" },
	{ "an A of class CHAOS", 1, BYTES(HEAD(OK, "\0\1") ASK("\0\1") OWNER "\0\1\0\3" TTL "\0\4\1\2\3\4"),
	  DNS_NO_DATA, "" },
	{ "RRSIG beside", 1,
	  BYTES(HEAD(OK, "\0\2") ASK("\0\1") OWNER "\0\x2e\0\1" TTL "\0\3xyz" OWNER "\0\1\0\1" TTL
						   "\0\4\1\2\3\4"),
	  DNS_ANSWERED, "A 0 0 0 1.2.3.4;" },
	{ "no data", 1, BYTES(HEAD(OK, "\0\0") ASK("\0\1")), DNS_NO_DATA, "" },
	{ "no name", 1, BYTES(HEAD("\x81\x83", "\0\0") ASK("\0\1")), DNS_NO_NAME, "" },
	{ "server failure", 1, BYTES(HEAD("\x81\x82", "\0\0") ASK("\0\1")), DNS_SERVFAIL, "" },
	{ "refused", 1, BYTES(HEAD("\x81\x85", "\0\0") ASK("\0\1")), DNS_REFUSED, "" },
	{ "refused, without the question", 1, BYTES("\x12\x34\x81\x85\0\0\0\0\0\0\0\0"), DNS_REFUSED, "" },
	{ "fine, without the question", 1, BYTES("\x12\x34\x81\x80\0\0\0\0\0\0\0\0"), DNS_MALFORMED, "" },
	{ "two questions", 1, BYTES("\x12\x34\x81\x80\0\2\0\0\0\0\0\0" ASK("\0\1") ASK("\0\1")),
	  DNS_MALFORMED, "" },
	{ "a question, no answer", 1, BYTES(HEAD("\1\0", "\0\0") ASK("\0\1")), DNS_MALFORMED, "" },
	{ "answer to another name", 1,
	  BYTES(HEAD(OK, "\0\1") "\7examplf\3org\0\0\1\0\1" OWNER "\0\1\0\1" TTL "\0\4\1\2\3\4"),
	  DNS_MALFORMED, "" },
	{ "answer to another type", 1, BYTES(HEAD(OK, "\0\0") ASK("\0\x1c")), DNS_MALFORMED, "" },
	{ "name in capitals", 1,
	  BYTES(HEAD(OK, "\0\1") "\7eXAMPLE\3ORG\0\0\1\0\1" OWNER "\0\1\0\1" TTL "\0\4\1\2\3\4"),
	  DNS_ANSWERED, "A 0 0 0 1.2.3.4;" },
	{ "pointer to itself", 1, BYTES(HEAD(OK, "\0\1") ASK("\0\1") "\xc0\x1d\0\1\0\1" TTL "\0\4\1\2\3\4"),
	  DNS_MALFORMED, "" },
	{ "pointer forward", 1, BYTES(HEAD(OK, "\0\1") ASK("\0\1") "\xc0\x1f\0\1\0\1" TTL "\0\4\1\2\3\4"),
	  DNS_MALFORMED, "" },
	{ "pointer loop over a label", 1,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\1") "\1x\xc0\x1d\0\1\0\1" TTL "\0\4\1\2\3\4"), DNS_MALFORMED, "" },
	{ "label type 01", 1, BYTES(HEAD(OK, "\0\1") ASK("\0\1") "\x40x\0\1\0\1" TTL "\0\4\1\2\3\4"),
	  DNS_MALFORMED, "" },
	{ "hostile label", 2,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\2") OWNER "\0\2\0\1" TTL "\0\6\5\x1b[.\0 \0" OWNER), DNS_MALFORMED,
	  "" },
	{ "hostile label, well formed", 2,
	  BYTES(HEAD(OK, "\0\1") ASK("\0\2") OWNER "\0\2\0\1" TTL "\0\7\4\x1b[.\0" OWNER), DNS_ANSWERED,
	  "NS 0 0 0 \\027\\091\\046\\000.example.org;" },
	{ "cut to fit, in the middle", 1,
	  BYTES(HEAD("\x83\x80", "\0\2") ASK("\0\1") OWNER "\0\1\0\1" TTL "\0\4\1\2\3\4" OWNER "\0\1"),
	  DNS_ANSWERED, "A 0 0 0 1.2.3.4;" },
	{ "header cut short", 1, BYTES("\x12\x34\x81\x80\0\0\0\0\0\0\0"), DNS_MALFORMED, "" },
	{ "nothing", 1, BYTES(""), DNS_MALFORMED, "" },
};

static void show(const struct dns_facts *facts, char *out, size_t room)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < facts->n_records; i++) {
		const struct dns_record *r = &facts->records[i];

		len += (size_t)snprintf(out + len, room - len, "%s %u %u %u %s;", dns_type_name(r->type),
					(unsigned)r->priority, (unsigned)r->weight, (unsigned)r->port,
					r->text);
	}
}

static void answers_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct dns_facts facts = { .name = "example.org", .type = rows[i].type };
		char text[4096];

		assert_int_equal(dns_msg_read(arena, view_of(rows[i].bytes, rows[i].len), &facts), ST_OK);
		if (facts.outcome != rows[i].outcome)
			fail_msg("%s: %s", rows[i].what, dns_outcome_name(facts.outcome));
		show(&facts, text, sizeof text);
		if (rows[i].records && strcmp(text, rows[i].records) != 0)
			fail_msg("%s: %s", rows[i].what, text);
		arena_drop(&arena);
	}
}

/* Each answer cut at every octet: never more than MALFORMED comes of it. */
static void every_cut_is_survived(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (size_t len = 0; len < rows[i].len; len++) {
			struct arena *arena = arena_new(1 << 20);
			struct dns_facts facts = { .name = "example.org", .type = rows[i].type };

			assert_int_equal(dns_msg_read(arena, view_of(rows[i].bytes, len), &facts), ST_OK);
			if (rows[i].outcome == DNS_ANSWERED && !facts.cut)
				assert_int_equal(facts.outcome, DNS_MALFORMED);
			arena_drop(&arena);
		}
	}
}

/* 4,000 records, each with the smallest size: what is kept is bounded. */
static void many_records_are_cut(void **state)
{
	static uint8_t bytes[65535];
	static const char record[] = OWNER "\0\1\0\1" TTL "\0\4\1\2\3\4";
	size_t len = sizeof(HEAD(OK, "\x0f\xa0") ASK("\0\1")) - 1;
	struct arena *arena = arena_new(1 << 20);
	struct dns_facts facts = { .name = "example.org", .type = 1 };

	(void)state;
	memcpy(bytes, HEAD(OK, "\x0f\xa0") ASK("\0\1"), len);
	for (size_t i = 0; i < 4000; i++, len += sizeof record - 1)
		memcpy(bytes + len, record, sizeof record - 1);
	assert_int_equal(dns_msg_read(arena, view_of(bytes, len), &facts), ST_OK);
	assert_int_equal(facts.outcome, DNS_ANSWERED);
	assert_int_equal(facts.n_records, DNS_RECORDS_MAX);
	assert_true(facts.cut);
	assert_true(arena_used(arena) < 64 * 1024);
	arena_drop(&arena);
}

static void name_of_longest_form_fits(void **state)
{
	uint8_t bytes[512] = HEAD(OK, "\0\1") ASK("\0\2") OWNER "\0\2\0\1" TTL "\0\xff";
	size_t len = sizeof(HEAD(OK, "\0\1") ASK("\0\2") OWNER "\0\2\0\1" TTL "\0\xff") - 1;
	struct arena *arena = arena_new(1 << 20);
	struct dns_facts facts = { .name = "example.org.", .type = 2 };

	(void)state;
	for (size_t label = 0; label < 4; label++) {
		uint8_t n = label < 3 ? 63 : 61;

		bytes[len++] = n;
		memset(bytes + len, 0xff, n);
		len += n;
	}
	bytes[len++] = 0;
	assert_int_equal(dns_msg_read(arena, view_of(bytes, len), &facts), ST_OK);
	assert_int_equal(facts.outcome, DNS_ANSWERED);
	assert_int_equal(strlen(facts.records[0].text), 4 * (3 * 63 + 61) + 3);
	arena_drop(&arena);
}

static void types_have_names(void **state)
{
	uint16_t type = 0;

	(void)state;
	assert_string_equal(dns_type_name(DNS_TYPE_SRV), "SRV");
	assert_true(dns_type_find(STR("MX"), &type));
	assert_int_equal(type, 15);
	assert_false(dns_type_find(STR("XM"), &type));
	assert_true(dns_msg_is_truncated(view_of("\0\0\x83\x80", 4)));
	assert_false(dns_msg_is_truncated(view_of("\0\0\x81\x80", 4)));
	assert_false(dns_msg_is_truncated(view_of("\0\0\x83", 3)));
}

static void memory_may_end_anywhere(void **state)
{
	(void)state;
	for (size_t cap = 0; cap < 8192; cap += 64) {
		struct arena *arena = arena_new(cap);
		struct dns_facts facts = { .name = "example.org", .type = 15 };
		enum status status = dns_msg_read(arena, view_of(rows[6].bytes, rows[6].len), &facts);

		assert_true(status == ST_OK ? facts.outcome == DNS_ANSWERED : status == ST_NOMEM);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read),     cmocka_unit_test(every_cut_is_survived),
		cmocka_unit_test(many_records_are_cut), cmocka_unit_test(name_of_longest_form_fits),
		cmocka_unit_test(types_have_names),     cmocka_unit_test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
