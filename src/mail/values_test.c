/* This file tests how values of header fields are read: words, parameters, people, dates. */
#include "mail/values.h"

#include "base/checked.h"
#include "mail/charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 4 << 20, CAP = 1 << 16 };

static void test_words(void **state)
{
	static const struct {
		const char *name, *raw, *expected;
		unsigned faults;
	} rows[] = {
		{ "plain", "Hello", "Hello", 0 },
		{ "folded", "Hello\r\n\tworld", "Hello world", 0 },
		{ "B", "=?utf-8?B?w6Q=?=", "\xC3\xA4", 0 },
		{ "Q", "=?ISO-8859-1?Q?a_=E4?=", "a \xC3\xA4", 0 },
		{ "Q, a small letter", "=?iso-8859-1?q?=e4?=", "\xC3\xA4", 0 },
		{ "two words", "=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab", 0 },
		{ "two words, text between", "=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b", 0 },
		{ "a character in two words", "=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "\xE2\x82\xAC", 0 },
		{ "a language", "=?utf-8*de?Q?a?=", "a", 0 },
		{ "UTF-8 as it is", "\xC3\xA4", "\xC3\xA4", 0 },
		{ "bytes of nobody", "\xE4", "\xC3\xA4", WORDS_FAULT_BYTES },
		{ "a set of nobody", "=?x-none?Q?a?=", "a", WORDS_FAULT_CHARSET },
		{ "no end", "=?utf-8?Q?a", "=?utf-8?Q?a", 0 },
		{ "another encoding", "=?utf-8?X?a?=", "=?utf-8?X?a?=", 0 },
		{ "base64 that is none", "=?utf-8?B?Y*Q=?=", "a", WORDS_FAULT_WORD },
		{ "nothing", "", "", 0 },
		{ "an empty word",
		  "=?utf-8?Q?"
		  "?=",
		  "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf out;
		unsigned faults;

		buf_init(&out, CAP);
		faults = words_decode(str_of(rows[i].raw), &out);
		buf_add_byte(&out, 0);
		if (strcmp((const char *)out.at, rows[i].expected) != 0 || faults != rows[i].faults)
			fail_msg("%s: \"%s\", faults %u", rows[i].name, (const char *)out.at, faults);
		buf_fini(&out);
		/* Any front of it is read without harm. */
		for (size_t k = 0; k < strlen(rows[i].raw); k++) {
			buf_init(&out, CAP);
			(void)words_decode(str_head(str_of(rows[i].raw), k), &out);
			buf_fini(&out);
		}
	}
}

static void test_parameters(void **state)
{
	static const struct {
		const char *name, *raw, *parameter, *expected;
	} rows[] = {
		{ "a word", "text/plain; charset=utf-8", "charset", "utf-8" },
		{ "quoted", "text/plain; charset=\"utf-8\"", "charset", "utf-8" },
		{ "a quote in quotes", "a/b; name=\"a\\\"b\"", "name", "a\"b" },
		{ "a comment", "a/b (c; name=x); name=y", "name", "y" },
		{ "a semicolon in quotes", "a/b; x=\"; name=no\"; name=y", "name", "y" },
		{ "blanks without quotes", "a/b; name=my file.txt", "name", "my file.txt" },
		{ "another case", "a/b; NAME=x", "name", "x" },
		{ "none", "a/b; names=x", "name", NULL },
		{ "no parameter at all", "a/b", "name", NULL },
		{ "no value", "a/b; name", "name", NULL },
		{ "an encoded word", "a/b; name=\"=?utf-8?Q?=C3=A4?=\"", "name", "\xC3\xA4" },
		{ "2231", "a/b; name*=utf-8''%C3%A4", "name", "\xC3\xA4" },
		{ "2231, latin", "a/b; name*=iso-8859-1'de'%E4", "name", "\xC3\xA4" },
		{ "2231, pieces", "a/b; name*0=a; name*1=b", "name", "ab" },
		{ "2231, pieces out of order", "a/b; name*1=b; name*0=a", "name", "ab" },
		{ "2231, coded pieces", "a/b; name*0*=utf-8''%C3; name*1*=%A4; name*2=%", "name",
		  "\xC3\xA4%" },
		{ "2231, a piece is missing", "a/b; name*0=a; name*2=c", "name", "a" },
		{ "2231, no hex", "a/b; name*=utf-8''%zz%4", "name", "%zz%4" },
		{ "open quotes", "a/b; name=\"x", "name", "x" },
	};
	struct arena *arena = arena_new(ARENA);

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned faults = 0;
		const char *found = values_parameter(arena, str_of(rows[i].raw), rows[i].parameter, &faults);

		if (!found != !rows[i].expected || (found && strcmp(found, rows[i].expected) != 0))
			fail_msg("%s: %s", rows[i].name, found ? found : "none");
		for (size_t k = 0; k < strlen(rows[i].raw); k++)
			(void)values_parameter(arena, str_head(str_of(rows[i].raw), k), rows[i].parameter,
					       &faults);
	}
	arena_drop(&arena);
}

static void test_people(void **state)
{
	static const struct {
		const char *name, *raw, *expected;
		bool is_whole;
	} rows[] = {
		{ "bare", "a@b", "|a@b;", true },
		{ "with a name", "Ann B <a@b>", "Ann B|a@b;", true },
		{ "quoted", "\"B, Ann\" <a@b>", "B, Ann|a@b;", true },
		{ "two", "a@b, C <c@d>", "|a@b;C|c@d;", true },
		{ "a comment", "a@b (Ann)", "Ann|a@b;", true },
		{ "a group", "us: a@b, c@d;", "|a@b;|c@d;", true },
		{ "an empty group", "undisclosed-recipients:;", "", true },
		{ "a route", "<@x,@y:a@b>", "|a@b;", true },
		{ "a quoted local part", "<\"a b\"@c>", "|a b@c;", true },
		{ "an encoded name", "=?utf-8?Q?=C3=A4?= <a@b>", "\xC3\xA4|a@b;", true },
		{ "folded", "a@b,\r\n c@d", "|a@b;|c@d;", true },
		{ "no address", "Ann", "|Ann;", false },
		{ "angle brackets open", "Ann <a@b", "Ann|a@b;", false },
		{ "nothing", "", "", true },
		{ "commas alone", ",,,", "", true },
	};
	struct arena *arena = arena_new(ARENA);

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char found[200] = "";
		bool is_whole;
		size_t n;
		const struct mail_person *people = values_people(arena, str_of(rows[i].raw), &n, &is_whole);

		assert_non_null(people);
		for (size_t k = 0; k < n; k++)
			snprintf(found + strlen(found), sizeof found - strlen(found), "%s|%s;",
				 people[k].name, people[k].address);
		if (strcmp(found, rows[i].expected) != 0 || is_whole != rows[i].is_whole)
			fail_msg("%s: %s %d", rows[i].name, found, is_whole);
		for (size_t k = 0; k < strlen(rows[i].raw); k++)
			assert_non_null(
				values_people(arena, str_head(str_of(rows[i].raw), k), &n, &is_whole));
	}
	arena_drop(&arena);
}

static void test_dates(void **state)
{
	static const struct {
		const char *raw;
		long long expected; /* -1: none */
	} rows[] = {
		{ "Thu, 01 Jan 1970 00:00:01 +0000", 1 },
		{ "1 Jan 1970 01:00:01 +0100", 1 },
		{ "Thu, 1 Jan 70 00:00:01 GMT", 1 },
		{ "Wed, 31 Dec 1969 19:00:01 EST", 1 },
		{ "Thu Jan  1 00:00:01 1970", 1 },
		{ "Thu Jan  1 01:00:01 CET 1970", 3601 },
		{ "Tue, 12 May 2021 09:30:05 +0200 (CEST)", 1620804605 },
		{ "Tue, 12 May 2021 09:30 +0200", 1620804600 },
		{ "Thu, 29 Feb 2024 12:00:00 -0000", 1709208000 },
		{ "Thu, (a comment) 01 Jan 1970 00:00:01 UT", 1 },
		{ "", -1 },
		{ "yesterday", -1 },
		{ "32 Jan 1970 00:00:00", -1 },
		{ "1 Foo 1970 00:00:00", -1 },
		{ "1 Jan 1970", -1 },
		{ "1 Jan 1970 25:00:00", -1 },
		{ "1 Jan 0001 00:00:00", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		wall_time found = -1;
		bool is = values_date(str_of(rows[i].raw), &found);

		if (is != (rows[i].expected != -1) || (is && found != rows[i].expected))
			fail_msg("%s: %lld", rows[i].raw, (long long)found);
		for (size_t k = 0; k < strlen(rows[i].raw); k++)
			(void)values_date(str_head(str_of(rows[i].raw), k), &found);
	}
}

static void test_charsets(void **state)
{
	static const struct {
		const char *name;
		unsigned page;
	} rows[] = { { "utf-8", 65001 }, { "UTF8", 65001 },       { "windows-1252", 1252 },
		     { "cp1251", 1251 }, { "iso-8859-1", 28591 }, { "gb2312", 936 },
		     { "x-none", 0 },    { "windows-99999", 0 },  { "", 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(charset_page(str_of(rows[i].name)), rows[i].page);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words), cmocka_unit_test(test_parameters),
					    cmocka_unit_test(test_people), cmocka_unit_test(test_dates),
					    cmocka_unit_test(test_charsets) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
