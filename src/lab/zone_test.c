/* This file asks the practice DNS, well and badly; the answers are read by the parser that clients use. */
#include "base/checked.h"
#include "lab/zone.h"
#include "wire/dns_msg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *label;
	enum zone_manner manner;
	const char *name;
	uint16_t type;
	enum dns_outcome outcome;
	const char *text; /* of the last record, or NULL */
	uint16_t port;
} rows[] = {
	{ "mail host", ZONE_HEALTHY, "mail.practice.example", DNS_TYPE_A, DNS_ANSWERED, "127.0.0.1", 0 },
	{ "letters' case", ZONE_HEALTHY, "MAIL.Practice.Example", DNS_TYPE_A, DNS_ANSWERED, "127.0.0.1", 0 },
	{ "no IPv6", ZONE_HEALTHY, "mail.practice.example", DNS_TYPE_AAAA, DNS_NO_DATA, NULL, 0 },
	{ "mx", ZONE_HEALTHY, "practice.example", DNS_TYPE_MX, DNS_ANSWERED, "mail.practice.example", 0 },
	{ "srv", ZONE_HEALTHY, "_imaps._tcp.practice.example", DNS_TYPE_SRV, DNS_ANSWERED,
	  "mail.practice.example", 1993 },
	{ "submission", ZONE_HEALTHY, "_submission._tcp.practice.example", DNS_TYPE_SRV, DNS_ANSWERED,
	  "mail.practice.example", 1587 },
	{ "name between", ZONE_HEALTHY, "_tcp.practice.example", DNS_TYPE_A, DNS_NO_DATA, NULL, 0 },
	{ "unknown name", ZONE_HEALTHY, "nobody.practice.example", DNS_TYPE_A, DNS_NO_NAME, NULL, 0 },
	{ "unknown domain", ZONE_HEALTHY, "elsewhere.example", DNS_TYPE_A, DNS_NO_NAME, NULL, 0 },
	{ "end alike", ZONE_HEALTHY, "malpractice.example", DNS_TYPE_A, DNS_NO_NAME, NULL, 0 },
	{ "host unknown", ZONE_HOST_UNKNOWN, "mail.practice.example", DNS_TYPE_A, DNS_NO_NAME, NULL, 0 },
	{ "host alike known", ZONE_HOST_UNKNOWN, "imap.practice.example", DNS_TYPE_A, DNS_ANSWERED,
	  "127.0.0.1", 0 },
	{ "retired", ZONE_HOST_RETIRED, "imap.cox.net", DNS_TYPE_A, DNS_NO_NAME, NULL, 0 },
	{ "moved to", ZONE_HOST_RETIRED, "cox.net", DNS_TYPE_MX, DNS_ANSWERED, "mx-aol.mail.gm0.yahoodns.net",
	  0 },
	{ "public is private", ZONE_PUBLIC_IS_PRIVATE, "imap.gmail.com", DNS_TYPE_A, DNS_ANSWERED,
	  "127.0.0.1", 0 },
	{ "wildcard", ZONE_WILDCARD, "no.such.name.example", DNS_TYPE_A, DNS_ANSWERED, "127.0.0.1", 0 },
	{ "wildcard mx", ZONE_WILDCARD, "no.such.name.example", DNS_TYPE_MX, DNS_NO_DATA, NULL, 0 },
	{ "domain unknown", ZONE_DOMAIN_UNKNOWN, "practice.example", DNS_TYPE_MX, DNS_NO_NAME, NULL, 0 },
	{ "null mx", ZONE_NULL_MX, "practice.example", DNS_TYPE_MX, DNS_ANSWERED, ".", 0 },
	{ "not offered", ZONE_NOT_OFFERED, "_imap._tcp.practice.example", DNS_TYPE_SRV, DNS_ANSWERED, ".",
	  0 },
	{ "disagrees", ZONE_DISAGREES, "_imaps._tcp.practice.example", DNS_TYPE_SRV, DNS_ANSWERED,
	  "mail.old-hoster.example", 1993 },
	{ "ipv6", ZONE_IPV6_SILENT, "mail.practice.example", DNS_TYPE_AAAA, DNS_ANSWERED, "::1", 0 },
};

static struct zone zone_of(enum zone_manner manner)
{
	struct zone_setup setup = { .manner = manner,
				    .domain = "practice.example",
				    .address = "127.0.0.1",
				    .incoming = FORM_IMAPS,
				    .outgoing = FORM_SMTP,
				    .incoming_port = 1993,
				    .outgoing_port = 1587 };
	struct zone zone;

	zone_init(&zone, &setup);
	return zone;
}

static void put_query(struct buf *out, const char *name, uint16_t type)
{
	struct str rest = str_of(name);

	buf_add(out, view_of("\x12\x34\x01\0\0\1\0\0\0\0\0\0", 12));
	while (rest.len) {
		struct str label = str_cut(&rest, '.');

		buf_add_byte(out, (uint8_t)label.len);
		buf_add_str(out, label);
	}
	buf_add(out, view_of("\0\0", 2));
	buf_add_byte(out, (uint8_t)type);
	buf_add(out, view_of("\0\1", 2));
}

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct zone zone = zone_of(rows[i].manner);
		struct arena *arena = arena_new(1 << 20);
		struct dns_facts facts = { .name = rows[i].name, .type = rows[i].type };
		struct buf query, answer;

		buf_init(&query, 512);
		buf_init(&answer, ZONE_ANSWER_MAX);
		put_query(&query, rows[i].name, rows[i].type);
		if (!zone_answer(&zone, buf_view(&query), ZONE_UDP_MAX, &answer))
			fail_msg("%s: no answer", rows[i].label);
		assert_int_equal(dns_msg_read(arena, buf_view(&answer), &facts), ST_OK);
		if (facts.outcome != rows[i].outcome)
			fail_msg("%s: outcome %d", rows[i].label, (int)facts.outcome);
		if (rows[i].text) {
			assert_true(facts.n_records > 0);
			assert_string_equal(facts.records[facts.n_records - 1].text, rows[i].text);
			assert_int_equal(facts.records[facts.n_records - 1].port, rows[i].port);
		}
		buf_fini(&query);
		buf_fini(&answer);
		arena_drop(&arena);
	}
}

/* Every cut of a good question, and everything that is no question. */
static void test_no_answers(void **state)
{
	struct zone healthy = zone_of(ZONE_HEALTHY), silent = zone_of(ZONE_SILENT);
	struct buf query, answer;

	(void)state;
	buf_init(&query, 512);
	buf_init(&answer, ZONE_ANSWER_MAX);
	put_query(&query, "mail.practice.example", DNS_TYPE_A);
	assert_false(zone_answer(&silent, buf_view(&query), ZONE_UDP_MAX, &answer));
	for (size_t n = 0; n < query.len; n++)
		assert_false(zone_answer(&healthy, view_of(query.at, n), ZONE_UDP_MAX, &answer));
	assert_int_equal(answer.len, 0);
	query.at[2] |= 0x80; /* an answer itself */
	assert_false(zone_answer(&healthy, buf_view(&query), ZONE_UDP_MAX, &answer));
	query.at[2] = 1;
	query.at[5] = 2; /* two questions */
	assert_false(zone_answer(&healthy, buf_view(&query), ZONE_UDP_MAX, &answer));
	query.at[5] = 1;
	query.at[12] = 0xc0; /* a pointer to itself */
	assert_false(zone_answer(&healthy, buf_view(&query), ZONE_UDP_MAX, &answer));
	buf_fini(&query);
	buf_fini(&answer);
}

static void test_long_answers_are_cut(void **state)
{
	struct zone zone = { 0 };
	struct zone_row row = { .type = ZONE_TXT, .name = "many.example" };
	struct buf query, answer;

	(void)state;
	memset(row.value, 'x', sizeof(row.value) - 1);
	while (zone_add(&zone, &row) == ST_OK)
		continue;
	assert_int_equal(zone.n, ZONE_ROWS_MAX);
	buf_init(&query, 512);
	buf_init(&answer, ZONE_ANSWER_MAX);
	put_query(&query, "many.example", DNS_TYPE_TXT);
	assert_true(zone_answer(&zone, buf_view(&query), ZONE_UDP_MAX, &answer));
	assert_true(dns_msg_is_truncated(buf_view(&answer)) && answer.len <= ZONE_UDP_MAX);
	buf_clear(&answer);
	assert_true(zone_answer(&zone, buf_view(&query), ZONE_ANSWER_MAX, &answer));
	assert_false(dns_msg_is_truncated(buf_view(&answer)));
	buf_fini(&query);
	buf_fini(&answer);
}

static void test_aliases_end(void **state)
{
	struct zone zone = { 0 };
	struct zone_row row = { .type = ZONE_CNAME, .name = "a.example", .value = "a.example" };
	struct buf query, answer;

	(void)state;
	assert_int_equal(zone_add(&zone, &row), ST_OK);
	buf_init(&query, 512);
	buf_init(&answer, ZONE_ANSWER_MAX);
	put_query(&query, "a.example", DNS_TYPE_A);
	assert_true(zone_answer(&zone, buf_view(&query), ZONE_ANSWER_MAX, &answer));
	buf_fini(&query);
	buf_fini(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_no_answers),
		cmocka_unit_test(test_long_answers_are_cut),
		cmocka_unit_test(test_aliases_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
