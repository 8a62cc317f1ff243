/* This file sets the process up on Linux. */
#include "os/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { DESCRIPTORS_ENOUGH = 65536 };

void process_ignore_broken_pipes(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
}

bool process_may_read_rules(void)
{
	return geteuid() == 0;
}

const char *process_prepare(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct rlimit none = { 0, 0 }, files;

	/* Each of these may be forbidden by whoever started us; none is worth
	 * stopping for. */
	(void)sigaction(SIGXFSZ, &ignore, NULL); /* a file that may not grow is an error of writing */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
	process_ignore_broken_pipes();
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max < DESCRIPTORS_ENOUGH ? files.rlim_max : DESCRIPTORS_ENOUGH;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	return NULL;
}

const char *const *process_arguments(int argc, char **argv, size_t *n_out)
{
	size_t n_names = argc > 0;

	*n_out = (size_t)argc - n_names;
	return (const char *const *)(argv + n_names);
}

unsigned process_descriptor_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return 256;
	return files.rlim_cur < DESCRIPTORS_ENOUGH ? (unsigned)files.rlim_cur : DESCRIPTORS_ENOUGH;
}
