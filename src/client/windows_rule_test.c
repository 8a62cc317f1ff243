/* This file tests rules of Windows' firewall: valid and invalid ones in pairs, whole and byte by byte. */
#include "client/windows_rule.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *name, *text;
	const char *why; /* NULL: it is a rule */
	bool covers;     /* port 993 */
};

#define OUT "Action=Block|Active=TRUE|Dir=Out|"

static const struct row rows[] = {
	{ "whole", "v2.31|" OUT "Protocol=6|RPort=993|App=C:\\a\\OUTLOOK.EXE|Name=x|", NULL, true },
	{ "no final bar", "v2.31|" OUT "Protocol=6|RPort=993", "it is cut: no bar ends it", false },
	{ "a name for a version", "BlockCortana|" OUT, NULL, true },
	{ "no version", OUT, NULL, true },
	{ "nothing", "", "it is empty", false },
	{ "a bar alone", "|", "it names no action", false },
	{ "a version alone", "v2.31|", "it names no action", false },
	{ "an action of none that there is", "v2.31|Action=Perhaps|Dir=Out|",
	  "its action is none that there is", false },
	{ "bypass", "v2.31|Action=ByPass|Active=TRUE|Dir=Out|", NULL, true },
	{ "letters of another case", "v2.31|action=block|active=true|dir=out|protocol=6|rport=993|", NULL,
	  true },
	{ "no action", "v2.31|Active=TRUE|Dir=Out|", "it names no action", false },
	{ "no direction", "v2.31|Action=Block|Active=TRUE|", "it names no direction", false },
	{ "in", "v2.31|Action=Block|Active=TRUE|Dir=In|", NULL, false },
	{ "sideways", "v2.31|Action=Block|Active=TRUE|Dir=Side|", "its direction is neither in nor out",
	  false },
	{ "inactive", "v2.31|Action=Block|Active=FALSE|Dir=Out|", NULL, false },
	{ "not said to be active", "v2.31|Action=Block|Dir=Out|", NULL, false },
	{ "active in part", "v2.31|Action=Block|Active=YES|Dir=Out|", "it is neither active nor inactive",
	  false },
	{ "TCP", "v2.31|" OUT "Protocol=6|", NULL, true },
	{ "UDP", "v2.31|" OUT "Protocol=17|", NULL, false },
	{ "any protocol", "v2.31|" OUT "Protocol=256|", NULL, true },
	{ "protocol 257", "v2.31|" OUT "Protocol=257|", "its protocol is no number from 0 to 256", false },
	{ "a protocol's name", "v2.31|" OUT "Protocol=TCP|", "its protocol is no number from 0 to 256",
	  false },
	{ "another port", "v2.31|" OUT "Protocol=6|RPort=25|", NULL, false },
	{ "port 65535", "v2.31|" OUT "Protocol=6|RPort=65535|", NULL, false },
	{ "port 65536", "v2.31|" OUT "Protocol=6|RPort=65536|", "a port of it is no number from 0 to 65535",
	  false },
	{ "ports", "v2.31|" OUT "Protocol=6|RPort=25|RPort=993|", NULL, true },
	{ "a range", "v2.31|" OUT "Protocol=6|RPort2_10=990-993|", NULL, true },
	{ "a range beside it", "v2.31|" OUT "Protocol=6|RPort2_10=994-999|", NULL, false },
	{ "a range backwards", "v2.31|" OUT "Protocol=6|RPort2_10=993-990|",
	  "a port of it is no number from 0 to 65535", false },
	{ "half a range", "v2.31|" OUT "Protocol=6|RPort2_10=990-|",
	  "a port of it is no number from 0 to 65535", false },
	{ "a word for ports", "v2.31|" OUT "Protocol=6|RPort=RPC|", NULL, false },
	{ "no port", "v2.31|" OUT "Protocol=6|RPort=|", "a port of it is no number from 0 to 65535", false },
	{ "profiles", "v2.31|" OUT "Profile=Private|Profile=Public|", NULL, true },
	{ "a profile of none", "v2.31|" OUT "Profile=Home|", "its profile is none that there is", false },
	{ "some addresses", "v2.31|" OUT "RA4=203.0.113.10|", NULL, false },
	{ "a service", "v2.31|" OUT "Svc=dnscache|", NULL, false },
	{ "a key of the future", "v9.99|" OUT "Quantum=Yes|", NULL, true },
	{ "a field without a value", "v2.31|" OUT "Quantum|", "a field of it has no value", false },
	{ "an empty field", "v2.31|" OUT "|", "a field of it has no value", false },
};

/* In memory of its own that ends where the text does. */
static const char *read_exactly(const char *text, size_t len, struct windows_rule *out)
{
	char *copy = malloc(len ? len : 1);
	const char *why;

	assert_non_null(copy);
	memcpy(copy, text, len);
	why = windows_rule_read((struct str){ copy, len }, out);
	out->app = out->name = STR("");
	free(copy);
	return why;
}

static void whole(void **state)
{
	struct windows_rule rule;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *why = read_exactly(rows[i].text, strlen(rows[i].text), &rule);

		if ((why == NULL) != (rows[i].why == NULL) || (why && strcmp(why, rows[i].why) != 0))
			fail_msg("%s: %s", rows[i].name, why ? why : "a rule");
		if (!why && windows_rule_covers(&rule, 993) != rows[i].covers)
			fail_msg("%s: %d", rows[i].name, !rows[i].covers);
	}
}

/* A beginning of a rule is a rule where it ends with a field and action and direction were
 * named, and nowhere else. */
static void byte_by_byte(void **state)
{
	struct windows_rule rule;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t len = 0; !rows[i].why && len < strlen(rows[i].text); len++) {
			struct str start = { rows[i].text, len };
			bool ends = len > 0 && start.at[len - 1] == '|' &&
				    str_find_nocase(start, STR("Action=")) != SIZE_MAX &&
				    str_find_nocase(start, STR("Dir=")) != SIZE_MAX;

			if ((read_exactly(rows[i].text, len, &rule) == NULL) != ends)
				fail_msg("%s: the first %zu bytes", rows[i].name, len);
		}
}

static void values(void **state)
{
	static const char text[] =
		"v2.10|Action=Block|Active=TRUE|Dir=Out|Profile=Domain|Profile=Public|Protocol=6|"
		"RPort=110|RPort2_10=993-995|App=%ProgramFiles%\\x.exe|Name=A rule|";
	struct windows_rule rule;
	static const char start[] = "v2.10|Action=Block|Dir=Out|", port[] = "RPort=1|";
	char many[2048];
	size_t len = sizeof start - 1;

	(void)state;
	assert_null(windows_rule_read(str_of(text), &rule));
	assert_int_equal(rule.action, WINDOWS_RULE_BLOCK);
	assert_int_equal(rule.profiles, WINDOWS_RULE_DOMAIN | WINDOWS_RULE_PUBLIC);
	assert_int_equal(rule.n_remote, 2);
	assert_int_equal(rule.remote[1].last, 995);
	assert_true(str_is(rule.app, "%ProgramFiles%\\x.exe") && str_is(rule.name, "A rule"));
	assert_true(windows_rule_covers(&rule, 110) && windows_rule_covers(&rule, 994));
	assert_false(windows_rule_covers(&rule, 996));
	memcpy(many, start, len);
	for (size_t i = 0; i <= WINDOWS_RULE_PORTS_MAX; i++, len += sizeof port - 1)
		memcpy(many + len, port, sizeof port - 1);
	assert_null(windows_rule_read((struct str){ many, len - sizeof port + 1 }, &rule));
	assert_string_equal(windows_rule_read((struct str){ many, len }, &rule),
			    "it names more ports than a rule has");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
