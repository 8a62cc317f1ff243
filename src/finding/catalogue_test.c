/* This file tests that the catalogue keeps its own rules. */
#include "finding/catalogue.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* The order of docs/HOUSE.md. */
static const char *const layers[] = { "dns",    "tcp",     "tls",      "smtp",     "imap",
				      "pop3",   "auth",    "mailbox",  "provider", "path",
				      "store",  "item",    "rule",     "account",  "addin",
				      "client", "scanner", "firewall", "build",    "trip" };

enum { TITLE_MAX = 78, ROWS_NETWORK_MAX = 102, ROWS_STORE_MAX = 132 };

static size_t layer_of(struct str slug)
{
	struct str layer = str_head(slug, str_find_char(slug, '-'));

	for (size_t i = 0; i < COUNT_OF(layers); i++)
		if (str_is(layer, layers[i]))
			return i;
	return SIZE_MAX;
}

static bool is_slug(struct str slug)
{
	for (size_t i = 0; i < slug.len; i++)
		if (!(slug.at[i] >= 'a' && slug.at[i] <= 'z') && !str_is_digit(slug.at[i]) &&
		    slug.at[i] != '-')
			return false;
	return slug.len > 0 && slug.len <= 40 && slug.at[slug.len - 1] != '-' &&
	       str_find(slug, STR("--")) == SIZE_MAX;
}

static bool is_row(struct str row)
{
	uint64_t number;

	if (str_starts(row, STR("N")))
		return row.len >= 3 && str_to_u64(str_skip(row, 1), ROWS_NETWORK_MAX, &number) && number > 0;
	if (str_starts(row, STR("P")))
		return str_to_u64(str_skip(row, 1), ROWS_STORE_MAX, &number) && number > 0;
	return str_starts(row, STR("0x")) && row.len == 10;
}

static void slugs_are_words_of_the_house_and_unique(void **state)
{
	(void)state;
	for (int i = 0; i < CODE_COUNT; i++) {
		const struct catalogue_row *row = catalogue_row((enum code)i);

		assert_int_equal(row->code, i);
		if (!is_slug(str_of(row->slug)) || layer_of(str_of(row->slug)) == SIZE_MAX)
			fail_msg("%s is no slug of the house", row->slug);
		if (catalogue_find(str_of(row->slug)) != row)
			fail_msg("%s stands in the catalogue twice", row->slug);
	}
}

static void layers_stand_together(void **state)
{
	bool seen[COUNT_OF(layers)] = { false };
	size_t last = SIZE_MAX;

	(void)state;
	for (int i = 0; i < CODE_COUNT; i++) {
		size_t layer = layer_of(str_of(catalogue_row((enum code)i)->slug));

		if (layer != last && seen[layer])
			fail_msg("%s stands apart from its layer", catalogue_row((enum code)i)->slug);
		seen[layer] = true;
		last = layer;
	}
}

static void words_are_whole_sentences_on_one_line(void **state)
{
	(void)state;
	for (int i = 0; i < CODE_COUNT; i++) {
		const struct catalogue_row *row = catalogue_row((enum code)i);
		size_t title = strlen(row->title), text = strlen(row->remedy_text);

		if (title == 0 || title > TITLE_MAX || row->title[title - 1] == '.' ||
		    strchr(row->title, '\n'))
			fail_msg("%s: title \"%s\"", row->slug, row->title);
		if (text == 0 || strchr(".)", row->remedy_text[text - 1]) == NULL ||
		    strstr(row->remedy_text, "  "))
			fail_msg("%s: remedy \"%s\"", row->slug, row->remedy_text);
	}
}

static void rows_are_numbers_of_the_catalogues(void **state)
{
	(void)state;
	for (int i = 0; i < CODE_COUNT; i++) {
		struct str rows = str_of(catalogue_row((enum code)i)->rows);

		while (rows.len > 0) {
			struct str row = str_cut(&rows, ' ');

			if (!is_row(row))
				fail_msg("%s: row \"%.*s\"", catalogue_row((enum code)i)->slug, (int)row.len,
					 row.at);
		}
	}
}

static void unknown_slugs_are_not_found(void **state)
{
	static const char *const slugs[] = {
		"", "dns", "dns-host-unknow", "dns-host-unknownn", "DNS-HOST-UNKNOWN", "dns_host_unknown"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(slugs); i++)
		assert_null(catalogue_find(str_of(slugs[i])));
}

static void words_of_the_enums(void **state)
{
	(void)state;
	assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
	assert_string_equal(severity_name(SEVERITY_LOSS), "loss");
	assert_string_equal(certainty_name(CERTAINTY_INFERRED), "inferred");
	assert_string_equal(remedy_name(REMEDY_BY_OWNER), "by-owner");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slugs_are_words_of_the_house_and_unique),
		cmocka_unit_test(layers_stand_together),
		cmocka_unit_test(words_are_whole_sentences_on_one_line),
		cmocka_unit_test(rows_are_numbers_of_the_catalogues),
		cmocka_unit_test(unknown_slugs_are_not_found),
		cmocka_unit_test(words_of_the_enums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
