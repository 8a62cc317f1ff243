/* This file tests letters and what is said of those that came back: whole, and altered in one way each. */
#include "base/checked.h"
#include "trip/fate.h"
#include "trip/hops.h"
#include "trip/letter.h"
#include "trip/part.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = 1795447807 /* 2026-11-23 15:30:07 */, CAP = 64 << 20 };

static bool no_hash(struct view bytes, uint8_t out[32])
{
	(void)bytes;
	memset(out, 0, 32);
	return true;
}

static struct letter *write_one(struct arena *arena, enum letter_kind kind)
{
	const struct letter_order order = {
		.address = "anna@example.org", .token = "qwertz", .now = NOW, .kind = kind
	};
	struct letter *letter = arena_alloc(arena, sizeof *letter);

	assert_non_null(letter);
	assert_int_equal(letter_write(arena, &order, letter), ST_OK);
	return letter;
}

static void letters_are_good_mail(void **state)
{
	(void)state;
	for (int kind = 0; kind < LETTER_KINDS; kind++) {
		struct arena *arena = arena_new(CAP);
		struct str rest = str_from_view(write_one(arena, (enum letter_kind)kind)->bytes), line;
		enum letter_kind again;

		while (rest.at && rest.len) {
			line = str_cut(&rest, '\n');
			assert_true(line.len <= 999 && line.len > 0 && line.at[line.len - 1] == '\r');
			assert_true(line.at[0] != '.');
			for (size_t i = 0; i < line.len; i++)
				assert_true((unsigned char)line.at[i] < 0x7f);
		}
		assert_true(letter_kind_find(str_of(letter_kind_name((enum letter_kind)kind)), &again));
		assert_int_equal(again, kind);
		arena_drop(&arena);
	}
}

/* What a box on the way may do to a letter: replace the first text by the second, "" in front stands for the
 * end. */
static const struct {
	const char *name;
	enum letter_kind kind;
	const char *at, *by;
	bool cut; /* nothing stays behind the place */
	enum alteration is;
} rows[] = {
	{ "untouched", LETTER_PLAIN, NULL, NULL, false, ALTERATION_NONE },
	{ "untouched, HTML", LETTER_HTML, NULL, NULL, false, ALTERATION_NONE },
	{ "untouched, attachment", LETTER_ATTACHMENT, NULL, NULL, false, ALTERATION_NONE },
	{ "untouched, long lines", LETTER_LONG_LINES, NULL, NULL, false, ALTERATION_NONE },
	{ "blank", LETTER_PLAIN, "00000001", "", true, ALTERATION_BLANK },
	{ "blank with line ends", LETTER_PLAIN, "00000001", "\r\n\r\n", true, ALTERATION_BLANK },
	{ "truncated", LETTER_PLAIN, "00000007", "", true, ALTERATION_TRUNCATED },
	{ "a footer", LETTER_PLAIN, "", "-- \r\nThis mail is clean.\r\n", false, ALTERATION_FOOTER },
	{ "a note in front", LETTER_PLAIN, "00000001", "CAUTION: external mail\r\n00000001", false,
	  ALTERATION_FOOTER },
	{ "a footer in HTML", LETTER_HTML, "</body>", "<p>checked</p>\r\n</body>", false, ALTERATION_FOOTER },
	{ "a word changed", LETTER_PLAIN, "00000003 postmend", "00000003 postbend", false, ALTERATION_OTHER },
	{ "a line missing and another there", LETTER_PLAIN, "00000002 ", "00000002 x", false,
	  ALTERATION_OTHER },
	{ "recoded", LETTER_HTML, "K=C3=B6ln", "=4B=C3=B6ln", false, ALTERATION_RECODED },
	{ "attachment gone", LETTER_ATTACHMENT, "Content-Type: application/octet-stream",
	  "Content-Type: text/plain\r\n\r\nremoved\r\n--=_qwertz--\r\n", true, ALTERATION_ATTACHMENT_LOST },
};

static struct view spoil(struct arena *arena, struct view bytes, size_t row)
{
	struct str text = str_from_view(bytes);
	size_t at;
	const char *made;

	if (!rows[row].at)
		return bytes;
	at = *rows[row].at ? str_find(text, str_of(rows[row].at)) : text.len;
	assert_true(at <= text.len);
	made = arena_printf(arena, "%.*s%s%.*s", (int)at, text.at, rows[row].by,
			    rows[row].cut ? 0 : (int)(text.len - at - strlen(rows[row].at)),
			    text.at + at + (rows[row].cut ? 0 : strlen(rows[row].at)));
	assert_non_null(made);
	return view_of(made, strlen(made));
}

static void alterations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *arena = arena_new(CAP);
		struct letter *letter = write_one(arena, rows[i].kind);
		struct letter_fate fate = { .sent.letter = letter };
		struct arrival arrivals[2] = { { .bytes = spoil(arena, letter->bytes, i), .folder = "INBOX" },
					       { .bytes = view_of("Subject: x\r\n\r\n", 14),
						 .folder = "INBOX" } };

		fate_find(arena, arrivals, 2, no_hash, &fate);
		assert_int_equal(fate.n_arrivals, 1);
		if (fate.alteration != rows[i].is)
			fail_msg("%s: %d, expected %d", rows[i].name, (int)fate.alteration, (int)rows[i].is);
		assert_false(fate.in_junk || fate.subject_altered || fate.signature.there);
		arena_drop(&arena);
	}
}

static void doubles_and_junk(void **state)
{
	struct arena *arena = arena_new(CAP);
	struct letter *letter = write_one(arena, LETTER_PLAIN);
	struct letter_fate fate = { .sent.letter = letter };
	const struct arrival arrivals[] = { { .bytes = letter->bytes, .folder = "Junk" },
					    { .bytes = letter->bytes, .folder = "Junk" } };

	(void)state;
	fate_find(arena, arrivals, 2, no_hash, &fate);
	assert_int_equal(fate.n_arrivals, 2);
	assert_true(fate.in_junk);
	arena_drop(&arena);
}

static const struct {
	const char *text;
	wall_time at;
} dates[] = {
	{ "Mon, 23 Nov 2026 15:30:07 +0000", NOW },
	{ "Mon, 23 Nov 2026 16:30:07 +0100 (CET)", NOW },
	{ "23 Nov 2026 10:30:07 -0500", NOW },
	{ "Thu, 1 Jan 1970 00:00:00 +0000", 0 },
	{ "Mon, 32 Nov 2026 15:30:07 +0000", 0 },
	{ "Mon, 23 Foo 2026 15:30:07 +0000", 0 },
	{ "yesterday", 0 },
	{ "", 0 },
};

static void dates_of_hops(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(dates); i++)
		if (hops_date(str_of(dates[i].text)) != dates[i].at)
			fail_msg("%s: %lld", dates[i].text, (long long)hops_date(str_of(dates[i].text)));
}

static void hops_in_order(void **state)
{
	static const char message[] =
		"Received: from b by c.example (x)\r\n\tid 7; Mon, 23 Nov 2026 15:30:09 +0000\r\n"
		"Received: from a by b.example; Mon, 23 Nov 2026 15:30:07 +0000\r\n"
		"Subject: x\r\n\r\nx\r\n";
	struct arena *arena = arena_new(CAP);
	struct letter_fate fate = { 0 };

	(void)state;
	hops_read(arena, view_of(message, sizeof message - 1), &fate);
	assert_int_equal(fate.n_hops, 2);
	assert_true(str_is(fate.hops[0].by, "b.example"));
	assert_true(str_is(fate.hops[1].by, "c.example"));
	assert_int_equal(fate.hops[1].at - fate.hops[0].at, 2);
	arena_drop(&arena);
}

/* Hostile messages: no depth and no number of parts does harm. */
static void parts_are_bounded(void **state)
{
	struct arena *arena = arena_new(CAP);
	const char *text = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
	struct parts parts;

	(void)state;
	for (int i = 0; i < 100; i++)
		text = arena_printf(
			arena,
			"%s--a\r\nContent-Type: multipart/mixed; boundary=a%d\r\n\r\n--a%d\r\n\r\nx\r\n",
			text, i, i);
	parts_read(view_of(text, strlen(text)), &parts);
	assert_true(parts.n <= PARTS_MAX);
	parts_read(view_of(text, 0), &parts);
	assert_int_equal(parts.n, 1);
	parts_read(view_of("--\r\n--\r\n\r\n--", 12), &parts);
	assert_int_equal(parts.n, 1);
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_are_good_mail), cmocka_unit_test(alterations),
		cmocka_unit_test(doubles_and_junk),      cmocka_unit_test(dates_of_hops),
		cmocka_unit_test(hops_in_order),         cmocka_unit_test(parts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
