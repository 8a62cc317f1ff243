/* This file keeps the journals of changed settings and takes changes back. */
#ifndef POSTMEND_APP_SETTINGS_UNDO_H
#define POSTMEND_APP_SETTINGS_UNDO_H

#include "app/run.h"

/* The name of a new journal, behind all that are there; its folder is made. NULL and words when it cannot
 * be, NULL alone when memory ended. */
[[nodiscard]] const char *settings_undo_new(struct arena *arena, const char **why_out);

/* "profile undo [PATH]": the newest change, or the newest of a file or of what lies in a folder. */
int settings_undo(struct run *run);

#endif
