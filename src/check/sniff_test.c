/* This file tests that files which are no stores are told what they are. */
#include "check/sniff.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 0x23000 };

struct row {
	const char *name, *bytes;
	size_t len;
	const char *word; /* NULL: a store */
};

#define BYTES(text) text, sizeof(text) - 1

static const struct row rows[] = {
	{ "a store", BYTES("!BDN\x00\x00\x00\x00SM\x17\x00"), NULL },
	{ "one letter off", BYTES("!BDM\x00\x00\x00\x00SM\x17\x00"), "other" },
	{ "web page", BYTES("<!DOCTYPE html>\n<html>"), "html" },
	{ "web page behind a mark and blanks", BYTES("\xEF\xBB\xBF \r\n<HTML><head>"), "html" },
	{ "web page behind XML", BYTES("<?xml version=\"1.0\"?>\n<html xmlns=\"x\">"), "html" },
	{ "XML", BYTES("<?xml version=\"1.0\"?><list/>"), "xml" },
	{ "mbox", BYTES("From - Mon Jan 01 00:00:00 2024\nSubject: x\n"), "mbox" },
	{ "a letter that begins so", BYTES("From the beginning of all times\n"), "text" },
	{ "message", BYTES("Received: from x by y\r\n"), "eml" },
	{ "message, small letters", BYTES("mime-version: 1.0\r\n"), "eml" },
	{ "text", BYTES("Dear Anna,\n"), "text" },
	{ "Exchange", BYTES("\x11\x22\x33\x44\xEF\xCD\xAB\x89\x20\x06"), "exchange-edb" },
	{ "Exchange, one bit off", BYTES("\x11\x22\x33\x44\xEF\xCD\xAB\x88\x20\x06"), "other" },
	{ "compound file", BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00"), "compound-file" },
	{ "ZIP", BYTES("PK\x03\x04\x14\x00"), "zip" },
	{ "not quite ZIP", BYTES("PK\x03\x05\x14\x00"), "other" },
	{ "gzip", BYTES("\x1F\x8B\x08\x00"), "archive" },
	{ "xz",
	  BYTES("\xFD"
		"7zXZ\x00\x00"),
	  "archive" },
	{ "raw EFS",
	  BYTES("\x00\x01\x00\x00R\x00O\x00"
		"B\x00S\x00"),
	  "encrypted" },
	{ "rights service", BYTES(".pfile\x00\x01"), "encrypted" },
	{ "Outlook Express", BYTES("\xCF\xAD\x12\xFE\x00"), "dbx" },
	{ "zeros", BYTES("\x00\x00\x00\x00\x00\x00\x00\x00"), "zeros" },
	{ "one byte", BYTES("\x01"), "other" },
};

static void words_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct sniffed *found = sniff(view_of(rows[i].bytes, rows[i].len), rows[i].len);

		if (found && rows[i].word && strcmp(found->word, rows[i].word) == 0)
			continue;
		if (!found && !rows[i].word)
			continue;
		fail_msg("%s: %s", rows[i].name, found ? found->word : "a store");
	}
}

/* Whatever the length, nothing is read behind the end. */
static void any_length_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t len = 0; len <= rows[i].len; len++)
			if (len || rows[i].len)
				(void)sniff(view_of(rows[i].bytes, len), len);
	assert_string_equal(sniff(view_of(NULL, 0), 0)->word, "empty");
}

static uint8_t room[ROOM];

static void a_store_without_header_is_one(void **state)
{
	static const struct {
		const char *name;
		size_t bits_at, trailer_at;
		size_t len;
	} stores[] = {
		{ "ansi", 0x4404, 0x4400 + 500, 0x4600 },
		{ "unicode", 0x4400, 0x4400 + 496, 0x4600 },
		{ "unicode-4k", 0x22000, 0x22000 + 4072, ROOM },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(stores); i++) {
		memset(room, 0, sizeof room);
		room[stores[i].bits_at] = 0xFF;
		room[stores[i].trailer_at] = room[stores[i].trailer_at + 1] = 0x84;
		if (sniff(view_of(room, stores[i].len), ROOM))
			fail_msg("%s is a store", stores[i].name);
		if (!sniff(view_of(room, stores[i].trailer_at + 1), ROOM))
			fail_msg("%s is cut and tells nothing", stores[i].name);
		room[stores[i].trailer_at + 1] = 0x83;
		if (!sniff(view_of(room, stores[i].len), ROOM))
			fail_msg("%s has no map there", stores[i].name);
	}
}

static void noise_is_told_from_order(void **state)
{
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < 4096; i++) {
		x = x * 1664525 + 1013904223;
		room[i] = (uint8_t)(x >> 24);
	}
	room[0] = 0x90;
	assert_string_equal(sniff(view_of(room, 4096), ROOM)->word, "encrypted");
	assert_string_equal(sniff(view_of(room, 512), 512)->word, "other");
	for (size_t i = 0; i < 4096; i++)
		room[i] &= 0xBF;
	assert_string_equal(sniff(view_of(room, 4096), ROOM)->word, "other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_fit),
		cmocka_unit_test(any_length_is_taken),
		cmocka_unit_test(a_store_without_header_is_one),
		cmocka_unit_test(noise_is_told_from_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
