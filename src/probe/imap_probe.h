/* This file is what the parts of the IMAP machine share. */
#ifndef POSTMEND_PROBE_IMAP_PROBE_H
#define POSTMEND_PROBE_IMAP_PROBE_H

#include "probe/engine.h"

/* Sends a command with the next tag. */
void imap_probe_command(struct probe *p, const char *words);

#endif
