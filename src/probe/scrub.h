/* This file takes out of a server's answer what we told it in secret.
 *
 * Some servers repeat a command that they do not like, with the password in it.
 */
#ifndef POSTMEND_PROBE_SCRUB_H
#define POSTMEND_PROBE_SCRUB_H

#include "base/view.h"

#include <stddef.h>

enum { SCRUB_RUN_MIN = 6 };

/* Replaces by '*' every run of text that also stands in `secret`: runs of
 * SCRUB_RUN_MIN characters and more, or the whole secret when it is shorter. */
void scrub(char *text, size_t len, struct view secret);

#endif
