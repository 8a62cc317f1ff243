/* This file tests which rules of a firewall are seen as stopping mail; each has a control beside it. */
#include "wire/nft_rules.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RULES(chain_hook, expr)                                                                            \
	"{\"nftables\":[{\"metainfo\":{}},{\"chain\":{\"family\":\"inet\",\"table\":\"t\",\"name\":\"c\"," \
	"\"hook\":\"" chain_hook                                                                           \
	"\"}},{\"rule\":{\"family\":\"inet\",\"table\":\"t\",\"chain\":\"c\",\"expr\":[" expr "]}}]}"
#define PORT(right)                                                                                    \
	"{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"tcp\",\"field\":\"dport\"}}," \
	"\"right\":" right "}}"
#define META(key, right) \
	"{\"match\":{\"op\":\"==\",\"left\":{\"meta\":{\"key\":\"" key "\"}},\"right\":" right "}}"
#define DROP "{\"drop\":null}"

static const struct {
	const char *name, *text;
	size_t n_rules, n_ports;
	uint16_t first, last;
	bool for_some, rejects;
	uint64_t packets;
} rows[] = {
	{ "one port", RULES("output", PORT("993") "," DROP), 1, 1, 993, 993, false, false, 0 },
	{ "rejected, counted",
	  RULES("output", PORT("25") ",{\"counter\":{\"packets\":7,\"bytes\":1}},{\"reject\":{}}"), 1, 1, 25,
	  25, false, true, 7 },
	{ "a range", RULES("output", PORT("{\"range\":[1,1024]}") "," DROP), 1, 1, 1, 1024, false, false, 0 },
	{ "a set", RULES("output", PORT("{\"set\":[110,{\"range\":[993,995]}]}") "," DROP), 1, 2, 110, 110,
	  false, false, 0 },
	{ "all ports", RULES("output", META("l4proto", "\"tcp\"") "," DROP), 1, 0, 0, 0, false, false, 0 },
	{ "one user", RULES("output", META("skuid", "1000") "," PORT("993") "," DROP), 1, 1, 993, 993, true,
	  false, 0 },
	{ "accepted", RULES("output", PORT("993") ",{\"accept\":null}"), 0, 0, 0, 0, false, false, 0 },
	{ "what comes in", RULES("input", PORT("993") "," DROP), 0, 0, 0, 0, false, false, 0 },
	{ "another protocol", RULES("output", META("l4proto", "\"udp\"") "," DROP), 0, 0, 0, 0, false, false,
	  0 },
	{ "a condition unknown", RULES("output", META("mark", "4") "," DROP), 0, 0, 0, 0, false, false, 0 },
	{ "above a rate", RULES("output", PORT("993") ",{\"limit\":{\"rate\":1}}," DROP), 0, 0, 0, 0, false,
	  false, 0 },
	{ "a condition of iptables'",
	  RULES("output", PORT("25") ",{\"xt\":{\"type\":\"match\",\"name\":\"owner\"}}," DROP), 0, 0, 0, 0,
	  false, false, 0 },
	{ "no rules", "{\"nftables\":[]}", 0, 0, 0, 0, false, false, 0 },
};

static void reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct firewall_facts facts;

		assert_non_null(arena);
		assert_true(nft_rules_read(arena, str_of(rows[i].text), &facts));
		if (facts.n_rules != rows[i].n_rules)
			fail_msg("%s: %zu rules", rows[i].name, facts.n_rules);
		if (facts.n_rules) {
			assert_int_equal(facts.rules[0].n_ports, rows[i].n_ports);
			assert_int_equal(facts.rules[0].ports[0].first, rows[i].first);
			assert_int_equal(facts.rules[0].ports[0].last, rows[i].last);
			assert_int_equal(facts.rules[0].for_some, rows[i].for_some);
			assert_int_equal(facts.rules[0].rejects, rows[i].rejects);
			assert_int_equal(facts.rules[0].packets, rows[i].packets);
			assert_string_equal(facts.rules[0].where, "inet t c");
		}
		arena_drop(&arena);
	}
}

static void refuses(void **state)
{
	static const char *const texts[] = { "", "{", "[]", "{\"nftables\":{}}", "Error: No such file" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct arena *arena = arena_new(1 << 20);
		struct firewall_facts facts;

		assert_non_null(arena);
		assert_false(nft_rules_read(arena, str_of(texts[i]), &facts));
		assert_false(facts.read);
		arena_drop(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads), cmocka_unit_test(refuses) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
