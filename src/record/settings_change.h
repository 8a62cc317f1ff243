/* This file holds what became of mends of mail programs' settings: what was, or would be, written. */
#ifndef POSTMEND_RECORD_SETTINGS_CHANGE_H
#define POSTMEND_RECORD_SETTINGS_CHANGE_H

#include <stddef.h>

enum settings_outcome {
	SETTINGS_PLANNED,
	SETTINGS_NOTHING, /* nothing that was asked for can be written */
	SETTINGS_DECLINED,
	SETTINGS_WRITTEN,
};

/* One value. */
struct settings_step {
	const char *finding; /* key of the finding that it mends */
	const char *file;
	const char *key, *name;  /* key: of a registry, or NULL */
	unsigned line;           /* 0: of no line */
	const char *old, *fresh; /* old NULL: not set before; fresh NULL: it goes */
};

/* What was asked for and is not written. */
struct settings_left {
	const char *finding, *file, *why;
};

struct settings_change {
	enum settings_outcome outcome;
	const char *journal; /* that takes it back; NULL: nothing was written */
	const struct settings_step *steps;
	const struct settings_left *left;
	size_t n_steps, n_left;
};

#endif
