/* This file tests the reader of JSON, and that whatever is cut or wrong makes it fail. */
#include "intake/json_in.h"

#include "base/checked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 1 << 20, SIZE = 400 };

/* Walks a flat object or list and tells what it saw. */
static void walk(struct json_in *j, struct arena *arena, char *out)
{
	bool is_object = json_in_peek(j) == '{';
	struct str key = { 0 };

	json_in_open(j, is_object ? '{' : '[');
	while (is_object ? json_in_member(j, &key) : json_in_element(j)) {
		char c = json_in_peek(j);
		size_t len = strlen(out);

		if (is_object) {
			snprintf(out + len, SIZE - len, "%.*s=", (int)key.len, key.at);
			len = strlen(out);
		}
		if (c == '"') {
			struct str text = json_in_text(j, arena);

			snprintf(out + len, SIZE - len, "'%.*s' ", (int)text.len, text.len ? text.at : "");
		} else if (c == 't' || c == 'f') {
			snprintf(out + len, SIZE - len, "%d ", json_in_bool(j));
		} else if (c == '-' || str_is_digit(c)) {
			snprintf(out + len, SIZE - len, "%lld ", (long long)json_in_number(j));
		} else {
			json_in_skip(j);
			snprintf(out + len, SIZE - len, "? ");
		}
	}
}

static const struct {
	const char *name, *text, *expected; /* NULL: it fails */
} rows[] = {
	{ "an object", "{\"a\":1,\"b\":\"x\"}", "a=1 b='x' " },
	{ "blanks", " { \"a\" : 1 , \"b\" : true } ", "a=1 b=1 " },
	{ "empty", "{}", "" },
	{ "a list", "[1,-2,\"x\",false]", "1 -2 'x' 0 " },
	{ "what is skipped", "{\"a\":{\"b\":[1,{\"c\":\"}\"}]},\"d\":null,\"e\":2}", "a=? d=? e=2 " },
	{ "escapes", "[\"a\\n\\\"\\u00e4\\ud83d\\ude00\\\\\"]", "'a\n\"\xC3\xA4\xF0\x9F\x98\x80\\' " },
	{ "half a pair", "[\"\\ud83d\"]", "'\xEF\xBF\xBD' " },
	{ "no comma", "{\"a\":1 \"b\":2}", NULL },
	{ "no colon", "{\"a\" 1}", NULL },
	{ "a comma at the end", "[1,]", NULL },
	{ "no end", "{\"a\":1", NULL },
	{ "text without an end", "[\"a", NULL },
	{ "text that ends in an escape", "[\"a\\\"]", NULL },
	{ "an escape of nobody", "[\"\\x\"]", NULL },
	{ "a code that is short", "[\"\\u00e\"]", NULL },
	{ "a number that is not whole", "[1.5]", NULL },
	{ "a number that is too high", "[9223372036854775808]", NULL },
	{ "a word of nobody", "[troe]", NULL },
	{ "something behind", "{} x", NULL },
	{ "nothing", "", NULL },
};

/* A front of a text is none, but for blanks at the end. */
static void judge(size_t i, size_t k, bool is_good, const char *out)
{
	size_t len = strlen(rows[i].text);
	bool is_blank = strspn(rows[i].text + k, " ") == len - k;

	if (k < len && is_good && !is_blank && strcmp(rows[i].name, "something behind") != 0)
		fail_msg("%s: %zu bytes of it are taken", rows[i].name, k);
	if (k < len)
		return;
	if (is_good != (rows[i].expected != NULL) || (is_good && strcmp(out, rows[i].expected) != 0))
		fail_msg("%s: %d %s", rows[i].name, is_good, out);
}

static void test_rows(void **state)
{
	struct arena *arena = arena_new(ARENA);

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t len = strlen(rows[i].text);

		for (size_t k = 0; k <= len; k++) {
			struct json_in j = json_in_of(str_head(str_of(rows[i].text), k));
			char out[SIZE] = "";

			walk(&j, arena, out);
			judge(i, k, json_in_done(&j), out);
		}
	}
	arena_drop(&arena);
}

static void test_depth(void **state)
{
	static char deep[200002];
	struct json_in j;

	(void)state;
	memset(deep, '[', 100000);
	memset(deep + 100000, ']', 100000);
	j = json_in_of((struct str){ deep, 200000 });
	json_in_skip(&j);
	assert_true(json_in_done(&j));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_depth) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
