/* This file finds a file that somebody has locked in the volume shadow copies of its drive. */
#ifndef POSTMEND_OS_SHADOW_H
#define POSTMEND_OS_SHADOW_H

#include "base/arena.h"

/* Where Windows keeps them; a number and a path follow. */
extern const char *const shadow_devices;

/* The path of the newest copy of a file on the same volume below "DEVICES<number>\",
 * to be opened as any other: NULL when there is none, when this user may not see
 * them, and on systems that know none. */
const char *shadow_find(struct arena *arena, const char *devices, const char *path);

#endif
