/* This file sets the process up on Windows. */
#include "os/process.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include <shellapi.h>

/* Windows 10 1809: colours on the console, paths of any length, files that can be deleted while open. */
enum { OLDEST_MAJOR = 10, OLDEST_BUILD = 17763, SOCKETS_ENOUGH = 4096 };

typedef LONG WINAPI version_fn(OSVERSIONINFOW *version);

static UINT code_page_before;

bool process_may_read_rules(void)
{
	return false;
}

/* The version that the other call tells is the one the manifest asks for. */
static bool is_too_old(void)
{
	HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
	version_fn *tell_version =
		ntdll ? (version_fn *)(void *)GetProcAddress(ntdll, "RtlGetVersion") : NULL;
	OSVERSIONINFOW version = { .dwOSVersionInfoSize = sizeof version };

	return !tell_version || tell_version(&version) != 0 || version.dwMajorVersion < OLDEST_MAJOR ||
	       (version.dwMajorVersion == OLDEST_MAJOR && version.dwBuildNumber < OLDEST_BUILD);
}

/* The console is the user's, who goes on with it after us. */
static void put_code_page_back(void)
{
	SetConsoleOutputCP(code_page_before);
}

static void speak_utf8(void)
{
	code_page_before = GetConsoleOutputCP();
	if (code_page_before && code_page_before != CP_UTF8 && SetConsoleOutputCP(CP_UTF8))
		(void)atexit(put_code_page_back);
}

const char *process_prepare(void)
{
	static const int streams[] = { 0, 1, 2 };

	if (is_too_old())
		return "this Windows is too old: Windows 10 version 1809 or a later one is expected";
	/* No box asking to send a dump away. */
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
	for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
		(void)_setmode(streams[i], _O_BINARY);
	speak_utf8();
	return NULL;
}

static char *utf8_of(const WCHAR *word)
{
	int len = WideCharToMultiByte(CP_UTF8, 0, word, -1, NULL, 0, NULL, NULL);
	char *text = len > 0 ? malloc((size_t)len) : NULL;

	if (text)
		WideCharToMultiByte(CP_UTF8, 0, word, -1, text, len, NULL, NULL);
	return text;
}

/* What main() is given has lost the letters that the user's code page does not have. */
const char *const *process_arguments(int argc, char **argv, size_t *n_out)
{
	const char **words;
	WCHAR **wide;
	int n = 0;

	(void)argc;
	(void)argv;
	*n_out = 0;
	wide = CommandLineToArgvW(GetCommandLineW(), &n);
	words = wide && n > 1 ? calloc((size_t)n - 1, sizeof *words) : NULL;
	for (int i = 1; words && i < n; i++) {
		words[i - 1] = utf8_of(wide[i]);
		if (!words[i - 1])
			n = 0;
	}
	if (words && n > 1)
		*n_out = (size_t)n - 1;
	LocalFree(wide);
	return *n_out ? words : NULL;
}

void process_ignore_broken_pipes(void)
{
	/* This system has no such signal. */
}

unsigned process_descriptor_limit(void)
{
	return SOCKETS_ENOUGH;
}
