/* This file tests the small readers behind what is known of a computer: paths, versions, names, numbers of
 * updates. */
#include "base/checked.h"
#include "client/file_version.h"
#include "client/office.h"
#include "client/root_name.h"
#include "client/windows_path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_drop(&arena);
	return 0;
}

static void paths(void **state)
{
	static const struct {
		const char *text, *path;
	} rows[] = {
		{ "C:\\a\\b.dll", "C:\\a\\b.dll" },
		{ "\"C:\\Program Files\\a b.exe\" -service", "C:\\Program Files\\a b.exe" },
		{ "C:\\Program Files\\a b.exe -service", "C:\\Program Files\\a b.exe" },
		{ "%SystemRoot%\\system32\\mswsock.dll", "C:\\Windows\\system32\\mswsock.dll" },
		{ "\\SystemRoot\\System32\\drivers\\x.sys", "C:\\Windows\\System32\\drivers\\x.sys" },
		{ "system32\\DRIVERS\\x.sys", "C:\\Windows\\System32\\DRIVERS\\x.sys" },
		{ "\\??\\C:\\x\\y.sys", "C:\\x\\y.sys" },
		{ "file:///C:/Program Files/a.vsto|vstolocal", "C:\\Program Files\\a.vsto" },
		{ "%ProgramFiles(x86)%\\a.dll", "C:\\Program Files (x86)\\a.dll" },
		{ "https://example.org/a.vsto", NULL },
		{ "%OtherRoot%\\a.dll", NULL },
		{ "a.dll", NULL },
		{ "\\\\server\\a.dll", NULL },
		{ "C:", NULL },
		{ "\"", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *path = windows_path_of(arena, rows[i].text);

		if ((path == NULL) != (rows[i].path == NULL) || (path && strcmp(path, rows[i].path) != 0))
			fail_msg("%s: %s", rows[i].text, path ? path : "none");
	}
	assert_true(str_is(windows_path_name(STR("C:\\a\\b.dll")), "b.dll"));
	assert_true(str_is(windows_path_name(STR("b.dll")), "b.dll"));
	assert_int_equal(windows_path_name(STR("C:\\")).len, 0);
}

static void updates(void **state)
{
	static const struct {
		const char *text;
		uint32_t kb;
	} rows[] = {
		{ "Update for Microsoft Office Outlook 2007 (KB2412171)", 2412171 },
		{ "Package_1_for_KB3097877~31bf3856ad364e35~amd64~~6.1.1.0", 3097877 },
		{ "kb933493", 933493 },
		{ "KBytes and KB2412171", 2412171 },
		{ "KB12345", 0 },
		{ "KB123456789", 0 },
		{ "KB", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(office_kb_in(str_of(rows[i].text)), rows[i].kb);
}

/* As much of a program as its version needs, in memory that ends there. */
static void versions(void **state)
{
	static const uint8_t block[] = "xV\0V\0S\0_\0V\0E\0R\0S\0I\0O\0N\0_\0I\0N\0F\0O\0\0\0\0\0"
				       "\xBD\x04\xEF\xFE\0\0\1\0\0\0\x0F\0\xE8\x03\xB7\x11";
	enum { LEN = sizeof block - 1 };

	(void)state;
	for (size_t len = 0; len <= LEN; len++) {
		uint8_t *copy = malloc(len ? len : 1);
		const char *version;

		assert_non_null(copy);
		memcpy(copy, block, len);
		version = file_version_read(arena, view_of(copy, len));
		assert_string_equal(version ? version : "", len == LEN ? "15.0.4535.1000" : "");
		if (len == LEN) {
			copy[LEN - 16] ^= 1;
			assert_null(file_version_read(arena, view_of(copy, len)));
		}
		free(copy);
	}
}

/* The least that has a subject: CN and O in it. */
static const uint8_t certificate[] = {
	0x30, 0x3C, 0x30, 0x3A,                                           /* certificate, what is signed */
	0xA0, 0x03, 0x02, 0x01, 0x02,                                     /* version */
	0x02, 0x01, 0x01,                                                 /* number */
	0x30, 0x00,                                                       /* algorithm */
	0x30, 0x0D, 0x31, 0x0B, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, /* issuer */
	0x0C, 0x02, 'n',  'o',                                            /* … */
	0x30, 0x00,                                                       /* dates */
	0x30, 0x1D, 0x31, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x04, 0x03, /* subject */
	0x0C, 0x03, 'A',  'v',  'a',  0x31, 0x0D, 0x30, 0x0B, 0x06, 0x03,
	0x55, 0x04, 0x0A, 0x0C, 0x04, 'O',  'r',  'g',  's',
};

static void names(void **state)
{
	struct str name, organisation;

	(void)state;
	assert_true(root_name_read(view_of(certificate, sizeof certificate), &name, &organisation));
	assert_true(str_is(name, "Ava"));
	assert_true(str_is(organisation, "Orgs"));
	for (size_t len = 0; len < sizeof certificate; len++) {
		uint8_t *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, certificate, len);
		assert_false(root_name_read(view_of(copy, len), &name, &organisation));
		free(copy);
	}
	for (size_t at = 0; at < sizeof certificate; at++) {
		uint8_t *copy = malloc(sizeof certificate);

		assert_non_null(copy);
		memcpy(copy, certificate, sizeof certificate);
		copy[at] = 0xFF;
		(void)root_name_read(view_of(copy, sizeof certificate), &name, &organisation);
		free(copy);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(paths, set_up, tear_down),
		cmocka_unit_test(updates),
		cmocka_unit_test_setup_teardown(versions, set_up, tear_down),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
