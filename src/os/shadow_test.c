/* This file tests that the newest of several copies of a volume is found. */
#include "os/file.h"
#include "os/random.h"
#include "os/shadow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

static char folder[1200];

/* Where a copy of this number has the file: the path behind the drive again, below the copy's folder. */
static const char *place_of(struct arena *arena, unsigned number, const char *path)
{
	return arena_printf(arena, "%s\\copy%u\\%s", folder, number, path + strlen("C:\\"));
}

static void put(struct arena *arena, const char *path, double written)
{
	char *above = arena_strdup(arena, path);
	const char *why = "";
	uv_fs_t request;

	*strrchr(above, '\\') = '\0';
	assert_int_equal(file_make_directories(above, &why), ST_OK);
	assert_int_equal(file_write(path, view_of("x", 1), true, &why), ST_OK);
	assert_int_equal(uv_fs_utime(NULL, &request, path, written, written, NULL), 0);
	uv_fs_req_cleanup(&request);
}

/* A file and all folders above it, up to the test's own. */
static void take_away(struct arena *arena, const char *path)
{
	char *above = arena_strdup(arena, path);
	uv_fs_t request;

	assert_int_equal(uv_fs_unlink(NULL, &request, path, NULL), 0);
	uv_fs_req_cleanup(&request);
	while (strlen(above) > strlen(folder)) {
		*strrchr(above, '\\') = '\0';
		uv_fs_rmdir(NULL, &request, above, NULL);
		uv_fs_req_cleanup(&request);
	}
}

static void the_newest_copy_is_found(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	const char *path, *devices;
	size_t len = 1024;

	(void)state;
	assert_int_equal(uv_os_tmpdir(folder, &len), 0);
	if (folder[1] != ':') {
		assert_null(shadow_find(arena, shadow_devices, "/etc/passwd"));
		arena_drop(&arena);
		return;
	}
	folder[len] = '\\';
	assert_int_equal(random_letters(folder + len + 1, 12), ST_OK);
	path = arena_printf(arena, "%s\\\u90ae\u4ef6.pst", folder);
	devices = arena_printf(arena, "%s\\copy", folder);
	put(arena, path, 1790000000);
	assert_null(shadow_find(arena, devices, path));
	put(arena, place_of(arena, 3, path), 1780000000);
	put(arena, place_of(arena, 7, path), 1785000000);
	put(arena, place_of(arena, 9, path), 1770000000);
	assert_string_equal(shadow_find(arena, devices, path), place_of(arena, 7, path));
	assert_null(shadow_find(arena, devices, arena_printf(arena, "%s\\none.pst", folder)));
	assert_null(shadow_find(arena, devices, "\\\\server\\share\\store.pst"));
	take_away(arena, place_of(arena, 3, path));
	take_away(arena, place_of(arena, 7, path));
	take_away(arena, place_of(arena, 9, path));
	take_away(arena, path);
	arena_drop(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_newest_copy_is_found) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
