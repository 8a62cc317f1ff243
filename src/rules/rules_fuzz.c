/* This file feeds the reader of rules with anything. */
#include "rules/rules.h"

enum { CAP = 64 << 20, SENTENCE_CAP = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(CAP);
	struct rules rules;
	struct buf out;

	buf_init(&out, SENTENCE_CAP);
	if (arena && rules_read(arena, view_of(bytes, len), &rules) == ST_OK) {
		if (rules.n_read > len || rules.n > rules.n_announced ||
		    (rules.is_whole && rules.n_read != len))
			__builtin_trap();
		for (size_t i = 0; i < rules.n; i++)
			rules_put_sentence(&rules.rules[i], &out);
	}
	buf_fini(&out);
	arena_drop(&arena);
	return 0;
}
