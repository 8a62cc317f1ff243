/* This file sets what postmend says of itself: its commands, one command, its version. */
#ifndef POSTMEND_APP_HELP_H
#define POSTMEND_APP_HELP_H

#include "app/commands.h"

enum { HELP_MAX = 64 << 10 }; /* bytes that all of these fit in */

void help_of_all(struct buf *out);
void help_of(const struct command *command, struct buf *out);
void help_version(struct buf *out);

#endif
