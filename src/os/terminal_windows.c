/* This file knows the terminal on Windows: the console. */
#include "os/terminal.h"

#include "base/wipe.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

static const DWORD handles[] = { STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE };
enum { WIDTH_DEFAULT = 80, LINE_MAX_UNITS = 2048 };

/* A handler can reach nothing else. */
static volatile LONG was_stopped;

bool terminal_is(enum terminal_stream stream)
{
	DWORD mode;

	return GetConsoleMode(GetStdHandle(handles[stream]), &mode) != 0;
}

unsigned terminal_width(enum terminal_stream stream)
{
	CONSOLE_SCREEN_BUFFER_INFO info;

	if (!GetConsoleScreenBufferInfo(GetStdHandle(handles[stream]), &info))
		return WIDTH_DEFAULT;
	return (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
}

bool terminal_has_colour(enum terminal_stream stream)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	HANDLE handle = GetStdHandle(handles[stream]);
	DWORD mode;

	if (!GetConsoleMode(handle, &mode))
		return false;
	SetConsoleOutputCP(CP_UTF8);
	if ((no && *no) || (term && strcmp(term, "dumb") == 0))
		return false;
	return SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

static BOOL WINAPI on_control(DWORD kind)
{
	(void)kind;
	InterlockedExchange(&was_stopped, 1);
	return TRUE;
}

/* The console gives UTF-16; the rest of the program speaks UTF-8. */
static enum status take_line(const WCHAR *units, DWORD n, struct buf *into)
{
	char utf8[LINE_MAX_UNITS * 3];
	int len;

	while (n && (units[n - 1] == L'\n' || units[n - 1] == L'\r'))
		n--;
	if (n == 0)
		return ST_OK;
	len = WideCharToMultiByte(CP_UTF8, 0, units, (int)n, utf8, sizeof utf8, NULL, NULL);
	if (len <= 0)
		return ST_IO;
	buf_add(into, view_of(utf8, (size_t)len));
	wipe(utf8, sizeof utf8);
	return buf_failed(into) ? ST_LIMIT : ST_OK;
}

static HANDLE open_console(const WCHAR *name)
{
	return CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
			   OPEN_EXISTING, 0, NULL);
}

static enum status ask(const char *question, bool shows, struct buf *into)
{
	HANDLE in = open_console(L"CONIN$"), out = open_console(L"CONOUT$");
	WCHAR units[LINE_MAX_UNITS];
	enum status status = ST_IO;
	DWORD shown, n = 0, ignored;

	InterlockedExchange(&was_stopped, 0);
	SetConsoleCtrlHandler(on_control, TRUE);
	if (in != INVALID_HANDLE_VALUE && out != INVALID_HANDLE_VALUE && GetConsoleMode(in, &shown)) {
		SetConsoleMode(in, ((shown | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT) &
				    ~(DWORD)ENABLE_ECHO_INPUT) |
					   (shows ? ENABLE_ECHO_INPUT : 0));
		WriteConsoleA(out, question, (DWORD)strlen(question), &ignored, NULL);
		if (ReadConsoleW(in, units, LINE_MAX_UNITS, &n, NULL) && !was_stopped && n)
			status = take_line(units, n, into);
		SetConsoleMode(in, shown);
		if (!shows)
			WriteConsoleA(out, "\r\n", 2, &ignored, NULL);
	}
	if (was_stopped)
		status = ST_CANCEL;
	SetConsoleCtrlHandler(on_control, FALSE);
	wipe(units, sizeof units);
	if (in != INVALID_HANDLE_VALUE)
		CloseHandle(in);
	if (out != INVALID_HANDLE_VALUE)
		CloseHandle(out);
	return status;
}

enum status terminal_ask_secret(const char *question, struct buf *into)
{
	return ask(question, false, into);
}

enum status terminal_ask(const char *question, struct buf *into)
{
	return ask(question, true, into);
}

/* A console that was opened for the program has no other process on it. */
bool terminal_window_is_ours(void)
{
	DWORD processes[2];

	return GetConsoleProcessList(processes, 2) == 1;
}
