/* This file names the bits of postmend's exit code (docs/SCHEMA.md). */
#ifndef POSTMEND_APP_EXIT_H
#define POSTMEND_APP_EXIT_H

#include "base/status.h"

enum exit_bit {
	EXIT_HEALTHY = 0,
	EXIT_MENDED = 1,
	EXIT_TROUBLE = 4,   /* trouble found or left, or the facts do not decide */
	EXIT_FAILED = 8,    /* postmend itself could not do its work */
	EXIT_USAGE = 16,    /* the words make no sense, and nothing was done */
	EXIT_CANCELLED = 32 /* with what was found so far */
};

/* The code for work that ended this way. */
int exit_code_of(enum status status);

/* What went wrong, for people, where nothing more exact is known. */
const char *exit_words_of(enum status status);

#endif
