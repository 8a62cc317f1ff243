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

bool live_registry_has(enum live_registry_root root, const char *path)
{
	(void)root;
	(void)path;
	return false;
}

const char *live_registry_name(enum live_registry_root root)
{
	(void)root;
	return "the registry";
}

bool live_registry_is(const char *path)
{
	(void)path;
	return false;
}

static enum status refuse(const char **why_out)
{
	*why_out = "there is no registry on this system";
	return ST_IO;
}

enum status live_registry_get(const char *key, const char *name, struct buf *out, const char **why_out)
{
	(void)key;
	(void)name;
	(void)out;
	return refuse(why_out);
}

enum status live_registry_put(const char *key, const char *name, struct view value, const char **why_out)
{
	(void)key;
	(void)name;
	(void)value;
	return refuse(why_out);
}

bool live_registry_has_key(const char *key)
{
	(void)key;
	return false;
}

enum status live_registry_make_key(const char *key, const char **why_out)
{
	(void)key;
	return refuse(why_out);
}

enum status live_registry_drop_key(const char *key, const char **why_out)
{
	(void)key;
	return refuse(why_out);
}
