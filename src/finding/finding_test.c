/* This file tests the desk that every finding goes through. */
#include "finding/finding.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ARENA_CAP = 8 << 20 };

static int arena_up(void **state)
{
	*state = arena_new(ARENA_CAP);
	return *state ? 0 : -1;
}

static int arena_down(void **state)
{
	struct arena *arena = *state;

	arena_fail_at(0, false);
	arena_drop(&arena);
	return 0;
}

static void keys_name_the_subject(void **state)
{
	static const struct {
		struct subject subject;
		const char *key;
	} rows[] = {
		{ { .kind = SUBJECT_COMPUTER }, "path-clock-wrong@computer" },
		{ { .kind = SUBJECT_ENDPOINT, .url = "imaps://h:993" }, "path-clock-wrong@imaps://h:993" },
		{ { .kind = SUBJECT_ENDPOINT, .url = "imaps://h:993", .address = "::1", .family = "ipv6" },
		  "path-clock-wrong@imaps://h:993#::1" },
		{ { .kind = SUBJECT_DOMAIN, .name = "example.org" }, "path-clock-wrong@example.org" },
		{ { .kind = SUBJECT_STORE, .path = "a.pst" }, "path-clock-wrong@a.pst" },
		{ { .kind = SUBJECT_STORE, .path = "a.pst", .node = "0x21" }, "path-clock-wrong@a.pst#0x21" },
		{ { .kind = SUBJECT_STORE, .path = "a.pst", .has_offset = true, .offset = 0 },
		  "path-clock-wrong@a.pst#+0" },
		{ { .kind = SUBJECT_ACCOUNT, .client = "outlook", .profile = "p", .name = "n" },
		  "path-clock-wrong@outlook/p/n" },
		{ { .kind = SUBJECT_DOMAIN }, "path-clock-wrong@" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(finding_key(*state, CODE_PATH_CLOCK_WRONG, &rows[i].subject),
				    rows[i].key);
}

static void a_new_finding_takes_the_rows_values(void **state)
{
	struct finding_sink *sink = finding_sink_new(*state);
	struct subject about = { .kind = SUBJECT_DOMAIN, .name = "example.org" };
	struct finding *f = finding_add(sink, CODE_DNS_DOMAIN_NO_MAIL, &about);
	const struct catalogue_row *row = catalogue_row(CODE_DNS_DOMAIN_NO_MAIL);

	assert_int_equal(f->severity, row->severity);
	assert_int_equal(f->certainty, row->certainty);
	assert_string_equal(f->remedy_text, row->remedy_text);
	assert_int_equal(f->count, 1);
	assert_null(f->because_of);
	assert_ptr_equal(finding_at(sink, 0), f);
	assert_ptr_equal(finding_find(sink, "dns-domain-no-mail@example.org"), f);
	assert_null(finding_find(sink, "dns-domain-no-mail@example.com"));
}

static void equal_keys_are_counted_once(void **state)
{
	struct finding_sink *sink = finding_sink_new(*state);
	struct subject here = { .kind = SUBJECT_DOMAIN, .name = "a" },
		       there = { .kind = SUBJECT_DOMAIN, .name = "b" };
	struct finding *first = finding_add(sink, CODE_DNS_DOMAIN_UNKNOWN, &here);
	struct finding *again = finding_add(sink, CODE_DNS_DOMAIN_UNKNOWN, &here);

	finding_evidence(again, "later", "x", NULL, TRUST_OURS);
	finding_add(sink, CODE_DNS_DOMAIN_UNKNOWN, &there);
	finding_add(sink, CODE_DNS_DOMAIN_NO_MAIL, &here);
	assert_int_equal(finding_count(sink), 3);
	assert_int_equal(first->count, 2);
	assert_int_equal(first->n_evidence, 0);
	assert_string_equal(again->key, first->key);
	assert_false(finding_sink_failed(sink));
}

static void evidence_stops_at_its_cap(void **state)
{
	struct finding_sink *sink = finding_sink_new(*state);
	struct finding *f =
		finding_add(sink, CODE_DNS_HOST_UNKNOWN, &(struct subject){ .kind = SUBJECT_COMPUTER });

	for (int i = 0; i < FINDING_EVIDENCE_MAX + 3; i++)
		finding_evidence(f, "name", i == 0 ? NULL : "found", "expected", TRUST_PEER);
	assert_int_equal(f->n_evidence, FINDING_EVIDENCE_MAX);
	assert_string_equal(f->evidence[0].found, "");
	assert_int_equal(f->evidence[1].trust, TRUST_PEER);
}

static void beyond_its_cap_a_code_is_counted(void **state)
{
	struct finding_sink *sink = finding_sink_new(*state);
	struct subject here = { .kind = SUBJECT_COMPUTER };
	struct finding *last = NULL;

	for (unsigned i = 0; i < FINDING_PER_CODE_MAX + 5; i++) {
		struct subject about = {
			.kind = SUBJECT_STORE, .path = "p", .has_offset = true, .offset = i
		};

		last = finding_add(sink, CODE_PATH_SERVER_HOSTILE, &about);
		finding_evidence(last, "still", "writable", NULL, TRUST_OURS);
	}
	assert_int_equal(finding_count(sink), FINDING_PER_CODE_MAX + 1);
	assert_int_equal(finding_at(sink, FINDING_PER_CODE_MAX)->count, 5);
	assert_int_equal(finding_at(sink, 0)->count, 1);
	assert_ptr_equal(finding_find(sink, "path-server-hostile@p#+77"), finding_at(sink, 77));
	assert_false(finding_sink_failed(sink));
	finding_add(sink, CODE_PATH_CLOCK_WRONG, &here);
	assert_int_equal(finding_count(sink), FINDING_PER_CODE_MAX + 2);
}

static void healthy_means_no_warning_and_worse(void **state)
{
	struct finding_sink *sink = finding_sink_new(*state);
	struct subject about = { .kind = SUBJECT_COMPUTER };

	assert_true(finding_all_healthy(sink));
	finding_add(sink, CODE_TLS_VERSIONS_NEW_ONLY, &about);
	finding_add(sink, CODE_TLS_LOGIN_BEFORE_TLS, &about);
	assert_true(finding_all_healthy(sink));
	finding_add(sink, CODE_TCP_IPV6_SILENT, &about)->severity = SEVERITY_NOTE;
	assert_true(finding_all_healthy(sink));
	finding_add(sink, CODE_TCP_GREETING_SLOW, &about);
	assert_false(finding_all_healthy(sink));
}

static struct subject block_at(uint64_t at)
{
	return (struct subject){ .kind = SUBJECT_STORE, .path = "p", .has_offset = true, .offset = at };
}

/* Beyond the fold findings are counted, and none is lost for how grave it is. */
static void folded_findings_are_counted(void **state)
{
	struct finding_sink *sink = finding_sink_new(*state), *all = finding_sink_new(*state);
	const struct finding *rest;

	finding_sink_fold(sink, 3);
	for (uint64_t i = 0; i < 1000; i++) {
		struct subject about = block_at(i);
		struct finding *f = finding_add(sink, CODE_STORE_BLOCK_CHECKSUM_WRONG, &about);

		finding_evidence(f, "n", "x", NULL, TRUST_OURS);
		f->severity = i == 500 ? SEVERITY_FAULT : SEVERITY_ADVICE;
		assert_int_equal(finding_is_folded(sink, CODE_STORE_BLOCK_CHECKSUM_WRONG), i >= 3);
	}
	finding_add(sink, CODE_STORE_FILE_CUT, &(struct subject){ .kind = SUBJECT_STORE, .path = "p" });
	assert_int_equal(finding_count(sink), 5);
	rest = finding_at(sink, 3);
	assert_true(rest->is_folded);
	assert_int_equal(rest->count, 997);
	assert_int_equal(rest->severity, SEVERITY_FAULT);
	assert_false(rest->subject.has_offset);
	assert_string_equal(rest->key, "store-block-checksum-wrong@p#more");
	assert_int_equal(finding_sink_append(all, sink), ST_OK);
	assert_int_equal(finding_count(all), 5);
	assert_string_equal(finding_at(all, 3)->key, rest->key);
	assert_string_equal(finding_at(all, 0)->evidence[0].found, "x");
	assert_false(finding_sink_failed(all));
}

/* The newest of the folded ones counts too, before anything settles it. */
static void the_last_folded_one_counts(void **state)
{
	struct finding_sink *sink = finding_sink_new(*state), *all = finding_sink_new(*state);

	finding_sink_fold(sink, 1);
	for (uint64_t i = 0; i < 3; i++) {
		struct subject about = block_at(i);

		finding_add(sink, CODE_STORE_BLOCK_CHECKSUM_WRONG, &about)->severity =
			i == 2 ? SEVERITY_FAULT : SEVERITY_NOTE;
		assert_int_equal(finding_all_healthy(sink), i < 2);
	}
	assert_int_equal(finding_sink_append(all, sink), ST_OK);
	assert_false(finding_all_healthy(all));
	assert_int_equal(finding_at(all, 1)->count, 2);
}

/* Whichever allocation fails, nothing crashes, and the desk says so exactly
 * when a finding is missing. */
static void memory_may_end_anywhere(void **state)
{
	bool failed = true;

	(void)state;
	for (unsigned n = 1; failed; n++) {
		struct arena *arena = arena_new(ARENA_CAP);
		struct finding_sink *sink;

		arena_fail_at(n, n % 2 == 0);
		sink = finding_sink_new(arena);
		for (unsigned i = 0; sink && i < 40; i++) {
			struct subject about = {
				.kind = SUBJECT_STORE, .path = "p", .has_offset = true, .offset = i
			};
			struct finding *f = finding_add(sink, CODE_PATH_SERVER_HOSTILE, &about);

			finding_evidence(f, "n", "x", NULL, TRUST_OURS);
		}
		arena_fail_at(0, false);
		failed = !sink || finding_sink_failed(sink);
		if (sink)
			assert_int_equal(finding_count(sink) == 40, !finding_sink_failed(sink));
		arena_drop(&arena);
		assert_true(n < 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keys_name_the_subject, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(a_new_finding_takes_the_rows_values, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(equal_keys_are_counted_once, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(evidence_stops_at_its_cap, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(beyond_its_cap_a_code_is_counted, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(healthy_means_no_warning_and_worse, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(folded_findings_are_counted, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(the_last_folded_one_counts, arena_up, arena_down),
		cmocka_unit_test_setup_teardown(memory_may_end_anywhere, arena_up, arena_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
