/* This file reads the registry of the Windows that runs. */
#include "os/live_registry.h"

#include <stdlib.h>
#include <windows.h>

enum {
	DEPTH_MAX = 512,
	KEY_NAME_UNITS = 256,
	VALUE_NAME_UNITS = 16384,
	DATA_FIRST = 4096,
	DATA_MAX = 64 << 20,
	PATH_UNITS = 1024,
};

struct level {
	HKEY key;
	DWORD next; /* of the keys below */
};

struct walk {
	const struct live_registry_sink *sink;
	struct level levels[DEPTH_MAX];
	size_t depth;
	wchar_t name[VALUE_NAME_UNITS];
	BYTE *data;
	DWORD room;
	uint64_t closed;
};

static const struct {
	HKEY key;
	const wchar_t *prefix;
	const char *name;
} roots[] = {
	[LIVE_USER] = { HKEY_CURRENT_USER, L"", "HKEY_CURRENT_USER" },
	[LIVE_SOFTWARE] = { HKEY_LOCAL_MACHINE, L"SOFTWARE\\", "HKEY_LOCAL_MACHINE\\SOFTWARE" },
	[LIVE_SYSTEM] = { HKEY_LOCAL_MACHINE, L"SYSTEM\\", "HKEY_LOCAL_MACHINE\\SYSTEM" },
};

const char *live_registry_name(enum live_registry_root root)
{
	return roots[root].name;
}

static struct view name_view(const struct walk *w, DWORD units)
{
	return view_of((const uint8_t *)w->name, units * sizeof *w->name);
}

static bool make_room(struct walk *w, DWORD needed)
{
	BYTE *more = needed <= DATA_MAX ? realloc(w->data, needed) : NULL;

	if (!more)
		return false;
	w->data = more;
	w->room = needed;
	return true;
}

/* One value after the other; a value that grows meanwhile is asked for again. */
static enum status tell_values(struct walk *w, HKEY key)
{
	enum status st = ST_OK;

	for (DWORD i = 0; st == ST_OK;) {
		DWORD units = VALUE_NAME_UNITS, type, len = w->room;
		LSTATUS error = RegEnumValueW(key, i, w->name, &units, NULL, &type, w->data, &len);

		if (error == ERROR_MORE_DATA) {
			/* Too long for a mail program to have meant it. */
			if (!make_room(w, len > w->room ? len : w->room * 2))
				i++;
			continue;
		}
		if (error != ERROR_SUCCESS)
			return ST_OK;
		st = w->sink->value(w->sink->context, name_view(w, units), type, view_of(w->data, len));
		i++;
	}
	return st;
}

static enum status enter(struct walk *w, HKEY key)
{
	w->levels[w->depth++] = (struct level){ .key = key };
	return tell_values(w, key);
}

static void leave(struct walk *w)
{
	/* The first key is the caller's. */
	if (--w->depth > 0) {
		RegCloseKey(w->levels[w->depth].key);
		w->sink->leave(w->sink->context);
	}
}

static enum status step(struct walk *w)
{
	struct level *level = &w->levels[w->depth - 1];
	DWORD units = KEY_NAME_UNITS;
	FILETIME written;
	enum status st;
	HKEY below;
	LSTATUS error = RegEnumKeyExW(level->key, level->next, w->name, &units, NULL, NULL, NULL, &written);

	if (error != ERROR_SUCCESS) {
		leave(w);
		return ST_OK;
	}
	level->next++;
	if (w->depth == DEPTH_MAX ||
	    RegOpenKeyExW(level->key, w->name, 0, KEY_READ | KEY_WOW64_64KEY, &below) != ERROR_SUCCESS) {
		w->closed++;
		return ST_OK;
	}
	st = w->sink->enter(w->sink->context, name_view(w, units),
			    (uint64_t)written.dwHighDateTime << 32 | written.dwLowDateTime);
	if (st != ST_OK) {
		RegCloseKey(below);
		return st;
	}
	return enter(w, below);
}

static bool open_first(enum live_registry_root root, const char *path, HKEY *out)
{
	wchar_t wide[PATH_UNITS];
	size_t prefix = wcslen(roots[root].prefix);

	wcscpy(wide, roots[root].prefix);
	return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide + prefix,
				   PATH_UNITS - (int)prefix) > 0 &&
	       RegOpenKeyExW(roots[root].key, wide, 0, KEY_READ | KEY_WOW64_64KEY, out) == ERROR_SUCCESS;
}

bool live_registry_has(enum live_registry_root root, const char *path)
{
	HKEY key;

	if (!open_first(root, path, &key))
		return false;
	RegCloseKey(key);
	return true;
}

enum status live_registry_read(enum live_registry_root root, const char *path,
			       const struct live_registry_sink *sink, uint64_t *closed_out)
{
	struct walk *w;
	enum status st;
	HKEY first;

	if (!open_first(root, path, &first))
		return ST_USAGE;
	w = calloc(1, sizeof *w);
	st = w && make_room(w, DATA_FIRST) ? ST_OK : ST_NOMEM;
	if (st == ST_OK) {
		w->sink = sink;
		st = enter(w, first);
	}
	while (st == ST_OK && w->depth > 0)
		st = step(w);
	while (w && w->depth > 0)
		leave(w);
	RegCloseKey(first);
	if (w) {
		*closed_out += w->closed;
		free(w->data);
	}
	free(w);
	return st;
}
