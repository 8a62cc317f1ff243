/* This file knows the user's environment and where programs keep their things. */
#include "os/env.h"

#include "base/wipe.h"

#include <uv.h>

enum { ENV_VALUE_MAX = 64 * 1024 };

const char *env_get(struct arena *arena, const char *name)
{
	static char value[ENV_VALUE_MAX + 1];
	size_t len = sizeof value;
	const char *copy = NULL;

	if (uv_os_getenv(name, value, &len) == 0)
		copy = arena_text(arena, (struct str){ .at = value, .len = len });
	/* It may have been a password. */
	wipe(value, len < sizeof value ? len : sizeof value);
	return copy;
}

void env_unset(const char *name)
{
	(void)uv_os_unsetenv(name);
}

const char *env_host_name(struct arena *arena)
{
	char name[UV_MAXHOSTNAMESIZE];
	size_t len = sizeof name;

	return uv_os_gethostname(name, &len) == 0 ? arena_strdup(arena, name) : NULL;
}

#ifdef _WIN32
static const char *directory(struct arena *arena, const char *leaf)
{
	const char *base = env_get(arena, "LOCALAPPDATA");

	return base && *base ? arena_printf(arena, "%s\\postmend\\%s", base, leaf) : NULL;
}

const char *env_cache_directory(struct arena *arena)
{
	return directory(arena, "cache");
}

const char *env_state_directory(struct arena *arena)
{
	return directory(arena, "state");
}
#else
/* The XDG base directory specification: a relative path there is ignored. */
static const char *directory(struct arena *arena, const char *variable, const char *below_home)
{
	const char *base = env_get(arena, variable), *home;

	if (base && base[0] == '/')
		return arena_printf(arena, "%s/postmend", base);
	home = env_get(arena, "HOME");
	return home && home[0] == '/' ? arena_printf(arena, "%s/%s/postmend", home, below_home) : NULL;
}

const char *env_cache_directory(struct arena *arena)
{
	return directory(arena, "XDG_CACHE_HOME", ".cache");
}

const char *env_state_directory(struct arena *arena)
{
	return directory(arena, "XDG_STATE_HOME", ".local/state");
}
#endif
