/* This file feeds the reader of a server's rules with anything. */
#include "rules/server.h"

enum { CAP = 64 << 20, SENTENCE_CAP = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(CAP);
	struct server_action *actions;
	struct buf out;
	size_t n;

	buf_init(&out, SENTENCE_CAP);
	if (arena) {
		(void)server_put_condition(arena, view_of(bytes, len), &out);
		(void)server_read_actions(arena, view_of(bytes, len), &actions, &n);
		if (n > SERVER_ACTIONS_MAX)
			__builtin_trap();
		for (size_t i = 0; i < n; i++)
			if (actions[i].folder_id.len > len)
				__builtin_trap();
	}
	buf_fini(&out);
	arena_drop(&arena);
	return 0;
}
