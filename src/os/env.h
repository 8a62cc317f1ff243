/* This file knows the user's environment and where programs keep their things. */
#ifndef POSTMEND_OS_ENV_H
#define POSTMEND_OS_ENV_H

#include "base/arena.h"

/* The variable's value in UTF-8; NULL when it is not set or memory ended. */
const char *env_get(struct arena *arena, const char *name);

/* Takes the variable out of this process and of those it starts. */
void env_unset(const char *name);

/* This computer's name; NULL when the system does not tell. */
const char *env_host_name(struct arena *arena);

/* Where what can be made again lives, and where what must outlive a run lives:
 * XDG on Linux, %LOCALAPPDATA% on Windows, each with "postmend" at its end.
 * The directory may not exist yet. NULL when the system names none. */
const char *env_cache_directory(struct arena *arena);
const char *env_state_directory(struct arena *arena);

#endif
