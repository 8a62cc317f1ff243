/* This file says that there is no registry here. */
#include "os/live_registry.h"

enum status live_registry_read(enum live_registry_root root, const char *path,
			       const struct live_registry_sink *sink, uint64_t *closed_out)
{
	(void)root;
	(void)path;
	(void)sink;
	(void)closed_out;
	return ST_USAGE;
}

const char *live_registry_name(enum live_registry_root root)
{
	(void)root;
	return "the registry";
}
