/* This file reads a store, damaged or not, and writes what it holds into a new one. */
#ifndef POSTMEND_APP_STORE_MEND_H
#define POSTMEND_APP_STORE_MEND_H

#include "app/run.h"

/* "store repair FILE" and "store convert FILE": words are those behind the sub-command. Return the exit code.
 */
int store_repair(struct run *run);
int store_convert(struct run *run);

#endif
