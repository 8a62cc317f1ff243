/* This file tests what encodings write. */
#include "mail/encode.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 1 << 16 };

static bool keep(void *context, struct view bytes)
{
	buf_add(context, bytes);
	return true;
}

static void expect(const char *name, struct buf *out, const char *expected)
{
	buf_add_byte(out, 0);
	if (strcmp((const char *)out->at, expected) != 0)
		fail_msg("%s: %s", name, (const char *)out->at);
	buf_clear(out);
}

static void test_quoted_printable(void **state)
{
	static const struct {
		const char *name, *text, *expected;
		bool is_open;
	} rows[] = {
		{ "plain", "abc\n", "abc\r\n", false },
		{ "no end", "abc", "abc", true },
		{ "crlf", "a\r\nb\n", "a\r\nb\r\n", false },
		{ "a lone cr", "a\rb\n", "a=0Db\r\n", false },
		{ "umlaut and sign", "\xC3\xA4=\n", "=C3=A4=3D\r\n", false },
		{ "blank at the end", "a \nb\t\n", "a=20\r\nb=09\r\n", false },
		{ "lines that some change", ".\nFrom\n-\n", "=2E\r\n=46rom\r\n=2D\r\n", false },
		{ "a long line",
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=\r\naaaaa\r\n",
		  false },
		{ "nothing", "", "", false },
	};
	struct buf out;
	struct mail_sink sink = { .context = &out, .write = keep };

	(void)state;
	buf_init(&out, CAP);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool is_open = encode_quoted_printable(&sink, str_view(str_of(rows[i].text)));

		assert_int_equal(is_open, rows[i].is_open);
		expect(rows[i].name, &out, rows[i].expected);
	}
	buf_fini(&out);
}

/* Every byte at every place of what is looked at eight at a time. */
static void test_every_byte(void **state)
{
	struct buf out, text, expected;
	struct mail_sink sink = { .context = &out, .write = keep };

	(void)state;
	buf_init(&out, CAP);
	buf_init(&text, CAP);
	buf_init(&expected, CAP);
	for (unsigned c = 0; c < 256; c++)
		for (unsigned before = 1; before < 18; before++) {
			bool is_itself = (c > 31 && c < 127 && c != '=') || c == '\t';

			buf_printf(&text, "%.*s", (int)before, "aaaaaaaaaaaaaaaaaa");
			buf_add_byte(&text, (uint8_t)c);
			buf_add_text(&text, "bbbbbbbbb \n");
			buf_printf(&expected, "%.*s", (int)before, "aaaaaaaaaaaaaaaaaa");
			if (c == '\n')
				buf_add_text(&expected, "\r\n");
			else if (is_itself)
				buf_add_byte(&expected, (uint8_t)c);
			else
				buf_printf(&expected, "=%02X", c);
			buf_add_text(&expected, "bbbbbbbbb=20\r\n");
			assert_false(encode_quoted_printable(&sink, buf_view(&text)));
			buf_add_byte(&expected, 0);
			expect("a byte", &out, (const char *)expected.at);
			buf_clear(&text);
			buf_clear(&expected);
		}
	buf_fini(&expected);
	buf_fini(&text);
	buf_fini(&out);
}

static void test_base64(void **state)
{
	static const char text[] =
		"Twas brillig, and the slithy toves did gyre and gimble in the wabe, all of them";
	struct buf whole, parts;
	struct mail_sink to_whole = { .context = &whole, .write = keep };
	struct mail_sink to_parts = { .context = &parts, .write = keep };

	(void)state;
	buf_init(&whole, CAP);
	buf_init(&parts, CAP);
	for (size_t len = 0; len < sizeof text; len++) {
		struct encode_base64 one = { .sink = &to_whole }, each = { .sink = &to_parts };

		encode_base64_add(&one, view_of(text, len));
		encode_base64_end(&one);
		for (size_t i = 0; i < len; i++)
			encode_base64_add(&each, view_of(text + i, 1));
		encode_base64_end(&each);
		assert_int_equal(whole.len, parts.len);
		if (len)
			assert_memory_equal(whole.at, parts.at, whole.len);
		if (len == 4)
			expect("four bytes", &whole, "VHdhcw==\r\n");
		buf_clear(&whole);
		buf_clear(&parts);
	}
	buf_fini(&whole);
	buf_fini(&parts);
}

static void test_fields(void **state)
{
	static const struct {
		const char *name, *value, *expected;
	} rows[] = {
		{ "plain", "Hello there", "Subject: Hello there\r\n" },
		{ "umlaut",
		  "Gr\xC3\xBC\xC3\x9F"
		  "e",
		  "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n" },
		{ "what looks encoded", "=?a", "Subject: =?utf-8?B?PT9h?=\r\n" },
		{ "a line's end", "a\r\nBcc: x", "Subject: =?utf-8?B?YQ0KQmNjOiB4?=\r\n" },
		{ "folded",
		  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen",
		  "Subject: one two three four five six seven eight nine ten eleven twelve\r\n thirteen "
		  "fourteen\r\n" },
		{ "nothing", "", "Subject: \r\n" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, CAP);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		encode_field(&out, "Subject", str_of(rows[i].value));
		expect(rows[i].name, &out, rows[i].expected);
	}
	buf_fini(&out);
}

static void test_mailboxes(void **state)
{
	static const struct {
		const char *name, *person, *address, *expected;
	} rows[] = {
		{ "words", "Ann B", "ann@example.org", "Ann B <ann@example.org>" },
		{ "a full stop", "Ann B.", "ann@example.org", "\"Ann B.\" <ann@example.org>" },
		{ "quotes", "\"A\" \\", "a@b.c", "\"\\\"A\\\" \\\\\" <a@b.c>" },
		{ "umlaut", "\xC3\x84nn", "a@b.c", "=?utf-8?B?w4Rubg==?= <a@b.c>" },
		{ "a name that is the address", "a@b.c", "a@b.c", "<a@b.c>" },
		{ "odd local part", "", "a b@c.d", "<\"a b\"@c.d>" },
		{ "no address of the Internet", "X", "/O=ORG/CN=X", "X <IMCEA-_O+3DORG_CN+3DX@invalid>" },
		{ "a line's end", "a", "a@b\r\nBcc: c@d", "a <IMCEA-a+40b+0D+0ABcc+3A+20c+40d@invalid>" },
		{ "none", "", "", "<IMCEA-nobody@invalid>" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, CAP);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		encode_mailbox(&out, str_of(rows[i].person), str_of(rows[i].address));
		expect(rows[i].name, &out, rows[i].expected);
	}
	encode_parameter(&out, "name", STR("a.txt"));
	expect("plain parameter", &out, ";\r\n name=\"a.txt\"");
	encode_parameter(&out, "name", STR("\xC3\xA4.txt"));
	expect("parameter with an umlaut", &out, ";\r\n name*0*=utf-8''%C3%A4.txt");
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quoted_printable), cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_base64),           cmocka_unit_test(test_fields),
		cmocka_unit_test(test_mailboxes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
