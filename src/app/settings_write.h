/* This file makes of wishes for one settings file or hive the change that fulfils them, tried on paper. */
#ifndef POSTMEND_APP_SETTINGS_WRITE_H
#define POSTMEND_APP_SETTINGS_WRITE_H

#include "audit/wanted.h"
#include "base/status.h"
#include "client/rewrite.h"
#include "plan/change.h"

/* All that one file is wanted to be. */
struct settings_write {
	struct arena *arena;
	const char *file; /* as it was named */
	const struct wanted *const *wanted;
	size_t n_wanted;
	const char **why; /* of each that cannot be written; NULL where it can. The caller's, n_wanted long */
	struct rewrites *steps;
};

/* Adds steps for what can be written, and makes the changes: one of a file, one for each value of a registry
 * that runs. ST_OK and no steps when nothing can; ST_IO and words when the file cannot be read. */
[[nodiscard]] enum status settings_write_plan(struct settings_write *w, struct change **out, size_t *n_out,
					      const char **why_out);

#endif
