/* This file feeds the reader of configuration documents with anything. */
#include "wire/autoconfig_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct address anna = { "anna@example.org", "anna", "example.org" };
	struct arena *arena = arena_new(1 << 20);
	struct autoconfig config;

	if (arena && autoconfig_xml_read(arena, view_of(bytes, len), &anna, &config) == ST_OK)
		for (size_t i = 0; i < config.servers.n; i++)
			if (!endpoint_url(arena, &config.servers.rows[i].endpoint) && !arena_failed(arena))
				__builtin_trap();
	arena_drop(&arena);
	return 0;
}
