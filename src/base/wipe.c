/* This file overwrites memory that held a secret. */
#include "base/wipe.h"

#include <string.h>

void wipe(void *at, size_t len)
{
	if (len == 0)
		return;
	memset(at, 0, len);
	/* The asm claims to read the memory, so the memset cannot be dropped. */
	__asm__ volatile("" : : "r"(at) : "memory");
}
