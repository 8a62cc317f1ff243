/* This file feeds anything to the reader of SMTP replies. */
#include "wire/line.h"
#include "wire/smtp_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1 << 20);
	struct view bytes = view_of(data, size);
	struct smtp_reply reply = { 0 };
	struct str line, text, keyword, parameters;
	struct line lines;

	if (!arena)
		return 0;
	line_init(&lines, arena, 2048);
	while (line_take(&lines, &bytes, &line)) {
		enum smtp_reply_result result = smtp_reply_add(&reply, line, &text);

		if (result == SMTP_REPLY_BROKEN || result == SMTP_REPLY_TOO_LONG)
			break;
		if (reply.code < 200 || reply.code > 599 || reply.n_lines > SMTP_REPLY_LINES_MAX)
			abort();
		if (smtp_reply_keyword(text, &keyword, &parameters) && keyword.len == 0)
			abort();
		if (result == SMTP_REPLY_WHOLE)
			reply = (struct smtp_reply){ 0 };
	}
	arena_drop(&arena);
	return 0;
}
