/* This file sets the process up on Windows. */
#include "os/process.h"

#include <windows.h>

enum { SOCKETS_ENOUGH = 4096 };

void process_prepare(void)
{
	/* No box asking to send a dump away. */
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
	SetConsoleOutputCP(CP_UTF8);
}

void process_ignore_broken_pipes(void)
{
	/* This system has no such signal. */
}

unsigned process_descriptor_limit(void)
{
	return SOCKETS_ENOUGH;
}
