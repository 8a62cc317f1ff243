/* This file gives long paths the form in which Windows takes them: \\?\C:\… */
#include "os/long_path.h"

#include "os/wide_windows.h"

#include <stdlib.h>
#include <windows.h>

/* Of a directory the system wants room for a short name in it. */
enum { SHORT_PATH_MAX = MAX_PATH - 13 };

const char *long_path(const char *path, char **owned_out)
{
	wchar_t *wide = wide_path(path);
	char *text = NULL;
	int n;

	*owned_out = NULL;
	/* What cannot be converted is for libuv to refuse. */
	if (!wide || wcslen(wide) < SHORT_PATH_MAX) {
		free(wide);
		return path;
	}
	n = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
	text = n > 0 ? malloc((size_t)n) : NULL;
	if (text)
		(void)WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, n, NULL, NULL);
	free(wide);
	*owned_out = text;
	return text;
}
