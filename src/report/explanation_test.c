/* This file tests how explanations look, and that a quoted line stays a quotation. */
#include "report/explanation.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct explanation known = {
	.matches = { { .what = "0x800CCC0F",
		       .title = "0x800CCC0F IXP_E_CONNECTION_DROPPED",
		       .meaning = "Connection closed by the other side",
		       .causes = { .at = { "a scanner", "a server limit" }, .n = 2 },
		       .what_to_do = { .at = { "Switch the scanner's mail scanning off." }, .n = 1 },
		       .count = 1 },
		     { .what = "535 \x1b[31mno\xFF <b>\xE2\x80\xAE anna@example.org",
		       .trust = TRUST_PEER,
		       .title = "The server refuses the login",
		       .id = "auth-login-refused",
		       .count = 3 } },
	.n_matches = 2,
};

static const char wanted[] = "0x800CCC0F IXP_E_CONNECTION_DROPPED\n"
			     "  Connection closed by the other side\n"
			     "  Causes, the likeliest first\n"
			     "   - a scanner\n"
			     "   - a server limit\n"
			     "  What to do\n"
			     "   - Switch the scanner's mail scanning off.\n"
			     "\n"
			     "535 \\x1b[31mno\\xff <b>\\xe2\\x80\\xae anna@example.org\n"
			     "The server refuses the login  [auth-login-refused]  (3 times)\n";

static void expect(const struct buf *out, const char *text, bool is_whole)
{
	if (is_whole ? !str_is(buf_str(out), text) : str_find(buf_str(out), str_of(text)) == SIZE_MAX)
		fail_msg("\"%.*s\" is or has not \"%s\"", (int)out->len, (const char *)out->at, text);
}

static void test_text(void **state)
{
	struct explanation_report report = { .version = "0.1.0",
					     .what = "0x800CCC0F",
					     .explanation = &known };
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	explanation_text(&report, &(struct report_style){ 0 }, &out);
	expect(&out, wanted, true);
	buf_clear(&out);
	explanation_text(&report, &(struct report_style){ .redact = true }, &out);
	expect(&out, "user-1@example.org", false);
	buf_fini(&out);
}

static void test_json(void **state)
{
	struct explanation_report report = { .version = "0.1.0",
					     .what = "0x800CCC0F",
					     .explanation = &known };
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	explanation_json(&report, &(struct report_style){ 0 }, &out);
	expect(&out, "{\n \"schema\": \"postmend/1\",\n \"command\": \"explain\",", false);
	expect(&out, "\"verdict\": \"healthy\"", false);
	expect(&out, "\"what\": \"535 \\u001b[31mno\\ufffd <b>\\u202e anna@example.org\"", false);
	expect(&out, "\"meaning\": \"The server refuses the login\"", false);
	buf_fini(&out);
}

static void test_unknown(void **state)
{
	static const struct explanation none = { .n_matches = 0 };
	struct explanation_report report = { .version = "0.1.0",
					     .what = "\x1b]0;x\x07",
					     .explanation = &none };
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	explanation_text(&report, &(struct report_style){ 0 }, &out);
	expect(&out, "Nothing is known of \"\\x1b]0;x\\x07\".", false);
	buf_clear(&out);
	explanation_json(&report, &(struct report_style){ 0 }, &out);
	expect(&out, "\"verdict\": \"undecided\"", false);
	expect(&out, "\"matches\": []", false);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
