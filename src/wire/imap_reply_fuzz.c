/* This file feeds anything to the reader of IMAP responses. */
#include "wire/imap_reply.h"
#include "wire/line.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_response(struct str line)
{
	struct imap_reply reply;
	struct str word;
	uint64_t used, limit;

	if (!imap_reply_parse(line, &reply))
		return;
	if (reply.kind == IMAP_KIND_TAGGED && reply.status == IMAP_STATUS_NONE)
		abort();
	while (imap_reply_word(&reply.code_data, &word))
		if (word.len == 0)
			abort();
	if (imap_reply_storage(reply.text, &used, &limit) && reply.text.len == 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1 << 20);
	struct view bytes = view_of(data, size);
	struct line lines;
	struct str line;
	uint64_t literal;

	if (!arena)
		return 0;
	line_init(&lines, arena, 8192);
	while (line_take(&lines, &bytes, &line)) {
		if (imap_reply_literal(line, &literal) && literal <= IMAP_REPLY_LITERAL_MAX)
			line_drop(&lines, (size_t)literal);
		else
			read_response(line);
	}
	arena_drop(&arena);
	return 0;
}
