/* This file feeds bytes to the reader of journals. */
#include "apply/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(16 << 20);
	struct journal journal;
	uint64_t sum = 0;

	if (!arena)
		return 0;
	if (journal_decode(arena, view_of(data, size), &journal) == ST_OK)
		for (size_t i = 0; i < journal.edits.n; i++)
			for (size_t k = 0; k < journal.edits.edits[i].fresh.len; k++)
				sum += journal.edits.edits[i].fresh.at[k];
	arena_drop(&arena);
	return sum == UINT64_MAX;
}
