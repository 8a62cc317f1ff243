/* This file reads Mozilla's prefs.js: calls of user_pref("name", value).
 *
 * The file is a program's own writing and may yet be anything: whatever is no such
 * call is passed over, to the end of its line at most, and counted. Of what may
 * be there only names that mail accounts need are kept.
 */
#ifndef POSTMEND_CLIENT_PREFS_H
#define POSTMEND_CLIENT_PREFS_H

#include "base/arena.h"
#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

enum { PREFS_BYTES_MAX = 64 << 20, PREFS_KEPT_MAX = 65536, PREFS_TEXT_MAX = 16 * 1024 };

enum pref_kind { PREF_TEXT, PREF_NUMBER, PREF_BOOL };

struct pref {
	const char *name;
	enum pref_kind kind;
	const char *text; /* PREF_TEXT */
	int64_t number;   /* PREF_NUMBER; PREF_BOOL as 0 and 1 */
	unsigned line;
	size_t call; /* which one, counted */
};

struct prefs {
	struct pref *at; /* by name, each once: the last call counts */
	size_t n;
	unsigned first_bad_line, n_bad; /* of what was passed over: line 0 for none */
	bool is_cut;                    /* one of the bounds was met */
};

/* False when memory ended. */
[[nodiscard]] bool prefs_read(struct arena *arena, struct view bytes, struct prefs *out);

const struct pref *prefs_find(const struct prefs *prefs, const char *name);

#endif
