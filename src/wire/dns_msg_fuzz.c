/* This file feeds the reader of DNS answers with anything. The first two bytes choose the type asked for. */
#include "wire/dns_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Names and text of the DNS come out as harmless ASCII. */
static void check_text(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text >= 0x7f)
			__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct dns_facts facts = { .name = "example.org" };
	struct arena *arena;

	if (len < 2)
		return 0;
	arena = arena_new(1 << 20);
	facts.type = (uint16_t)(bytes[0] << 8 | bytes[1]);
	if (arena && dns_msg_read(arena, view_of(bytes + 2, len - 2), &facts) == ST_OK)
		for (size_t i = 0; i < facts.n_records; i++)
			check_text(facts.records[i].text);
	(void)dns_msg_is_truncated(view_of(bytes, len));
	arena_drop(&arena);
	return 0;
}
