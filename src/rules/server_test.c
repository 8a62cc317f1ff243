/* This file tests that every condition and every action of a server's rule is said, and what is none is
 * named. */
#include "rules/server.h"

#include "base/checked.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 1 << 16, ARENA = 8 << 20, BYTES_MAX = 600 };

/* Bytes in hexadecimal; "'abc'" is text in UTF-16 with its end. */
static size_t bytes_of(const char *text, uint8_t *out)
{
	size_t n = 0;
	bool in_text = false;

	for (const char *c = text; *c && n + 2 < BYTES_MAX; c++) {
		if (*c == '\'') {
			in_text = !in_text;
			if (!in_text) {
				out[n++] = 0;
				out[n++] = 0;
			}
		} else if (in_text) {
			out[n++] = (uint8_t)*c;
			out[n++] = 0;
		} else if (*c != ' ') {
			unsigned high = (unsigned)(*c > '9' ? *c - 'A' + 10 : *c - '0');
			unsigned low = (unsigned)(c[1] > '9' ? c[1] - 'A' + 10 : c[1] - '0');

			out[n++] = (uint8_t)(high << 4 | low);
			c++;
		}
	}
	return n;
}

#define SUBJECT "1F003700"
#define OFFER   "03 0100 0000 " SUBJECT " " SUBJECT "'offer'"
#define SAYS    "the subject contains \"offer\""

static const struct {
	const char *name, *bytes, *expected; /* expected NULL: none */
} conditions[] = {
	{ "content", "0000" OFFER, SAYS },
	{ "content, whole", "0000 03 0000 0100 " SUBJECT SUBJECT "'x'", "the subject is \"x\"" },
	{ "content, start", "0000 03 0200 0000 " SUBJECT SUBJECT "'x'", "the subject begins with \"x\"" },
	{ "and", "0000 00 02000000 " OFFER OFFER, SAYS " and " SAYS },
	{ "or in and", "0000 00 02000000 01 02000000 " OFFER OFFER OFFER,
	  "(" SAYS " or " SAYS ") and " SAYS },
	{ "not", "0000 02 " OFFER, "not (" SAYS ")" },
	{ "and of nothing", "0000 00 00000000", "anything" },
	{ "or of nothing", "0000 01 00000000", "nothing" },
	{ "value", "0000 04 04 03001700 03001700 02000000", "the importance is 2" },
	{ "value, not", "0000 04 05 0B005700 0B005700 01", "my name in To is not yes" },
	{ "value, bytes", "0000 04 04 02011D0C 02011D0C 04000000 41424300", "the sender is \"ABC\"" },
	{ "value, time", "0000 04 02 4000060E 4000060E 00803ED5DEB19D01",
	  "the time of delivery is above 1970-01-01 00:00" },
	{ "two values", "0000 05 04 1F001A0C 1F004200", "the sender's name is who it is sent for" },
	{ "bits", "0000 06 01 0300070E 04000000", "the message's flags has any of the bits 0x4" },
	{ "no bits", "0000 06 00 0300070E 04000000", "the message's flags has none of the bits 0x4" },
	{ "size", "0000 07 02 1F000010 00040000", "the length of the text is above 1024 bytes" },
	{ "existence", "0000 08 1F000010", "the text is there" },
	{ "a part", "0000 09 0D00120E " OFFER, "a recipient has: " SAYS },
	{ "a comment", "0000 0A 01 03000160 05000000 01 " OFFER, SAYS },
	{ "a comment alone", "0000 0A 00 00", "anything" },
	{ "a count", "0000 0B 03000000 " OFFER, "at most 3 with " SAYS },
	{ "named properties", "0100 0080 02000000 FFFF " OFFER, SAYS },
	{ "short counts, no names", "00 0200 " OFFER OFFER, SAYS " and " SAYS },
	{ "short counts", "0000 00 0200 " OFFER OFFER, SAYS " and " SAYS },
	{ "nothing at all", "", NULL },
	{ "an unknown kind", "0000 0C", NULL },
	{ "cut", "0000 03 0100 0000 " SUBJECT, NULL },
	{ "an unknown comparison", "0000 04 09 03001700 03001700 02000000", NULL },
	{ "an unknown search", "0000 03 0300 0000 " SUBJECT SUBJECT "'x'", NULL },
	{ "an unknown type", "0000 04 04 03001700 04011700 02000000", NULL },
	{ "more announced", "0000 00 03000000 " OFFER OFFER, NULL },
	{ "too many", "0000 00 FFFFFFFF " OFFER, NULL },
	{ "something behind", "0000 " OFFER "00", NULL },
	{ "bits of neither", "0000 06 02 0300070E 04000000", NULL },
};

#define ONE   "0000 01000000 01000000 "
#define BLANK "00000000 00000000 "

static const struct {
	const char *name, *bytes, *expected;
} actions[] = {
	{ "move", ONE "15000000 01 " BLANK "00000000 04000000 AABBCCDD", "move it to a folder" },
	{ "copy", ONE "15000000 02 " BLANK "00000000 04000000 AABBCCDD", "copy it to a folder" },
	{ "reply", ONE "1D000000 03 " BLANK "00000000 00000000000000000000000000000000",
	  "answer it with a letter that is kept" },
	{ "away", ONE "1D000000 04 " BLANK "00000000 00000000000000000000000000000000",
	  "answer that nobody is there" },
	{ "defer", ONE "0B000000 05 " BLANK "ABCD", "leave it to Outlook" },
	{ "bounce", ONE "0D000000 06 " BLANK "0D000000", "send it back, because it is too large" },
	{ "forward", ONE "1E000000 07 " BLANK "01000000 01 01000000 1F000130 'Bob'",
	  "forward it to \"Bob\"" },
	{ "forward to an address",
	  ONE "32000000 07 " BLANK "01000000 01 02000000 1F000130 'Bob' 1F000330 'b@x.org'",
	  "forward it to \"Bob\" <b@x.org>" },
	{ "redirect", ONE "1E000000 07 03000000 00000000 01000000 01 01000000 1F000130 'Bob'",
	  "redirect it to \"Bob\"" },
	{ "as an attachment", ONE "1E000000 07 04000000 00000000 01000000 01 01000000 1F000130 'Bob'",
	  "forward it as an attachment to \"Bob\"" },
	{ "delegate", ONE "1E000000 08 " BLANK "01000000 01 01000000 1F000130 'Bob'",
	  "give it as a delegate's to \"Bob\"" },
	{ "tag", ONE "11000000 09 " BLANK "03001700 02000000", "set the importance to 2" },
	{ "delete", ONE "09000000 0A " BLANK, "delete it" },
	{ "read", ONE "09000000 0B " BLANK, "mark it as read" },
	{ "two", "0000 01000000 02000000 09000000 0B " BLANK "09000000 0A " BLANK,
	  "mark it as read, delete it" },
	{ "short counts", "0100 0900 0A " BLANK, "delete it" },
	{ "move, short", "0100 1200 01 " BLANK "01 0000 0400 AABBCCDD", "move it to a folder" },
	{ "none", "0000 01000000 00000000", NULL },
	{ "nothing at all", "", NULL },
	{ "an unknown kind", ONE "09000000 0C " BLANK, NULL },
	{ "cut", ONE "09000000 0A 00000000", NULL },
	{ "longer than it is", ONE "0A000000 0A " BLANK "00", NULL },
	{ "something behind", ONE "09000000 0A " BLANK "00", NULL },
	{ "an unknown reason", ONE "0D000000 06 " BLANK "01000000", NULL },
	{ "to nobody", ONE "0D000000 07 " BLANK "00000000", NULL },
	{ "no recipient", ONE "1E000000 07 " BLANK "01000000 02 01000000 1F000130 'Bob'", NULL },
	{ "a folder that is cut", ONE "11000000 01 " BLANK "00000000 08000000", NULL },
};

static void test_conditions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(conditions); i++) {
		struct arena *arena = arena_new(ARENA);
		uint8_t bytes[BYTES_MAX];
		size_t n = bytes_of(conditions[i].bytes, bytes);
		struct buf out;
		const char *fault;

		buf_init(&out, CAP);
		fault = server_put_condition(arena, view_of(bytes, n), &out);
		if (!conditions[i].expected ? fault == NULL
					    : fault || !str_is(buf_str(&out), conditions[i].expected))
			fail_msg("%s: %s: %.*s", conditions[i].name, fault ? fault : "", (int)out.len,
				 (const char *)out.at);
		buf_fini(&out);
		arena_drop(&arena);
	}
}

static void test_actions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(actions); i++) {
		struct arena *arena = arena_new(ARENA);
		uint8_t bytes[BYTES_MAX];
		size_t n = bytes_of(actions[i].bytes, bytes), n_actions;
		struct server_action *rows;
		const char *fault = server_read_actions(arena, view_of(bytes, n), &rows, &n_actions);
		struct buf out;

		buf_init(&out, CAP);
		for (size_t k = 0; k < n_actions; k++)
			buf_printf(&out, "%s%s", k ? ", " : "", rows[k].words);
		if (!actions[i].expected ? fault == NULL
					 : fault || !str_is(buf_str(&out), actions[i].expected))
			fail_msg("%s: %s: %.*s", actions[i].name, fault ? fault : "", (int)out.len,
				 (const char *)out.at);
		buf_fini(&out);
		arena_drop(&arena);
	}
}

/* Nested as deep as it may be, and one level more. */
static void test_depth(void **state)
{
	struct arena *arena = arena_new(ARENA);
	uint8_t bytes[BYTES_MAX] = { 0 };
	struct buf out;

	(void)state;
	buf_init(&out, CAP);
	for (size_t depth = 64; depth <= 65; depth++) {
		memset(bytes + 2, 2, depth);
		bytes_of("08 1F000010", bytes + 2 + depth);
		buf_clear(&out);
		assert_int_equal(server_put_condition(arena, view_of(bytes, depth + 7), &out) == NULL,
				 depth == 64);
	}
	buf_fini(&out);
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
