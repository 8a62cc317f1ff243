/* This file tests that versions compare as versions do, and the tables of bad builds and of scanners' hooks.
 */
#include "facts/bad_builds.h"
#include "facts/scanner_hooks.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void versions(void **state)
{
	static const struct {
		const char *text;
		bool is_version;
		uint64_t number;
	} rows[] = {
		{ "16.0.6568.2025", true, UINT64_C(0x0010000019A807E9) },
		{ "26100.7623", true, UINT64_C(0x65F41DC700000000) },
		{ "15", true, UINT64_C(0x000F000000000000) },
		{ "0.0.0.65535", true, 65535 },
		{ "0.0.0.65536", false, 0 },
		{ "1.2.3.4.5", false, 0 },
		{ "1..3", false, 0 },
		{ "1.2.", false, 0 },
		{ "16.0.x", false, 0 },
		{ "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t number;
		bool is = bad_builds_version(str_of(rows[i].text), &number);

		if (is != rows[i].is_version || (is && number != rows[i].number))
			fail_msg("%s", rows[i].text);
	}
}

static void table(void **state)
{
	size_t n, n_unconfirmed = 0;
	const struct bad_build *rows = bad_builds_rows(&n);

	(void)state;
	assert_true(n > 10);
	for (size_t i = 0; i < n; i++) {
		assert_true(rows[i].from <= rows[i].to);
		assert_true(rows[i].standing != BAD_BUILD_UNCONFIRMED ||
			    strcmp(rows[i].id, "build-suspect") == 0);
		n_unconfirmed += rows[i].standing == BAD_BUILD_UNCONFIRMED;
	}
	assert_true(n_unconfirmed > 0 && n_unconfirmed < n);
}

static void hooks(void **state)
{
	static const struct {
		const char *text, *service, *addin; /* the products, NULL for nobody */
	} rows[] = {
		{ "aswStm", "Avast", NULL },
		{ "ASWSTM", "Avast", NULL },
		{ "aswStm2", NULL, NULL },
		{ "NNSPOP3", "Panda", NULL },
		{ "avast.AswOutlookAddin.1", NULL, "Avast" },
		{ "C:\\Program Files\\ESET\\eplgOutlook.dll", NULL, "ESET" },
		{ "Dr.Web for Microsoft Outlook", NULL, "Dr.Web" },
		{ "OneNote.OutlookAddin", NULL, NULL },
		{ "Tcpip", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct scanner_hook *service = scanner_hooks_service(str_of(rows[i].text)),
					  *addin = scanner_hooks_addin(str_of(rows[i].text));

		assert_string_equal(service ? service->product : "", rows[i].service ? rows[i].service : "");
		assert_string_equal(addin ? addin->product : "", rows[i].addin ? rows[i].addin : "");
		assert_true(!service || strlen(service->where) > 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(table),
		cmocka_unit_test(hooks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
