/* This file feeds the readers of messages and mailboxes with anything. */
#include "mail/mbox.h"
#include "mail/mime.h"
#include "mail/values.h"

enum { ARENA = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool drop(void *context, struct view bytes)
{
	size_t *n = context;

	*n += bytes.len;
	return true;
}

static void read_one(struct arena *arena, struct view bytes)
{
	size_t n = 0;
	struct mail_sink sink = { .context = &n, .write = drop };
	struct mime_message m;
	struct str raw;
	wall_time date;
	bool is_whole;

	if (mime_parse(arena, bytes, &m) != ST_OK)
		return;
	for (size_t i = 0; i < m.n; i++) {
		/* Every part lies in the message. */
		if (m.parts[i].body.len && (m.parts[i].body.at < bytes.at ||
					    m.parts[i].body.at + m.parts[i].body.len > bytes.at + bytes.len))
			__builtin_trap();
		mime_decode(&m, &m.parts[i], &sink);
		if (mime_field(&m.parts[i], "From", &raw))
			(void)values_people(arena, raw, &n, &is_whole);
		if (mime_field(&m.parts[i], "Date", &raw))
			(void)values_date(raw, &date);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(ARENA);
	struct mbox box = mbox_of(view_of(bytes, len));
	struct mbox_message m;

	if (!arena)
		return 0;
	read_one(arena, view_of(bytes, len));
	while (mbox_next(&box, &m)) {
		arena_clear(arena);
		read_one(arena, m.bytes);
	}
	arena_drop(&arena);
	return 0;
}
