/* This file replaces a settings file by other bytes as if it had been edited: at once, with its mode and
 * owner. */
#ifndef POSTMEND_OS_REPLACE_H
#define POSTMEND_OS_REPLACE_H

#include "base/status.h"
#include "base/view.h"

/* The file is there, a plain one with one name and no link. It has either all old bytes or all new ones,
 * whatever happens. ST_IO and the system's words in *why_out, and then the old ones. */
[[nodiscard]] enum status replace_file(const char *path, struct view bytes, const char **why_out);

/* Removes a file. */
[[nodiscard]] enum status replace_remove(const char *path, const char **why_out);

#endif
