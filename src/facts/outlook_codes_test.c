/* This file tests the look-up of Outlook's error codes and of the fault catalogue's rows. */
#include "facts/outlook_codes.h"

#include "base/checked.h"
#include "facts/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void forms_of_a_code(void **state)
{
	static const struct {
		const char *text;
		uint32_t code; /* 0: none */
	} rows[] = {
		{ "0x800CCC0F", 0x800CCC0F },
		{ "0X800ccc0f", 0x800CCC0F },
		{ "800CCC0F", 0x800CCC0F },
		{ " (0x800CCC0F). ", 0x800CCC0F },
		{ "'0x800CCC0F':", 0x800CCC0F },
		{ "2148322319", 0x800CCC0F },
		{ "-2146644977", 0x800CCC0F },
		{ "ixp_e_connection_dropped", 0x800CCC0F },
		{ "MAPI_E_NOT_FOUND", 0x8004010F },
		{ "0xC0000005", 0xC0000005 },
		{ "0x800CCC0", 0 },
		{ "0x800CCC0FF", 0 },
		{ "0x800CCC0G", 0 },
		{ "0x12345678", 0 },
		{ "12345678", 0 },
		{ "-1", 0 },
		{ "99999999999999999999", 0 },
		{ "IXP_E", 0 },
		{ "", 0 },
		{ "0x", 0 },
		{ "...", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct outlook_code *found = outlook_codes_find(str_of(rows[i].text));

		if ((found ? found->code : 0) != rows[i].code)
			fail_msg("%s gives %s", rows[i].text, found ? found->text : "nothing");
	}
}

static void every_row_is_found_and_says_something(void **state)
{
	(void)state;
	assert_int_equal(outlook_codes_n, 228);
	for (size_t i = 0; i < outlook_codes_n; i++) {
		const struct outlook_code *row = &outlook_codes_rows[i];

		assert_ptr_equal(outlook_codes_get(row->code), row);
		assert_ptr_equal(outlook_codes_find(str_of(row->text)), row);
		if (i > 0)
			assert_true(row[-1].code < row->code);
		assert_true(strlen(row->meaning) >= 4);
		assert_null(row->causes[OUTLOOK_PARTS_MAX - 1]);
		assert_null(row->checks[OUTLOOK_PARTS_MAX - 1]);
	}
}

static void rows_of_the_catalogue(void **state)
{
	static const struct {
		const char *text, *id;
	} rows[] = {
		{ "N29", "N29" }, { "n29", "N29" }, { "N029", "N29" }, { "N1", "N01" }, { "N102", "N102" },
		{ "N103", NULL }, { "N0", NULL },   { "N", NULL },     { "29", NULL },  { "N2x", NULL },
	};

	(void)state;
	assert_int_equal(network_rows_count(), 102);
	assert_string_equal(network_rows_at(28)->id, "N29");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct network_row *found = network_rows_find(str_of(rows[i].text));

		if (!found != !rows[i].id || (found && strcmp(found->id, rows[i].id) != 0))
			fail_msg("%s gives %s", rows[i].text, found ? found->id : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_of_a_code),
		cmocka_unit_test(every_row_is_found_and_says_something),
		cmocka_unit_test(rows_of_the_catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
