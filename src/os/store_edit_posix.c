/* This file opens a store to be changed on Linux: two kinds of lock, and a look at who else has it open. */
#include "os/store_edit_system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 64, PATH_SIZE = 64 };

/* Whether one process has the file open, as far as we may see. */
static bool process_has_it(const char *pid, const struct stat *file)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/proc/%.20s/fd/%.20s", pid, entry->d_name);
		found = stat(path, &st) == 0 && st.st_dev == file->st_dev && st.st_ino == file->st_ino;
	}
	if (dir)
		closedir(dir);
	return found;
}

static void read_name(const char *pid, char name[NAME_SIZE])
{
	char path[PATH_SIZE];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, name, NAME_SIZE - 1);
		close(fd);
	}
	name[n > 0 ? n : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
}

/* NULL, or who has the file open beside us. */
static const char *find_other(struct arena *arena, const struct stat *file)
{
	DIR *dir = opendir("/proc");
	const char *words = NULL;
	struct dirent *entry;
	char own[24];

	snprintf(own, sizeof own, "%ld", (long)getpid());
	while (dir && !words && (entry = readdir(dir))) {
		char name[NAME_SIZE];

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || strcmp(entry->d_name, own) == 0 ||
		    !process_has_it(entry->d_name, file))
			continue;
		read_name(entry->d_name, name);
		words = arena_printf(arena,
				     "it is in use: the program \"%s\" (process %s) has it open; close that "
				     "program and try again",
				     name, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return words;
}

/* Locks of both kinds: programs and file servers know one or the other. */
static int lock(int fd)
{
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return UV_EBUSY;
	if (fcntl(fd, F_OFD_SETLK, &range) != 0 && (errno == EAGAIN || errno == EACCES))
		return UV_EBUSY;
	return 0;
}

uv_file store_edit_system_open(struct arena *arena, const char *path, const char **why_out)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), result;
	struct stat st;

	if (fd < 0) {
		if (errno == EBUSY || errno == ETXTBSY)
			*why_out = "it is in use by another program; close that program and try again";
		return -errno;
	}
	result = lock(fd);
	if (result != 0)
		*why_out = "it is in use: another program has locked it; close that program and try again";
	else if (fstat(fd, &st) == 0)
		*why_out = find_other(arena, &st);
	if (!*why_out)
		return fd;
	close(fd);
	return UV_EBUSY;
}

int store_edit_system_reserve(uv_file file, uint64_t old_size, uint64_t size)
{
	int error = posix_fallocate(file, (off_t)old_size, (off_t)(size - old_size));

	/* File systems that cannot say so are believed. */
	return error == EOPNOTSUPP || error == EINVAL ? 0 : -error;
}

int store_edit_system_sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;

	if (fd < 0)
		return -errno;
	/* Some network file systems sync no folders. */
	if (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP)
		result = -errno;
	close(fd);
	return result;
}
