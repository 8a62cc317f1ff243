/* This file tells whether a mail program runs, as Windows shows it. */
#include "os/running.h"
#include "os/wide_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
/* It wants the types of the one before. */
#include <tlhelp32.h>

enum { PATH_ROOM = 4096 };

/* It keeps the file open and lets nobody else. */
bool running_thunderbird(const char *profile_folder)
{
	char path[PATH_ROOM];
	wchar_t *wide;
	HANDLE file;
	bool is;

	if (snprintf(path, sizeof path, "%s\\parent.lock", profile_folder) >= (int)sizeof path)
		return false;
	wide = wide_path(path);
	if (!wide)
		return false;
	file = CreateFileW(wide, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	is = file == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION;
	if (file != INVALID_HANDLE_VALUE)
		CloseHandle(file);
	free(wide);
	return is;
}

bool running_outlook(void)
{
	PROCESSENTRY32W entry = { .dwSize = sizeof entry };
	HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	bool is = false;

	if (all == INVALID_HANDLE_VALUE)
		return false;
	for (BOOL more = Process32FirstW(all, &entry); more && !is; more = Process32NextW(all, &entry))
		is = _wcsicmp(entry.szExeFile, L"OUTLOOK.EXE") == 0;
	CloseHandle(all);
	return is;
}
