/* This file tests that a store being written appears whole or not at all. */
#include "os/file.h"
#include "os/new_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>
#ifndef _WIN32
#include <signal.h>
#include <sys/resource.h>
#endif

enum { PART = 3 << 20, PARTS = 7, HOLE = 1 << 20 };

static char folder[1200], path[1300];

static unsigned files(void)
{
	uv_fs_t request;
	int n = uv_fs_scandir(NULL, &request, folder, 0, NULL);

	uv_fs_req_cleanup(&request);
	assert_true(n >= 0);
	return (unsigned)n;
}

static void write_parts(const struct store_sink *sink)
{
	uint8_t *bytes = malloc(PART);

	assert_non_null(bytes);
	for (unsigned i = 0; i < PARTS; i++) {
		memset(bytes, (int)('a' + i), PART);
		assert_int_equal(sink->write(sink, HOLE + (uint64_t)i * PART, view_of(bytes, PART)), ST_OK);
	}
	memset(bytes, 'h', PART);
	assert_int_equal(sink->write(sink, 0, view_of(bytes, 10)), ST_OK);
	free(bytes);
}

/* The same bytes in the sink's own memory, with others in between. */
static void fill_rooms(const struct store_sink *sink)
{
	uint8_t first[10];

	for (unsigned i = 0; i < PARTS; i++) {
		uint8_t *room = sink->room(sink, PART);

		assert_non_null(room);
		memset(room, (int)('a' + i), PART);
		assert_int_equal(sink->write(sink, HOLE + (uint64_t)i * PART, view_of(room, PART)), ST_OK);
		if (i != PARTS / 2)
			continue;
		memset(first, 'h', sizeof first);
		assert_int_equal(sink->write(sink, 0, view_of(first, sizeof first)), ST_OK);
	}
	assert_null(sink->room(sink, (size_t)1 << 30));
}

static void expect_parts(void)
{
	struct buf all;
	const char *why;

	buf_init(&all, HOLE + PARTS * PART);
	assert_int_equal(file_read(path, &all, &why), ST_OK);
	assert_int_equal(all.len, HOLE + PARTS * PART);
	assert_int_equal(all.at[9], 'h');
	assert_int_equal(all.at[10], 0);
	for (unsigned i = 0; i < PARTS; i++) {
		assert_int_equal(all.at[HOLE + i * PART], 'a' + i);
		assert_int_equal(all.at[HOLE + (i + 1) * PART - 1], 'a' + i);
	}
	buf_fini(&all);
}

static void appears_when_it_is_whole(void **state)
{
	struct new_store *file;
	const char *why = "";

	(void)state;
	assert_int_equal(new_store_create(path, 1, &file, &why), ST_OK);
	write_parts(new_store_sink(file));
	assert_false(file_exists(path));
	assert_null(new_store_why(file));
	assert_int_equal(new_store_commit(&file, &why), ST_OK);
	assert_null(file);
	expect_parts();
	assert_int_equal(files(), 1);
	assert_int_equal(new_store_create(path, 1, &file, &why), ST_USAGE);
	assert_int_equal(remove(path), 0);
}

static void takes_what_lies_in_its_own_memory(void **state)
{
	struct new_store *file;
	const char *why = "";

	(void)state;
	assert_int_equal(new_store_create(path, 1, &file, &why), ST_OK);
	fill_rooms(new_store_sink(file));
	assert_int_equal(new_store_commit(&file, &why), ST_OK);
	expect_parts();
	assert_int_equal(remove(path), 0);
}

static void leaves_nothing(void **state)
{
	struct new_store *file;
	const char *why = "";

	(void)state;
	assert_int_equal(new_store_create(path, 0, &file, &why), ST_OK);
	write_parts(new_store_sink(file));
	new_store_discard(&file);
	new_store_discard(&file);
	assert_int_equal(files(), 0);
	assert_int_equal(new_store_create(path, UINT64_MAX / 2, &file, &why), ST_LIMIT);
	assert_int_equal(files(), 0);
}

static void spares_what_came_in_between(void **state)
{
	struct new_store *file;
	struct buf other;
	const char *why = "";

	(void)state;
	assert_int_equal(new_store_create(path, 1, &file, &why), ST_OK);
	write_parts(new_store_sink(file));
	assert_int_equal(file_write(path, view_of("mine", 4), false, &why), ST_OK);
	assert_int_equal(new_store_commit(&file, &why), ST_USAGE);
	buf_init(&other, 4);
	assert_int_equal(file_read(path, &other, &why), ST_OK);
	assert_memory_equal(other.at, "mine", 4);
	buf_fini(&other);
	assert_int_equal(files(), 1);
	assert_int_equal(remove(path), 0);
}

static void says_where_it_cannot(void **state)
{
	struct new_store *file;
	const char *why = NULL;
	char deep[1400];

	(void)state;
	snprintf(deep, sizeof deep, "%s/none/x.pst", folder);
	assert_int_equal(new_store_create(deep, 0, &file, &why), ST_IO);
	assert_non_null(why);
	assert_null(file);
}

#ifndef _WIN32
/* A file that may not grow fails as one on a full disk does. */
static void tells_of_a_failed_write(void **state)
{
	struct rlimit before, little = { 1 << 20, RLIM_INFINITY };
	uint8_t *bytes = calloc(PART, 1);
	struct new_store *file;
	const char *why = NULL;
	enum status st = ST_OK;

	(void)state;
	assert_int_equal(sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	assert_int_equal(new_store_create(path, 0, &file, &why), ST_OK);
	for (unsigned i = 0; i < 64 && st == ST_OK; i++)
		st = new_store_sink(file)->write(new_store_sink(file), (uint64_t)i * PART,
						 view_of(bytes, PART));
	assert_int_equal(st, ST_IO);
	assert_non_null(new_store_why(file));
	assert_int_equal(new_store_commit(&file, &why), ST_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(files(), 0);
	free(bytes);
}
#endif

static int make_folder(void **state)
{
	char temporary[1024];
	size_t len = sizeof temporary;
	uv_fs_t request;
	int error;

	(void)state;
	if (uv_os_tmpdir(temporary, &len) != 0)
		return -1;
	snprintf(folder, sizeof folder, "%s/postmend-new-store-XXXXXX", temporary);
	error = uv_fs_mkdtemp(NULL, &request, folder, NULL);
	snprintf(folder, sizeof folder, "%s", error ? "" : request.path);
	snprintf(path, sizeof path, "%s/new.pst", folder);
	uv_fs_req_cleanup(&request);
	return error;
}

static int remove_folder(void **state)
{
	uv_fs_t request;

	(void)state;
	(void)uv_fs_rmdir(NULL, &request, folder, NULL);
	uv_fs_req_cleanup(&request);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appears_when_it_is_whole),
		cmocka_unit_test(takes_what_lies_in_its_own_memory),
		cmocka_unit_test(leaves_nothing),
		cmocka_unit_test(spares_what_came_in_between),
		cmocka_unit_test(says_where_it_cannot),
#ifndef _WIN32
		cmocka_unit_test(tells_of_a_failed_write),
#endif
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
