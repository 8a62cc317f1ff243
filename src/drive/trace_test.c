/* This file tests that a trace shows every byte but the secrets. */
#include "drive/trace.h"

#include "base/buf.h"
#include "os/file.h"
#include "os/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

static void secrets_are_stars_and_bytes_are_escaped(void **state)
{
	static const char expected[] =
		"{\"ms\":1.500,\"peer\":\"imap:\\\"h\\\"\",\"what\":\"send\",\"text\":\"***\"}\n"
		"{\"ms\":2.000,\"peer\":\"h\",\"what\":\"receive\",\"text\":\"no "
		"***!***\\r\\n\\u0000\\u00ff\\\\\"}\n";
	char path[1200];
	size_t len = 1024;
	struct secret secret, none = { 0 };
	struct trace *trace;
	struct buf content;
	const char *why;

	(void)state;
	assert_int_equal(uv_os_tmpdir(path, &len), 0);
	path[len] = '/';
	assert_int_equal(random_letters(path + len + 1, 12), ST_OK);
	assert_int_equal(secret_init(&secret, view_of("hunter2", 7)), ST_OK);
	assert_int_equal(trace_open(path, &trace, &why), ST_OK);
	trace_hide(trace, &secret);
	trace_hide(trace, &none);
	trace_hide(trace, NULL);
	trace_event(trace, 1500, "imap:\"h\"", "send", "***");
	trace_bytes(trace, 2000, "h", "receive", view_of("no hunter2!hunter2\r\n\0\xff\\", 23));
	trace_close(&trace);
	assert_null(trace);
	buf_init(&content, 4096);
	assert_int_equal(file_read(path, &content, &why), ST_OK);
	assert_true(str_is(buf_str(&content), expected));
	buf_fini(&content);
	secret_fini(&secret);
	assert_int_equal(remove(path), 0);
	/* Without a trace nothing happens. */
	trace_hide(NULL, &secret);
	trace_event(NULL, 0, "", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(secrets_are_stars_and_bytes_are_escaped) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
