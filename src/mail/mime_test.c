/* This file tests how messages and mailboxes are taken apart, and what is held against them. */
#include "mail/mbox.h"
#include "mail/mime.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 64 << 20, CAP = 1 << 16, NONE = -1 };

static bool keep(void *context, struct view bytes)
{
	buf_add(context, bytes);
	return true;
}

#define MIXED "Content-Type: multipart/mixed; boundary=B\r\n\r\n"
#define INNER "Content-Type: multipart/alternative; boundary=\"B C\"\r\n\r\n"

struct row {
	const char *name, *text;
	const char *expected; /* depth, type and content of each part, in brackets what holds others */
	int defect;           /* the first, or NONE */
};

static const struct row rows[] = {
	{ "a text", "Subject: x\r\n\r\nhello", "0 text/plain hello;", NONE },
	{ "lines end with LF", "Subject: x\n\nhello\n", "0 text/plain hello\n;", NONE },
	{ "no body", "Subject: x\r\n", "0 text/plain ;", NONE },
	{ "nothing", "", "0 text/plain ;", NONE },
	{ "base64", "Content-Transfer-Encoding: base64\r\n\r\nYWJj", "0 text/plain abc;", NONE },
	{ "two parts", MIXED "--B\r\n\r\na\r\n--B\r\n\r\nb\r\n--B--\r\n",
	  "0 [multipart/mixed];1 text/plain a;1 text/plain b;", NONE },
	{ "a preamble", MIXED "read me\r\n--B\r\n\r\na\r\n--B--\r\n", "0 [multipart/mixed];1 text/plain a;",
	  NONE },
	{ "blanks behind a boundary", MIXED "--B \r\n\r\na\r\n--B-- \t\r\n",
	  "0 [multipart/mixed];1 text/plain a;", NONE },
	{ "a longer line is no boundary", MIXED "--B\r\n\r\n--Bx\r\n--B--",
	  "0 [multipart/mixed];1 text/plain --Bx;", NONE },
	{ "parts in parts", MIXED "--B\r\n" INNER "--B C\r\n\r\na\r\n--B C--\r\n--B\r\n\r\nb\r\n--B--\r\n",
	  "0 [multipart/mixed];1 [multipart/alternative];2 text/plain a;1 text/plain b;", NONE },
	{ "an outer boundary ends the inner ones",
	  MIXED "--B\r\n" INNER "--B C\r\n\r\na\r\n--B\r\n\r\nb\r\n--B--\r\n",
	  "0 [multipart/mixed];1 [multipart/alternative];2 text/plain a;1 text/plain b;", MIME_UNCLOSED },
	{ "a message inside",
	  MIXED "--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nhi\r\n--B--\r\n",
	  "0 [multipart/mixed];1 (message/rfc822);2 text/plain hi;", NONE },
	{ "a message is all", "Content-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nhi",
	  "0 (message/rfc822);1 text/plain hi;", NONE },
	{ "a digest",
	  "Content-Type: multipart/digest; boundary=B\r\n\r\n--B\r\n\r\nSubject: y\r\n\r\nhi\r\n--B--\r\n",
	  "0 [multipart/digest];1 (message/rfc822);2 text/plain hi;", NONE },
	{ "a part without a header's end", MIXED "--B\r\nX: y\r\n--B--\r\n",
	  "0 [multipart/mixed];1 text/plain ;", NONE },
	{ "no closing boundary", MIXED "--B\r\n\r\na\r\n", "0 [multipart/mixed];1 text/plain a\r\n;",
	  MIME_UNCLOSED },
	{ "no boundary at all", MIXED "hello\r\n", "0 text/plain hello\r\n;", MIME_NO_PARTS },
	{ "no boundary is named", "Content-Type: multipart/mixed\r\n\r\nhello", "0 text/plain hello;",
	  MIME_NO_BOUNDARY },
	{ "text behind the last part", MIXED "--B\r\n\r\na\r\n--B--\r\nbye\r\n",
	  "0 [multipart/mixed];1 text/plain a;", MIME_BEHIND },
	{ "no header", "hello world\r\n", "0 text/plain hello world\r\n;", MIME_NO_HEADER },
	{ "a line that is no field", "Subject: x\r\nhello world\r\nmore", "0 text/plain hello world\r\nmore;",
	  MIME_HEADER_LINE },
	{ "the mailbox's line", "From a@b Mon Jan 1 00:00:00 2001\nSubject: x\n\nhi", "0 text/plain hi;",
	  MIME_FROM_LINE },
	{ "a type that is none", "Content-Type: text\r\n\r\nhi", "0 text/plain hi;", MIME_TYPE },
	{ "another type that is none", "Content-Type: !\r\n\r\nhi", "0 application/octet-stream hi;",
	  MIME_TYPE },
	{ "an encoding of nobody", "Content-Transfer-Encoding: zip\r\n\r\nhi", "0 text/plain hi;",
	  MIME_ENCODING },
	{ "base64 that is none", "Content-Transfer-Encoding: base64\r\n\r\nYW!Jj", "0 text/plain abc;",
	  MIME_BASE64 },
	{ "base64 that is cut", "Content-Transfer-Encoding: base64\r\n\r\nYWJ", "0 text/plain ab;",
	  MIME_CUT },
	{ "quoted that is none", "Content-Transfer-Encoding: quoted-printable\r\n\r\na=zz",
	  "0 text/plain a=zz;", MIME_QUOTED },
};

static void describe(struct mime_message *m, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < m->n; i++) {
		const struct mime_part *part = &m->parts[i];
		struct buf body;
		struct mail_sink sink = { .context = &body, .write = keep };
		size_t len = strlen(out);

		buf_init(&body, CAP);
		if (part->kind == MIME_LEAF)
			mime_decode(m, part, &sink);
		buf_add_byte(&body, 0);
		if (part->kind == MIME_LEAF)
			snprintf(out + len, size - len, "%u %s %s;", (unsigned)part->depth, part->type,
				 (const char *)body.at);
		else
			snprintf(out + len, size - len, part->kind == MIME_SEVERAL ? "%u [%s];" : "%u (%s);",
				 (unsigned)part->depth, part->type);
		buf_fini(&body);
	}
}

static void test_rows(void **state)
{
	struct arena *arena = arena_new(ARENA);

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char found[600];
		struct mime_message m;
		int defect;

		assert_int_equal(mime_parse(arena, str_view(str_of(rows[i].text)), &m), ST_OK);
		describe(&m, found, sizeof found);
		defect = m.n_defects ? (int)m.defects[0].kind : NONE;
		if (strcmp(found, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].name, found);
		if (defect != rows[i].defect)
			fail_msg("%s: defect %d: %s", rows[i].name, defect,
				 defect == NONE ? "" : mime_defect_words((enum mime_defect_kind)defect));
		arena_clear(arena);
		/* Any front of it is a message too, and all of its parts lie inside. */
		for (size_t k = 0; k < strlen(rows[i].text); k++) {
			struct view front = view_of(rows[i].text, k);

			assert_int_equal(mime_parse(arena, front, &m), ST_OK);
			assert_true(m.n >= 1);
			for (size_t p = 0; p < m.n; p++)
				assert_true(m.parts[p].body.len == 0 ||
					    m.parts[p].body.at + m.parts[p].body.len <= front.at + k);
			arena_clear(arena);
		}
	}
	arena_drop(&arena);
}

/* Depth and numbers have ends, and what is beyond stays a part's content. */
static void test_limits(void **state)
{
	struct arena *arena = arena_new((size_t)256 << 20);
	struct mime_message m;
	struct buf text;

	(void)state;
	assert_non_null(arena);
	buf_init(&text, 8 << 20);
	for (int i = 0; i < 1000; i++)
		buf_add_text(&text, "Content-Type: message/rfc822\n\n");
	assert_int_equal(mime_parse(arena, buf_view(&text), &m), ST_OK);
	assert_int_equal(m.n, MIME_DEPTH_MAX + 1);
	assert_int_equal(m.defects[0].kind, MIME_DEEP);
	buf_clear(&text);
	buf_add_text(&text, "Content-Type: multipart/mixed; boundary=B\n\n");
	for (int i = 0; i < 2 * MIME_PARTS_MAX; i++)
		buf_add_text(&text, "--B\n\nx\n");
	assert_int_equal(mime_parse(arena, buf_view(&text), &m), ST_OK);
	assert_int_equal(m.n, MIME_PARTS_MAX);
	assert_true(m.n_defects >= 1);
	assert_int_equal(m.defects[0].kind, MIME_MANY);
	buf_fini(&text);
	arena_drop(&arena);
}

#define LINE "From a@b Mon Jan  1 00:00:00 2001\n"

static void test_mailboxes(void **state)
{
	static const struct {
		const char *name, *text,
			*expected; /* "*" in front: lines lose a mark; "!": a length does not fit */
	} boxes[] = {
		{ "two", LINE "A: b\n\nx\n\n" LINE "A: b\n\ny\n", "A: b\n\nx\n|A: b\n\ny\n|" },
		{ "no blank line between, but a header behind", LINE "A: b\n\nx\n" LINE "C: d\n\ny\n",
		  "A: b\n\nx\n|C: d\n\ny\n|" },
		{ "one word in front of a header", "From -\nA: b\n\nx\n\nFrom -\nC: d\n\ny\n",
		  "A: b\n\nx\n|C: d\n\ny\n|" },
		{ "words in front of what looks like a header",
		  LINE "A: b\n\nx\n\nFrom Russia with love\nYear: 1963\n",
		  "A: b\n\nx\n\nFrom Russia with love\nYear: 1963\n|" },
		{ "the mark of UTF-8 in front", "\xEF\xBB\xBF" LINE "A: b\n\nx\n", "A: b\n\nx\n|" },
		{ "no blank line and no header between", LINE "A: b\n\nx\n" LINE "y\n",
		  "A: b\n\nx\n" LINE "y\n|" },
		{ "a marked line", LINE "A: b\n\n>From x\n\n", "*A: b\n\nFrom x\n|" },
		{ "a line marked twice", LINE "A: b\n\n>>From x\n\n", "*A: b\n\n>From x\n|" },
		{ "From in a text", LINE "A: b\n\nx\n\nFrom me to you\n", "A: b\n\nx\n\nFrom me to you\n|" },
		{ "a length",
		  LINE "Content-Length: 5\n\n"
		       "x\n\ny\n"
		       "\n" LINE "A: b\n\nz\n",
		  "Content-Length: 5\n\nx\n\ny\n|A: b\n\nz\n|" },
		{ "a length over a line between",
		  LINE "Content-Length: 38\n\nab\n\n" LINE "\n" LINE "A: b\n\nz\n",
		  "Content-Length: 38\n\nab\n\n" LINE "|A: b\n\nz\n|" },
		{ "a length that does not fit", LINE "Content-Length: 3\n\nxxxxx\n\n" LINE "A: b\n\nz\n",
		  "!Content-Length: 3\n\nxxxxx\n|A: b\n\nz\n|" },
		{ "no line at the start", "A: b\n\nx\n", "A: b\n\nx\n|" },
		{ "nothing", "", "" },
		{ "CR LF", "From a@b Mon Jan  1 00:00:00 2001\r\nA: b\r\n\r\nx\r\n\r\n",
		  "A: b\r\n\r\nx\r\n|" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(boxes); i++) {
		struct mbox box = mbox_of(str_view(str_of(boxes[i].text)));
		struct mbox_message m;
		struct buf found;

		buf_init(&found, CAP);
		while (mbox_next(&box, &m)) {
			buf_add_text(&found, m.is_quoted ? "*" : m.bad_length ? "!" : "");
			if (m.is_quoted)
				mbox_unquote(m.bytes, &found);
			else
				buf_add(&found, m.bytes);
			buf_add_byte(&found, '|');
		}
		buf_add_byte(&found, 0);
		if (strcmp((const char *)found.at, boxes[i].expected) != 0)
			fail_msg("%s: %s", boxes[i].name, (const char *)found.at);
		buf_fini(&found);
		for (size_t k = 0; k < strlen(boxes[i].text); k++) {
			box = mbox_of(view_of(boxes[i].text, k));
			while (mbox_next(&box, &m))
				assert_true(box.at <= k);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_limits),
					    cmocka_unit_test(test_mailboxes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
