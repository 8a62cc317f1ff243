/* This file notices Ctrl-C for work that runs without a loop. */
#ifndef POSTMEND_OS_INTERRUPT_H
#define POSTMEND_OS_INTERRUPT_H

#include <stdbool.h>

/* From now on the first Ctrl-C, or polite end (SIGTERM), is remembered instead
 * of ending the program; the second one ends it. */
void interrupt_watch(void);

bool interrupt_came(void);

#endif
