/* This file feeds anything to the reader of POP3 replies. */
#include "wire/line.h"
#include "wire/pop3_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1 << 20);
	struct view bytes = view_of(data, size);
	struct line lines;
	struct str line, text;
	uint64_t messages, octets;

	if (!arena)
		return 0;
	line_init(&lines, arena, 2048);
	while (line_take(&lines, &bytes, &line)) {
		struct pop3_reply reply;

		if (pop3_reply_listed(line, &text) && text.len > line.len)
			abort();
		if (!pop3_reply_parse(line, &reply))
			continue;
		if (reply.text.len + reply.code.len > line.len)
			abort();
		if (pop3_reply_stat(reply.text, &messages, &octets) && reply.text.len < 3)
			abort();
		(void)pop3_reply_has_timestamp(reply.text);
	}
	arena_drop(&arena);
	return 0;
}
