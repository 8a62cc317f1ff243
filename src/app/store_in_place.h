/* This file mends stores where they stand, and takes that back. */
#ifndef POSTMEND_APP_STORE_IN_PLACE_H
#define POSTMEND_APP_STORE_IN_PLACE_H

#include "app/run.h"

/* "store repair FILE --in-place" and "store undo FILE"; the words are the files. */
int store_in_place_repair(struct run *run);
int store_in_place_undo(struct run *run);

#endif
