/* This file reads and writes single values and keys of the registry of the Windows that runs. */
#include "os/live_registry.h"

#include "os/wide_windows.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>
#include <windows.h>

enum { TYPE_LEN = 4, TRIES = 8 };

/* Behind the root's name; NULL when the path begins with none. */
static const char *split(const char *path, HKEY *root_out)
{
	static const struct {
		const char *name;
		HKEY key;
	} roots[] = { { "HKEY_CURRENT_USER", HKEY_CURRENT_USER },
		      { "HKEY_LOCAL_MACHINE", HKEY_LOCAL_MACHINE } };

	for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
		size_t len = strlen(roots[i].name);

		if (strncmp(path, roots[i].name, len) == 0 && (path[len] == '\\' || path[len] == '\0')) {
			*root_out = roots[i].key;
			return path + len + (path[len] != '\0');
		}
	}
	return NULL;
}

bool live_registry_is(const char *path)
{
	HKEY root;

	return split(path, &root) != NULL;
}

static enum status fail(LSTATUS error, const char **why_out)
{
	*why_out = error == ERROR_ACCESS_DENIED
			   ? "Windows allows this user no change there; an administrator may do it"
			   : uv_strerror(uv_translate_sys_error((int)error));
	return error == ERROR_NOT_ENOUGH_MEMORY ? ST_NOMEM : ST_IO;
}

static LSTATUS query(HKEY key, const wchar_t *name, struct buf *out)
{
	LSTATUS error = ERROR_MORE_DATA;
	DWORD len = 0, type = 0;

	/* A value that grows meanwhile is asked for again. */
	for (int i = 0; i < TRIES && error == ERROR_MORE_DATA; i++) {
		BYTE *data = NULL;

		error = RegQueryValueExW(key, name, NULL, NULL, NULL, &len);
		if (error == ERROR_SUCCESS)
			data = malloc(len ? len : 1);
		if (error == ERROR_SUCCESS && !data)
			error = ERROR_NOT_ENOUGH_MEMORY;
		if (error == ERROR_SUCCESS)
			error = RegQueryValueExW(key, name, NULL, &type, data, &len);
		if (error == ERROR_SUCCESS) {
			for (unsigned b = 0; b < TYPE_LEN; b++)
				buf_add_byte(out, (uint8_t)(type >> 8 * b));
			buf_add(out, view_of(data, len));
		}
		free(data);
	}
	return error;
}

enum status live_registry_get(const char *key, const char *name, struct buf *out, const char **why_out)
{
	HKEY root = NULL, opened;
	const char *below = split(key, &root);
	wchar_t *wide_key = below ? wide_text(below) : NULL, *wide_name = wide_text(name);
	LSTATUS error = ERROR_INVALID_NAME;

	if (wide_key && wide_name)
		error = RegOpenKeyExW(root, wide_key, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &opened);
	if (error == ERROR_SUCCESS) {
		error = query(opened, wide_name, out);
		RegCloseKey(opened);
	}
	free(wide_key);
	free(wide_name);
	if (error == ERROR_FILE_NOT_FOUND)
		return ST_OK;
	if (error == ERROR_SUCCESS)
		return buf_failed(out) ? ST_NOMEM : ST_OK;
	return fail(error, why_out);
}

static LSTATUS put(HKEY key, const wchar_t *name, struct view value)
{
	DWORD type = 0;

	if (value.len < TYPE_LEN) {
		LSTATUS error = RegDeleteValueW(key, name);

		return error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : error;
	}
	for (unsigned b = 0; b < TYPE_LEN; b++)
		type |= (DWORD)value.at[b] << 8 * b;
	return RegSetValueExW(key, name, 0, type, value.at + TYPE_LEN, (DWORD)(value.len - TYPE_LEN));
}

enum status live_registry_put(const char *key, const char *name, struct view value, const char **why_out)
{
	HKEY root = NULL, opened;
	const char *below = split(key, &root);
	wchar_t *wide_key = below ? wide_text(below) : NULL, *wide_name = wide_text(name);
	LSTATUS error = ERROR_INVALID_NAME;

	if (wide_key && wide_name)
		error = RegCreateKeyExW(root, wide_key, 0, NULL, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, NULL,
					&opened, NULL);
	if (error == ERROR_SUCCESS) {
		error = put(opened, wide_name, value);
		if (error == ERROR_SUCCESS)
			error = RegFlushKey(opened);
		RegCloseKey(opened);
	}
	free(wide_key);
	free(wide_name);
	return error == ERROR_SUCCESS ? ST_OK : fail(error, why_out);
}

static LSTATUS open_key(const char *key, REGSAM rights, HKEY *out)
{
	HKEY root = NULL;
	const char *below = split(key, &root);
	wchar_t *wide = below ? wide_text(below) : NULL;
	LSTATUS error = ERROR_INVALID_NAME;

	if (wide)
		error = RegOpenKeyExW(root, wide, 0, rights | KEY_WOW64_64KEY, out);
	free(wide);
	return error;
}

bool live_registry_has_key(const char *key)
{
	HKEY opened;
	LSTATUS error = open_key(key, KEY_QUERY_VALUE, &opened);

	if (error == ERROR_SUCCESS)
		RegCloseKey(opened);
	/* One that is closed to this user is there. */
	return error != ERROR_FILE_NOT_FOUND && error != ERROR_INVALID_NAME;
}

enum status live_registry_make_key(const char *key, const char **why_out)
{
	HKEY root = NULL, made;
	const char *below = split(key, &root);
	wchar_t *wide = below ? wide_text(below) : NULL;
	LSTATUS error = ERROR_INVALID_NAME;

	if (wide)
		error = RegCreateKeyExW(root, wide, 0, NULL, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &made,
					NULL);
	if (error == ERROR_SUCCESS) {
		error = RegFlushKey(made);
		RegCloseKey(made);
	}
	free(wide);
	return error == ERROR_SUCCESS ? ST_OK : fail(error, why_out);
}

enum status live_registry_drop_key(const char *key, const char **why_out)
{
	HKEY root = NULL, opened;
	const char *below = split(key, &root);
	wchar_t *wide = below ? wide_text(below) : NULL;
	DWORD n_keys = 1, n_values = 1;
	LSTATUS error = wide ? open_key(key, KEY_QUERY_VALUE, &opened) : ERROR_INVALID_NAME;

	if (error == ERROR_SUCCESS) {
		error = RegQueryInfoKeyW(opened, NULL, NULL, NULL, &n_keys, NULL, NULL, &n_values, NULL, NULL,
					 NULL, NULL);
		RegCloseKey(opened);
	}
	if (error == ERROR_SUCCESS && n_keys == 0 && n_values == 0)
		error = RegDeleteKeyExW(root, wide, KEY_WOW64_64KEY, 0);
	if (error == ERROR_SUCCESS)
		error = RegFlushKey(root);
	free(wide);
	return error == ERROR_SUCCESS || error == ERROR_FILE_NOT_FOUND ? ST_OK : fail(error, why_out);
}
