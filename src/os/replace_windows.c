/* This file puts a file in the place of another as Windows does it. */
#include "os/replace_system.h"
#include "os/wide_windows.h"

#include <stdlib.h>
#include <windows.h>

/* Keeps who may read it, and its other streams. */
int replace_take_place(const char *path, const char *beside, const uv_stat_t *old)
{
	wchar_t *to = wide_path(path), *from = wide_path(beside);
	int error = UV_ENOMEM;

	(void)old;
	if (to && from)
		error = ReplaceFileW(to, from, NULL, REPLACEFILE_IGNORE_MERGE_ERRORS, NULL, NULL)
				? 0
				: uv_translate_sys_error((int)GetLastError());
	free(to);
	free(from);
	return error;
}
