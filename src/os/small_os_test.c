/* This file tests the small doors to the system: files, random bytes, environment, processes, clocks. */
#include "base/checked.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/event_export.h"
#include "os/file.h"
#include "os/loop.h"
#include "os/process.h"
#include "os/random.h"
#include "os/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

static char folder[1200];

static const char *in_folder(struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name);
}

static void files_are_whole_and_private(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	const char *path = in_folder(arena, "deep/er/file"), *above = in_folder(arena, "deep/er"), *why = "";
	struct buf content;
	uv_fs_t request;

	(void)state;
	assert_int_equal(file_write(path, view_of("a", 1), true, &why), ST_IO);
	assert_int_equal(file_make_directories(above, &why), ST_OK);
	assert_int_equal(file_make_directories(above, &why), ST_OK);
	assert_int_equal(file_write(path, view_of("first", 5), false, &why), ST_OK);
	assert_int_equal(file_write(path, view_of("other", 5), false, &why), ST_USAGE);
	assert_int_equal(file_write(path, view_of("second", 6), true, &why), ST_OK);
	buf_init(&content, 6);
	assert_int_equal(file_read(path, &content, &why), ST_OK);
	assert_true(str_is(buf_str(&content), "second"));
	buf_fini(&content);
	buf_init(&content, 5);
	assert_int_equal(file_read(path, &content, &why), ST_LIMIT);
	assert_int_equal(file_read(in_folder(arena, "none"), &content, &why), ST_IO);
	buf_fini(&content);
	assert_int_equal(uv_fs_stat(NULL, &request, path, NULL), 0);
	assert_int_equal(request.statbuf.st_mode & 077, strchr(folder, '\\') ? 066 : 0);
	uv_fs_req_cleanup(&request);
	/* Nothing is left beside it. */
	assert_int_equal(uv_fs_scandir(NULL, &request, above, 0, NULL), 1);
	uv_fs_req_cleanup(&request);
	assert_int_equal(remove(path), 0);
	arena_drop(&arena);
}

struct crowd {
	const char *path;
	enum status worst;
};

/* Writes a file whole and reads it, again and again; anything but ST_OK is kept. */
static void write_and_read(void *context)
{
	struct crowd *crowd = context;

	for (int i = 0; i < 25 && crowd->worst == ST_OK; i++) {
		const char *why;
		struct buf content;

		buf_init(&content, 100);
		crowd->worst = file_write(crowd->path, view_of("all or nothing", 14), true, &why);
		if (crowd->worst == ST_OK)
			crowd->worst = file_read(crowd->path, &content, &why);
		if (crowd->worst == ST_OK && !str_is(buf_str(&content), "all or nothing"))
			crowd->worst = ST_BUG;
		buf_fini(&content);
	}
}

static void many_write_one_file(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	const char *path = in_folder(arena, "one");
	struct crowd crowd[4];
	uv_thread_t threads[COUNT_OF(crowd)];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(crowd); i++) {
		crowd[i] = (struct crowd){ path, ST_OK };
		assert_int_equal(uv_thread_create(&threads[i], write_and_read, &crowd[i]), 0);
	}
	for (size_t i = 0; i < COUNT_OF(crowd); i++)
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	for (size_t i = 0; i < COUNT_OF(crowd); i++)
		assert_int_equal(crowd[i].worst, ST_OK);
	assert_int_equal(remove(path), 0);
	arena_drop(&arena);
}

static void logs_grow(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	const char *path = in_folder(arena, "log"), *why = "";
	struct file *log;
	struct buf content;

	(void)state;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(file_open_log(path, &log, &why), ST_OK);
		file_append(log, view_of("one,", 4));
		file_append(log, view_of("two", 3));
		assert_int_equal(file_close(&log), ST_OK);
	}
	buf_init(&content, 100);
	assert_int_equal(file_read(path, &content, &why), ST_OK);
	assert_true(str_is(buf_str(&content), "one,two"));
	buf_fini(&content);
	assert_int_equal(remove(path), 0);
	assert_int_equal(file_open_log(in_folder(arena, "no/log"), &log, &why), ST_IO);
	assert_int_equal(file_close(&log), ST_OK);
	arena_drop(&arena);
}

static void random_is_not_the_same_twice(void **state)
{
	char one[25], other[25];

	(void)state;
	assert_int_equal(random_letters(one, 24), ST_OK);
	assert_int_equal(random_letters(other, 24), ST_OK);
	assert_string_not_equal(one, other);
	assert_int_equal(strspn(one, "abcdefghijklmnopqrstuvwxyz"), 24);
}

static void the_environment_is_read_and_forgotten(void **state)
{
	struct arena *arena = arena_new(1 << 18);

	(void)state;
	assert_int_equal(uv_os_setenv("POSTMEND_TEST", "value"), 0);
	assert_string_equal(env_get(arena, "POSTMEND_TEST"), "value");
	env_unset("POSTMEND_TEST");
	assert_null(env_get(arena, "POSTMEND_TEST"));
	assert_int_equal(uv_os_setenv("XDG_CACHE_HOME", "/cache"), 0);
	assert_int_equal(uv_os_setenv("XDG_STATE_HOME", "relative"), 0);
	assert_int_equal(uv_os_setenv("HOME", "/home/user"), 0);
	assert_int_equal(uv_os_setenv("LOCALAPPDATA", "C:\\Local"), 0);
	if (strcmp(env_cache_directory(arena), "C:\\Local\\postmend\\cache") != 0) {
		assert_string_equal(env_cache_directory(arena), "/cache/postmend");
		assert_string_equal(env_state_directory(arena), "/home/user/.local/state/postmend");
	}
	arena_drop(&arena);
}

static void processes_give_their_output(void **state)
{
	static const char *const missing[] = { "postmend-no-such-program", NULL };
	const char *why = "";
	struct buf output;

	(void)state;
	buf_init(&output, 64);
	assert_int_equal(process_capture_line("echo hunter2", &output, &why), ST_OK);
	assert_true(str_is(str_trim(buf_str(&output)), "hunter2"));
	assert_int_equal(process_capture_line("exit 3", &output, &why), ST_IO);
	assert_int_equal(process_capture(missing, &output, &why), ST_IO);
	buf_fini(&output);
	buf_init(&output, 4);
	assert_int_equal(process_capture_line("echo too much to take", &output, &why), ST_LIMIT);
	buf_fini(&output);
}

struct ringing {
	struct loop *loop;
	struct loop_timer *timer;
	moment due;
	int n;
};

static void on_ring(void *context)
{
	struct ringing *ringing = context;

	assert_true(loop_now(ringing->loop) >= ringing->due);
	if (++ringing->n == 3) {
		loop_stop(ringing->loop);
		return;
	}
	ringing->due = loop_now(ringing->loop) + MOMENT_MS(3);
	loop_timer_set(ringing->timer, ringing->due);
}

static void timers_are_never_early(void **state)
{
	struct ringing ringing = { .loop = loop_new() };

	(void)state;
	assert_true(clock_wall() > 1700000000);
	ringing.timer = loop_timer_new(ringing.loop, on_ring, &ringing);
	ringing.due = loop_now(ringing.loop) + 500;
	loop_timer_set(ringing.timer, MOMENT_NEVER);
	loop_timer_set(ringing.timer, ringing.due);
	loop_run(ringing.loop);
	assert_int_equal(ringing.n, 3);
	loop_timer_drop(&ringing.timer);
	loop_drop(&ringing.loop);
	assert_null(ringing.loop);
}

static void addresses_are_recognised(void **state)
{
	static const struct {
		const char *text;
		int family;
	} rows[] = {
		{ "192.0.2.1", 4 }, { "2001:db8::1", 6 },      { "::ffff:192.0.2.1", 6 },
		{ "192.0.2", 0 },   { "mail.example.org", 0 }, { "[::1]", 0 },
		{ "", 0 },          { "192.0.2.256", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int family = 0;

		assert_int_equal(tcp_is_address(rows[i].text, &family), rows[i].family != 0);
		assert_int_equal(family, rows[i].family);
	}
}

static int set_up(void **state)
{
	size_t len = 1024;
	const char *why;

	(void)state;
	assert_null(process_prepare());
	if (uv_os_tmpdir(folder, &len) != 0 || random_letters(folder + len + 1, 12) != ST_OK)
		return -1;
	folder[len] = '/';
	return file_make_directories(folder, &why) == ST_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	struct arena *arena = arena_new(1 << 16);
	uv_fs_t request;

	(void)state;
	uv_fs_rmdir(NULL, &request, in_folder(arena, "deep/er"), NULL);
	uv_fs_rmdir(NULL, &request, in_folder(arena, "deep"), NULL);
	uv_fs_rmdir(NULL, &request, folder, NULL);
	arena_drop(&arena);
	return file_exists(folder) ? -1 : 0;
}

/* Whatever the system has, what comes is an event log or nothing. */
static void an_event_log_or_nothing(void **state)
{
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 16 << 20);
	if (event_export("Application", "*[System[EventID=45]]", &bytes))
		assert_true(str_starts(buf_str(&bytes), STR("ElfFile")));
	else
		assert_int_equal(bytes.len, 0);
	buf_fini(&bytes);
	buf_init(&bytes, 16 << 20);
	assert_false(event_export("no such log", "*", &bytes));
	assert_int_equal(bytes.len, 0);
	buf_fini(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_log_or_nothing),
		cmocka_unit_test(files_are_whole_and_private),
		cmocka_unit_test(many_write_one_file),
		cmocka_unit_test(logs_grow),
		cmocka_unit_test(random_is_not_the_same_twice),
		cmocka_unit_test(the_environment_is_read_and_forgotten),
		cmocka_unit_test(processes_give_their_output),
		cmocka_unit_test(timers_are_never_early),
		cmocka_unit_test(addresses_are_recognised),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
