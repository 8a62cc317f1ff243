/* This file is a stand-in for Outlook that tests start under Wine:
 *
 *	stand-in outlook LOG BAD SILENT DIES   one start: 1 when the add-in BAD loads, 125 when SILENT does,
 *else 0 stand-in hold FILE FLAG                keeps FILE to itself until its input ends; FLAG is made when
 *it does
 *	stand-in open FLAG WORD                writes WORD into FLAG
 *
 * A start adds a line to LOG, the add-ins that load. In the start that DIES counts it ends who had it
 *started.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
/* These want the types of the one before. */
#include <shellapi.h>
#include <tlhelp32.h>

enum { LOADS = 3, UNKNOWN_START = 125, NAME_MAX_UNITS = 256, WORDS_OUTLOOK = 6, WORDS_HOLD = 4 };

static const char addins[] = "Software\\Microsoft\\Office\\Outlook\\Addins";

/* The name of the next add-in, and whether it loads; false when there is none. */
static bool next_addin(HKEY top, DWORD i, char *name, bool *loads_out)
{
	DWORD number = 0, len = sizeof number, units = NAME_MAX_UNITS;

	if (RegEnumKeyExA(top, i, name, &units, NULL, NULL, NULL, NULL) != ERROR_SUCCESS)
		return false;
	*loads_out = RegGetValueA(top, name, "LoadBehavior", RRF_RT_REG_DWORD, NULL, &number, &len) ==
			     ERROR_SUCCESS &&
		     (number & LOADS) == LOADS;
	return true;
}

static unsigned count_lines(const char *path)
{
	FILE *file = fopen(path, "rb");
	unsigned n = 0;

	for (int c = file ? getc(file) : EOF; c != EOF; c = getc(file))
		n += c == '\n';
	if (file)
		fclose(file);
	return n;
}

/* The process of this number as the system lists it. */
static PROCESSENTRY32 entry_of(DWORD id)
{
	PROCESSENTRY32 entry = { .dwSize = sizeof entry };
	HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	BOOL more = Process32First(all, &entry);

	while (more && entry.th32ProcessID != id)
		more = Process32Next(all, &entry);
	CloseHandle(all);
	return entry;
}

/* Between it and us is the shell that it has lines run by. */
static void end_who_started_us(void)
{
	DWORD shell = entry_of(GetCurrentProcessId()).th32ParentProcessID;
	HANDLE above = OpenProcess(PROCESS_TERMINATE, FALSE, entry_of(shell).th32ParentProcessID);

	TerminateProcess(above, 77);
	CloseHandle(above);
}

static int start_outlook(char **words)
{
	char name[NAME_MAX_UNITS];
	bool is_bad = false, is_silent = false, loads;
	FILE *log = fopen(words[2], "ab");
	HKEY top;

	if (!log || RegOpenKeyExA(HKEY_CURRENT_USER, addins, 0, KEY_READ, &top) != ERROR_SUCCESS)
		return UNKNOWN_START;
	for (DWORD i = 0; next_addin(top, i, name, &loads); i++) {
		is_bad = is_bad || (loads && strcmp(name, words[3]) == 0);
		is_silent = is_silent || (loads && strcmp(name, words[4]) == 0);
		if (loads)
			fprintf(log, "%s ", name);
	}
	fprintf(log, "\n");
	fclose(log);
	RegCloseKey(top);
	if (strtoul(words[5], NULL, 10) == count_lines(words[2]))
		end_who_started_us();
	return is_silent ? UNKNOWN_START : is_bad;
}

/* Its words as they are: the others have lost the letters that the code page does not have. */
static int hold(void)
{
	int n = 0;
	wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &n);
	HANDLE file, flag = INVALID_HANDLE_VALUE;

	if (!words || n != WORDS_HOLD)
		return 2;
	file = CreateFileW(words[2], GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	if (file != INVALID_HANDLE_VALUE)
		flag = CreateFileW(words[3], GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_NEW, 0, NULL);
	if (flag == INVALID_HANDLE_VALUE)
		return 1;
	CloseHandle(flag);
	while (getchar() != EOF)
		continue;
	CloseHandle(file);
	return 0;
}

static int show(char **words)
{
	FILE *flag = fopen(words[2], "wb");

	if (!flag)
		return 1;
	fputs(words[3], flag);
	fclose(flag);
	return 0;
}

int main(int argc, char **words)
{
	if (argc == WORDS_OUTLOOK && strcmp(words[1], "outlook") == 0)
		return start_outlook(words);
	if (argc == WORDS_HOLD && strcmp(words[1], "open") == 0)
		return show(words);
	if (argc == WORDS_HOLD && strcmp(words[1], "hold") == 0)
		return hold();
	return 2;
}
