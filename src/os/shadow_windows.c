/* This file finds a file in the volume shadow copies of its drive.
 *
 * The copies are devices with a number, and whoever may read a file may read it
 * there too. What to tell them apart by without an administrator's rights is the
 * volume's serial number and the file's own time.
 */
#include "os/shadow.h"

#include "os/wide_windows.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* Windows keeps at most 512 of a volume. */
enum { NUMBER_MAX = 1024, NUMBER_LEN = 16 };

const char *const shadow_devices = "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy";

struct seen {
	DWORD volume;
	uint64_t written;
};

/* Only what it is, so that no lock stands in the way. */
static bool look(const char *path, struct seen *out)
{
	BY_HANDLE_FILE_INFORMATION info;
	wchar_t *wide = wide_path(path);
	HANDLE file = INVALID_HANDLE_VALUE;
	bool is;

	if (wide)
		file = CreateFileW(wide, FILE_READ_ATTRIBUTES,
				   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
				   OPEN_EXISTING, 0, NULL);
	free(wide);
	if (file == INVALID_HANDLE_VALUE)
		return false;
	is = GetFileInformationByHandle(file, &info) != 0;
	CloseHandle(file);
	if (is)
		*out = (struct seen){ info.dwVolumeSerialNumber,
				      (uint64_t)info.ftLastWriteTime.dwHighDateTime << 32 |
					      info.ftLastWriteTime.dwLowDateTime };
	return is;
}

/* The path from its drive's root on; NULL when it is on none. */
static const char *below_drive(struct arena *arena, const char *path)
{
	wchar_t *wide = wide_path(path), *from;
	const char *out = NULL;
	char *text;
	int len;

	/* \\?\C:\… */
	from = wide && wcslen(wide) > 7 && wide[5] == L':' && wide[6] == L'\\' ? wide + 7 : NULL;
	len = from ? WideCharToMultiByte(CP_UTF8, 0, from, -1, NULL, 0, NULL, NULL) : 0;
	text = len > 0 ? arena_alloc(arena, (size_t)len) : NULL;
	if (text && WideCharToMultiByte(CP_UTF8, 0, from, -1, text, len, NULL, NULL) == len)
		out = text;
	free(wide);
	return out;
}

const char *shadow_find(struct arena *arena, const char *devices, const char *path)
{
	const char *below = below_drive(arena, path);
	size_t room = below ? strlen(devices) + strlen(below) + NUMBER_LEN : 1;
	char *copy = calloc(2, room), *best = copy ? copy + room : NULL;
	struct seen own, one, newest = { 0, 0 };
	const char *out = NULL;

	if (below && copy && look(path, &own))
		for (unsigned i = 1; i <= NUMBER_MAX; i++) {
			(void)snprintf(copy, room, "%s%u\\%s", devices, i, below);
			if (!look(copy, &one) || one.volume != own.volume ||
			    (*best && one.written < newest.written))
				continue;
			memcpy(best, copy, room);
			newest = one;
		}
	if (best && *best)
		out = arena_strdup(arena, best);
	free(copy);
	return out;
}
