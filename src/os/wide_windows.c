/* This file turns our UTF-8 into what Windows' wide calls take. */
#include "os/wide_windows.h"

#include <stdlib.h>
#include <windows.h>

enum { UNITS_MAX = 32768 };

wchar_t *wide_text(const char *text)
{
	int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
	wchar_t *out = n > 0 && n <= UNITS_MAX ? calloc((size_t)n, sizeof *out) : NULL;

	if (out && !MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, out, n)) {
		free(out);
		return NULL;
	}
	return out;
}

/* What stands before a full path, and how much of the path it replaces. Paths to devices and those that have
 * the long form already stay as they are. */
static const wchar_t *prefix_of(const wchar_t *full, size_t *skip_out)
{
	*skip_out = 0;
	if (wcsncmp(full, L"\\\\?\\", 4) == 0 || wcsncmp(full, L"\\\\.\\", 4) == 0)
		return L"";
	if (wcsncmp(full, L"\\\\", 2) != 0)
		return L"\\\\?\\";
	*skip_out = 2;
	return L"\\\\?\\UNC\\";
}

wchar_t *wide_path(const char *path)
{
	wchar_t *given = wide_text(path), *full = given ? calloc(UNITS_MAX, sizeof *full) : NULL, *out = NULL;
	DWORD len = full ? GetFullPathNameW(given, UNITS_MAX, full, NULL) : 0;

	if (len > 0 && len < UNITS_MAX) {
		size_t skip, units;
		const wchar_t *prefix = prefix_of(full, &skip);

		units = wcslen(prefix) + len - skip + 1;
		out = calloc(units, sizeof *out);
		if (out) {
			wcscpy(out, prefix);
			wcscat(out, full + skip);
		}
	}
	free(given);
	free(full);
	return out;
}
