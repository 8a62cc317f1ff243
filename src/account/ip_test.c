/* This file tests reading, writing and judging of IP addresses. */
#include "account/ip.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
	const char *text, *canonical; /* NULL: refused */
	bool is_public;
} rows[] = {
	{ "192.0.2.1", "192.0.2.1", false },
	{ "192.0.2.256", NULL, false },
	{ "8.8.8.8", "8.8.8.8", true },
	{ "8.8.8", NULL, false },
	{ "8.8.8.8.8", NULL, false },
	{ "8.8.8.", NULL, false },
	{ "0.0.0.0", "0.0.0.0", false },
	{ "08.8.8.8", NULL, false },
	{ "1.2.3.4 ", NULL, false },
	{ "10.1.2.3", "10.1.2.3", false },
	{ "11.1.2.3", "11.1.2.3", true },
	{ "100.63.255.255", "100.63.255.255", true },
	{ "100.64.0.0", "100.64.0.0", false },
	{ "127.0.0.1", "127.0.0.1", false },
	{ "169.254.1.1", "169.254.1.1", false },
	{ "172.15.255.255", "172.15.255.255", true },
	{ "172.16.0.1", "172.16.0.1", false },
	{ "172.31.255.255", "172.31.255.255", false },
	{ "172.32.0.1", "172.32.0.1", true },
	{ "192.168.0.1", "192.168.0.1", false },
	{ "192.167.0.1", "192.167.0.1", true },
	{ "224.0.0.1", "224.0.0.1", false },
	{ "255.255.255.255", "255.255.255.255", false },
	{ "::", "::", false },
	{ ":::", NULL, false },
	{ ":", NULL, false },
	{ "::1", "::1", false },
	{ "1::", "1::", false },
	{ "2606:4700:0:0:0:0:0:1", "2606:4700::1", true },
	{ "2606:4700:0:0:0:0:0:0:1", NULL, false },
	{ "2606:4700:0:0:0:0:1", NULL, false },
	{ "2606:4700::1::2", NULL, false },
	{ "2606:4700::12345", NULL, false },
	{ "2606:4700::g", NULL, false },
	{ "2606:4700:", NULL, false },
	{ "1:0:0:2:0:0:0:3", "1:0:0:2::3", false },
	{ "1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7", false },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", false },
	{ "1:2:3:4:5:6:7:8::", NULL, false },
	{ "2001:DB8::A", "2001:db8::a", false },
	{ "2001:db9::a", "2001:db9::a", true },
	{ "fe80::1", "fe80::1", false },
	{ "fe80::1%eth0", NULL, false },
	{ "fd00::1", "fd00::1", false },
	{ "ff02::1", "ff02::1", false },
	{ "::ffff:10.0.0.1", "::ffff:a00:1", false },
	{ "::ffff:8.8.8.8", "::ffff:808:808", true },
	{ "::8.8.8.8", "::808:808", false },
	{ "64:ff9b::192.168.0.1", "64:ff9b::c0a8:1", false },
	{ "64:ff9b::8.8.8.8", "64:ff9b::808:808", true },
	{ "2002:c0a8:1::1", "2002:c0a8:1::1", false },
	{ "1.2.3.4::", NULL, false },
	{ "::1.2.3.4:5", NULL, false },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", false },
	{ "1:2:3:4:5:6:7:1.2.3.4", NULL, false },
	{ "[::1]", NULL, false },
	{ "", NULL, false },
};

static void reads_writes_and_judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[IP_TEXT_MAX];
		struct ip ip;
		bool ok = ip_parse(str_of(rows[i].text), &ip);

		if (ok != (rows[i].canonical != NULL))
			fail_msg("%s: read %d", rows[i].text, ok);
		if (!ok)
			continue;
		ip_text(&ip, text);
		assert_string_equal(text, rows[i].canonical);
		if (ip_is_public(&ip) != rows[i].is_public)
			fail_msg("%s: public %d", rows[i].text, !rows[i].is_public);
	}
}

static void longest_text_fits(void **state)
{
	char text[IP_TEXT_MAX];
	struct ip ip = { .family = 6 };

	(void)state;
	for (size_t i = 0; i < sizeof ip.bytes; i++)
		ip.bytes[i] = 0xff;
	ip_text(&ip, text);
	assert_string_equal(text, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_writes_and_judges),
		cmocka_unit_test(longest_text_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
