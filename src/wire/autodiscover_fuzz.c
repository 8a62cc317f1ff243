/* This file feeds the readers of Autodiscover's XML and JSON with anything. */
#include "wire/autodiscover.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(1 << 20);
	struct autodiscover_place place;
	struct autodiscover found;

	if (arena && autodiscover_read(arena, view_of(bytes, len), &found) == ST_OK)
		for (size_t i = 0; i < found.servers.n; i++)
			if (found.servers.rows[i].endpoint.port == 0)
				__builtin_trap();
	if (arena && autodiscover_read_place(arena, view_of(bytes, len), &place) != ST_OK &&
	    !arena_failed(arena))
		__builtin_trap();
	arena_drop(&arena);
	return 0;
}
