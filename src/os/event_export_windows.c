/* This file has Windows write a part of one of its event logs into a file of ours: EvtExportLog.
 *
 * The library is loaded when it is asked for, as few runs do.
 */
#include "os/event_export.h"

#include "os/file.h"
#include "os/random.h"
#include "os/wide_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
/* It wants the types of the one before. */
#include <winevt.h>

enum { LETTERS = 12, PATH_LEN = MAX_PATH * 4 };

typedef WINBOOL WINAPI export_fn(EVT_HANDLE session, LPCWSTR channel, LPCWSTR query, LPCWSTR target,
				 DWORD flags);

/* A name in the folder for such files that nothing has yet, in both forms. */
static bool name_target(wchar_t wide[PATH_LEN], char text[PATH_LEN])
{
	char letters[LETTERS + 1];
	wchar_t folder[MAX_PATH + 1];
	DWORD len = GetTempPathW(MAX_PATH + 1, folder);

	if (len == 0 || len > MAX_PATH || random_letters(letters, LETTERS) != ST_OK ||
	    _snwprintf(wide, PATH_LEN, L"%lspostmend-%hs.evtx", folder, letters) < 0)
		return false;
	return WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, PATH_LEN, NULL, NULL) > 0;
}

static bool export_to(const wchar_t *target, const char *channel, const char *query)
{
	HMODULE library = LoadLibraryExW(L"wevtapi.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
	wchar_t *wide_channel = wide_text(channel), *wide_query = wide_text(query);
	export_fn *export = library ? (export_fn *)(void *)GetProcAddress(library, "EvtExportLog") : NULL;
	bool done = export && wide_channel && wide_query &&
		    export(NULL, wide_channel, wide_query, target, EvtExportLogChannelPath);

	free(wide_channel);
	free(wide_query);
	if (library)
		FreeLibrary(library);
	return done;
}

bool event_export(const char *channel, const char *query, struct buf *into)
{
	wchar_t target[PATH_LEN];
	char path[PATH_LEN];
	const char *why;
	bool done;

	if (!name_target(target, path))
		return false;
	done = export_to(target, channel, query) && file_read(path, into, &why) == ST_OK;
	DeleteFileW(target);
	return done;
}
