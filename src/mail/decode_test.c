/* This file tests that transfer encodings come off, whole and byte by byte. */
#include "mail/decode.h"

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

struct row {
	const char *name;
	enum decode_kind kind;
	const char *text, *expected;
	unsigned faults;
};

static const struct row rows[] = {
	{ "base64", DECODE_BASE64, "YWJjZA==", "abcd", 0 },
	{ "base64 in lines", DECODE_BASE64, "YW\r\nJj\r\nZA==\r\n", "abcd", 0 },
	{ "base64 in two pieces", DECODE_BASE64, "YQ==Yg==", "ab", DECODE_FAULT_BYTES },
	{ "base64 with a foreign sign", DECODE_BASE64, "YW*Jj", "abc", DECODE_FAULT_BYTES },
	{ "base64 without its padding", DECODE_BASE64, "YWI", "ab", DECODE_FAULT_CUT },
	{ "base64, nothing", DECODE_BASE64, "", "", 0 },
	{ "quoted", DECODE_QUOTED, "a=3Db=C3=A4\r\n", "a=b\xC3\xA4\r\n", 0 },
	{ "quoted, small digits", DECODE_QUOTED, "=c3=a4", "\xC3\xA4", 0 },
	{ "quoted, a soft end", DECODE_QUOTED, "a=\r\nb=\nc", "abc", 0 },
	{ "quoted, a soft end behind blanks", DECODE_QUOTED, "a= \t\r\nb", "ab", 0 },
	{ "quoted, blanks at a line's end", DECODE_QUOTED, "a  \r\nb \t", "a\r\nb", 0 },
	{ "quoted, blanks inside", DECODE_QUOTED, "a  b", "a  b", 0 },
	{ "quoted, a lone line feed", DECODE_QUOTED, "a\nb", "a\nb", 0 },
	{ "quoted, a lone return", DECODE_QUOTED, "a\rb", "a\rb", 0 },
	{ "quoted, no digits", DECODE_QUOTED, "a=zz", "a=zz", DECODE_FAULT_BYTES },
	{ "quoted, one digit", DECODE_QUOTED, "a=4z", "a=4z", DECODE_FAULT_BYTES },
	{ "quoted, the end is soft", DECODE_QUOTED, "a=", "a", 0 },
	{ "quoted, cut in a code", DECODE_QUOTED, "a=4", "a=4", DECODE_FAULT_CUT },
	{ "quoted, bytes that are not", DECODE_QUOTED, "\xE4", "\xE4", DECODE_FAULT_BYTES },
	{ "uuencode", DECODE_UUENCODE, "begin 644 a\n#86)C\n`\nend\n", "abc", 0 },
	{ "uuencode, text around", DECODE_UUENCODE, "hi\nbegin 644 a\r\n#86)C\r\nend\r\nbye", "abc", 0 },
	{ "uuencode without its end", DECODE_UUENCODE, "begin 644 a\n#86)C\n", "abc", DECODE_FAULT_CUT },
	{ "nothing to take off", DECODE_NONE, "a=3D\r\n", "a=3D\r\n", 0 },
};

static void expect(const struct row *row, size_t step)
{
	struct buf out;
	struct mail_sink sink = { .context = &out, .write = keep };
	struct decode d;
	size_t len = strlen(row->text);

	buf_init(&out, CAP);
	decode_start(&d, row->kind, &sink);
	for (size_t i = 0; i < len; i += step)
		decode_add(&d, view_of(row->text + i, len - i < step ? len - i : step));
	decode_end(&d);
	if (out.len != strlen(row->expected) || (out.len && memcmp(out.at, row->expected, out.len) != 0))
		fail_msg("%s in steps of %zu: \"%.*s\"", row->name, step, (int)out.len,
			 out.at ? (const char *)out.at : "");
	if (d.faults != row->faults)
		fail_msg("%s in steps of %zu: faults %u", row->name, step, d.faults);
	buf_fini(&out);
}

static void test_rows(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 1000 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t k = 0; k < COUNT_OF(steps); k++)
			expect(&rows[i], steps[k]);
}

/* What the encoders write comes back. */
static void test_back(void **state)
{
	struct buf coded, plain;
	struct mail_sink in = { .context = &coded, .write = keep },
			 out = { .context = &plain, .write = keep };
	uint8_t bytes[1000];
	struct encode_base64 e = { .sink = &in };
	struct decode d;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	for (int kind = DECODE_BASE64; kind <= DECODE_QUOTED; kind++) {
		buf_init(&coded, CAP);
		buf_init(&plain, CAP);
		if (kind == DECODE_BASE64) {
			encode_base64_add(&e, view_of(bytes, sizeof bytes));
			encode_base64_end(&e);
		} else {
			/* Line ends of quoted-printable are CR LF. */
			for (size_t i = 0; i < sizeof bytes; i++)
				bytes[i] = bytes[i] == '\n' || bytes[i] == '\r' ? ' ' : bytes[i];
			(void)encode_quoted_printable(&in, view_of(bytes, sizeof bytes));
		}
		decode_start(&d, (enum decode_kind)kind, &out);
		decode_add(&d, buf_view(&coded));
		decode_end(&d);
		assert_int_equal(plain.len, sizeof bytes);
		assert_memory_equal(plain.at, bytes, sizeof bytes);
		assert_int_equal(d.faults, 0);
		buf_fini(&plain);
		buf_fini(&coded);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_back) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
