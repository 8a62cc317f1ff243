/* This file overwrites memory that held a secret. */
#ifndef POSTMEND_BASE_WIPE_H
#define POSTMEND_BASE_WIPE_H

#include <stddef.h>

/* Zeros that the compiler may not leave out. */
void wipe(void *at, size_t len);

#endif
