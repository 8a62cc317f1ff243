/* This file opens a store to be changed on Windows: for this program alone. */
#include "os/store_edit_system.h"

#include "os/wide_windows.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <windows.h>

uv_file store_edit_system_open(struct arena *arena, const char *path, const char **why_out)
{
	wchar_t *wide = wide_path(path);
	HANDLE handle;
	DWORD error;
	int fd;

	(void)arena;
	if (!wide)
		return UV_EINVAL;
	/* No sharing at all: Outlook cannot open it meanwhile, and we not while Outlook has it. */
	handle = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
			     FILE_ATTRIBUTE_NORMAL, NULL);
	error = GetLastError();
	free(wide);
	if (handle == INVALID_HANDLE_VALUE) {
		if (error != ERROR_SHARING_VIOLATION && error != ERROR_LOCK_VIOLATION)
			return uv_translate_sys_error((int)error);
		*why_out = "it is in use, most likely by Outlook; close Outlook (look for OUTLOOK.EXE in the "
			   "Task Manager too) and try again";
		return UV_EBUSY;
	}
	fd = _open_osfhandle((intptr_t)handle, _O_RDWR | _O_BINARY);
	if (fd < 0)
		CloseHandle(handle);
	return fd < 0 ? UV_EMFILE : fd;
}

int store_edit_system_reserve(uv_file file, uint64_t old_size, uint64_t size)
{
	/* The end that ftruncate sets is backed by clusters on NTFS and FAT. */
	(void)file;
	(void)old_size;
	(void)size;
	return 0;
}

/* Windows keeps names and metadata in its own journal. */
int store_edit_system_sync_folder(const char *folder)
{
	(void)folder;
	return 0;
}
