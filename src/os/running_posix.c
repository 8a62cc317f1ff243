/* This file tells whether a mail program runs, as Linux shows it. */
#include "os/running.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, LINK_ROOM = 64 };

/* The lock that it takes where the file system knows locks. */
static bool is_locked(const char *folder)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_ROOM];
	bool is = false;
	int fd;

	if (snprintf(path, sizeof path, "%s/.parentlock", folder) >= (int)sizeof path)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fcntl(fd, F_GETLK, &lock) == 0)
		is = lock.l_type != F_UNLCK;
	close(fd);
	return is;
}

/* Elsewhere a link says "address:process"; "+" before the process means that the lock above counts. */
static bool is_linked(const char *folder)
{
	char path[PATH_ROOM], text[LINK_ROOM + 1] = "", *end;
	const char *colon;
	ssize_t n;
	long pid;

	if (snprintf(path, sizeof path, "%s/lock", folder) >= (int)sizeof path)
		return false;
	n = readlink(path, text, LINK_ROOM);
	colon = n > 0 ? strchr(text, ':') : NULL;
	if (!colon || colon[1] == '+')
		return false;
	pid = strtol(colon + 1, &end, 10);
	return pid > 0 && pid < INT_MAX && *end == '\0' && kill((pid_t)pid, 0) == 0;
}

bool running_thunderbird(const char *profile_folder)
{
	return is_locked(profile_folder) || is_linked(profile_folder);
}

/* There is none for this system. */
bool running_outlook(void)
{
	return false;
}
