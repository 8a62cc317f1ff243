/* This file sets the process up on Linux. */
#include "os/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { DESCRIPTORS_ENOUGH = 65536 };

void process_ignore_broken_pipes(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
}

void process_prepare(void)
{
	struct rlimit none = { 0, 0 }, files;

	/* Each of these may be forbidden by whoever started us; none is worth
	 * stopping for. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
	process_ignore_broken_pipes();
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max < DESCRIPTORS_ENOUGH ? files.rlim_max : DESCRIPTORS_ENOUGH;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
}

unsigned process_descriptor_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return 256;
	return files.rlim_cur < DESCRIPTORS_ENOUGH ? (unsigned)files.rlim_cur : DESCRIPTORS_ENOUGH;
}
