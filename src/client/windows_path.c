/* This file makes of a path as Windows' settings have it one that begins with a drive: "C:\…". */
#include "client/windows_path.h"

#include "base/checked.h"

static const struct {
	const char *start, *means;
} starts[] = {
	{ "\\??\\", "" },
	{ "\\\\?\\", "" },
	{ "file:///", "" },
	{ "%SystemRoot%\\", "C:\\Windows\\" },
	{ "%windir%\\", "C:\\Windows\\" },
	{ "\\SystemRoot\\", "C:\\Windows\\" },
	{ "System32\\", "C:\\Windows\\System32\\" },
	{ "SysWOW64\\", "C:\\Windows\\SysWOW64\\" },
	{ "%ProgramFiles%\\", "C:\\Program Files\\" },
	{ "%ProgramFiles(x86)%\\", "C:\\Program Files (x86)\\" },
	{ "%CommonProgramFiles%\\", "C:\\Program Files\\Common Files\\" },
	{ "%CommonProgramFiles(x86)%\\", "C:\\Program Files (x86)\\Common Files\\" },
	{ "%ProgramData%\\", "C:\\ProgramData\\" },
	{ "%SystemDrive%\\", "C:\\" },
};

/* Without quotes, and without what is said to the program. */
static struct str program_of(struct str text)
{
	static const char *const endings[] = { ".exe", ".sys", ".dll" };

	if (str_starts(text, STR("\""))) {
		text = str_skip(text, 1);
		return str_head(text, str_find_char(text, '"'));
	}
	for (size_t i = 0; i < COUNT_OF(endings); i++) {
		size_t at = str_find_nocase(text, str_of(endings[i]));

		if (at != SIZE_MAX && at + 4 < text.len && text.at[at + 4] == ' ')
			return str_head(text, at + 4);
	}
	return text;
}

const char *windows_path_of(struct arena *arena, const char *text)
{
	struct str rest = program_of(str_trim(str_of(text)));
	const char *front = "";
	char *path;

	rest = str_head(rest, str_find_char(rest, '|'));
	for (size_t i = 0; i < COUNT_OF(starts) && !*front; i++)
		if (str_starts_nocase(rest, str_of(starts[i].start))) {
			rest = str_skip(rest, str_of(starts[i].start).len);
			front = starts[i].means;
		}
	path = arena_printf(arena, "%s%.*s", front, (int)rest.len, rest.len ? rest.at : "");
	for (char *c = path; c && *c; c++)
		if (*c == '/')
			*c = '\\';
	return path && str_is_alpha(path[0]) && path[1] == ':' && path[2] == '\\' ? path : NULL;
}

struct str windows_path_name(struct str path)
{
	size_t at = path.len;

	while (at > 0 && path.at[at - 1] != '\\' && path.at[at - 1] != '/')
		at--;
	return str_skip(path, at);
}
