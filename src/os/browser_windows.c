/* This file shows a page in the browser that Windows has for pages. */
#include "os/browser.h"

#include "base/str.h"
#include "os/wide_windows.h"

#include <stdint.h>
#include <stdlib.h>
#include <windows.h>

#include <shellapi.h>

/* What ShellExecute returns when all went well is more than this. */
enum { PATH_UNITS = 32768, OPENED = 32 };

/* A file of another name would be opened by, or be, another program. */
static bool is_page(const char *path)
{
	return str_ends_nocase(str_of(path), STR(".html")) || str_ends_nocase(str_of(path), STR(".htm"));
}

bool browser_open(const char *path)
{
	wchar_t *given = is_page(path) ? wide_text(path) : NULL,
		*full = given ? calloc(PATH_UNITS, sizeof *full) : NULL;
	DWORD len = full ? GetFullPathNameW(given, PATH_UNITS, full, NULL) : 0;
	bool is_open = false;

	/* The shell takes no path of the long form. */
	if (len > 0 && len < PATH_UNITS)
		is_open = (intptr_t)ShellExecuteW(NULL, L"open", full, NULL, NULL, SW_SHOWNORMAL) > OPENED;
	free(given);
	free(full);
	return is_open;
}
