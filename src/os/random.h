/* This file gives bytes that nobody can foretell. */
#ifndef POSTMEND_OS_RANDOM_H
#define POSTMEND_OS_RANDOM_H

#include "base/status.h"

#include <stddef.h>

/* From the system's generator. ST_IO when it gave none: do not go on without. */
[[nodiscard]] enum status random_bytes(void *at, size_t len);

/* `len` characters of a-z and a NUL: `text_out` has room for len + 1. */
[[nodiscard]] enum status random_letters(char *text_out, size_t len);

#endif
