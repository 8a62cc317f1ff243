/* This file makes of a path as Windows' settings have it one that begins with a drive: "C:\…". */
#ifndef POSTMEND_CLIENT_WINDOWS_PATH_H
#define POSTMEND_CLIENT_WINDOWS_PATH_H

#include "base/arena.h"
#include "base/str.h"

/* Quotes, arguments behind a program, %SystemRoot% and its kin, \SystemRoot\, \??\ and
 * file:/// are taken care of; what begins with System32\ lies in Windows. NULL where it is
 * no path of a local drive, or memory ended. Windows is taken to be in C:\Windows. */
const char *windows_path_of(struct arena *arena, const char *text);

/* What stands behind the last separator. */
struct str windows_path_name(struct str path);

#endif
