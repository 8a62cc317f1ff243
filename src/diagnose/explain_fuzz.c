/* This file explains any bytes: as words that a person pasted and as a log. */
#include "diagnose/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(4 << 20);
	struct str text = str_from_view(view_of(bytes, len));
	struct explanation found;

	if (explain(arena, text, &found) != ST_OK || found.n_matches > EXPLAIN_MATCHES_MAX)
		__builtin_trap();
	if (explain_log(arena, text, &found) != ST_OK || found.n_matches > EXPLAIN_MATCHES_MAX)
		__builtin_trap();
	arena_drop(&arena);
	return 0;
}
