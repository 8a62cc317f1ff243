/* This file tests what is said to have changed since all was well, each change beside a control without it.
 */
#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diagnose/case_expect.h"

#define IMAPS "imaps://mail.example.org:993"

static const struct {
	const char *name, *what, *value;
	enum code code; /* CODE_COUNT: nothing is said */
} rows[] = {
	{ "same issuer", "issuer", "CN=R11,O=Let's_Encrypt", CODE_COUNT },
	{ "another issuer", "issuer", "CN=Scanner", CODE_PATH_CHANGED_SINCE },
	{ "same address", "addresses", "198.51.100.7", CODE_COUNT },
	{ "one of several addresses", "addresses", "198.51.100.7 198.51.100.8", CODE_COUNT },
	{ "another address", "addresses", "198.51.100.8", CODE_PATH_CHANGED_SINCE },
	{ "same capabilities", "capabilities", "IDLE IMAP4rev1", CODE_COUNT },
	{ "one more", "capabilities", "IMAP4rev1", CODE_PATH_CHANGED_SINCE },
	{ "one less", "capabilities", "IDLE IMAP4rev1 UIDPLUS", CODE_PATH_CHANGED_SINCE },
	{ "same MTU", "path_mtu", "1500", CODE_COUNT },
	{ "another MTU", "path_mtu", "1400", CODE_PATH_CHANGED_SINCE },
	{ "never seen", "nothing", "x", CODE_COUNT },
};

static struct endpoint_facts *server(struct maker *m)
{
	struct endpoint_facts *e = maker_good(m, IMAPS);

	e->capabilities_tls[e->n_capabilities_tls++] = STR("IMAP4rev1");
	e->capabilities_tls[e->n_capabilities_tls++] = STR("IDLE");
	e->flow = (struct flow_facts){ .known = true, .path_mtu = 1500 };
	return e;
}

static bool says(struct maker *m, enum code code)
{
	maker_diagnose(m);
	for (size_t i = 0; i < finding_count(m->sink); i++)
		if (finding_at(m->sink, i)->code == code)
			return true;
	return false;
}

static void changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct remembered old = { IMAPS, rows[i].what, rows[i].value, MAKER_NOW - 864000,
					  MAKER_NOW - 86400 };
		const struct memory_facts memory = { .rows = &old, .n = 1 };
		struct maker m;
		bool said;

		maker_init(&m);
		server(&m);
		m.facts.memory = &memory;
		said = says(&m, CODE_PATH_CHANGED_SINCE);
		if (said != (rows[i].code == CODE_PATH_CHANGED_SINCE))
			fail_msg("%s: %s", rows[i].name, said ? "said" : "not said");
		assert_int_equal(m.diagnosis.verdict, VERDICT_HEALTHY);
		arena_drop(&m.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
