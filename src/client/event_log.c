/* This file finds in an event log of Windows how long Outlook took to load its add-ins. */
#include "client/event_log.h"

#include "base/cursor.h"
#include "base/unicode.h"

#include <string.h>

enum {
	CHUNKS_AT = 4096,
	CHUNK_LEN = 65536,
	FREE_AT = 48, /* where the chunk's records end */
	RECORDS_AT = 512,
	RECORD_MARK = 0x2A2A,
	RECORD_HEAD = 24, /* mark, length, number, time */
	RECORD_LEAST = 28,
	MARK_LEN = 14
};

/* "ProgID:", the same in every language. */
static const uint8_t mark[] = "P\0r\0o\0g\0I\0D\0:\0";

struct reader {
	struct arena *arena;
	struct event_load *loads;
	size_t n;
};

static void keep(struct reader *r, struct str prog_id, uint32_t ms, uint64_t written)
{
	size_t i = 0;

	while (i < r->n && !str_eq_nocase(str_of(r->loads[i].prog_id), prog_id))
		i++;
	if (i == EVENT_LOADS_MAX || (i < r->n && r->loads[i].written > written))
		return;
	if (i == r->n) {
		r->loads[i].prog_id = arena_text(r->arena, prog_id);
		if (!r->loads[i].prog_id)
			return;
		r->n++;
	}
	r->loads[i].ms = ms;
	r->loads[i].written = written;
}

/* "Boot Time (Milliseconds): 31": a number behind a unit in brackets. */
static bool read_time(struct str line, uint32_t *out)
{
	size_t colon = str_find_char(line, ':');
	uint64_t ms;

	if (colon == 0 || colon >= line.len || line.at[colon - 1] != ')' ||
	    !str_to_u64(str_trim(str_skip(line, colon + 1)), UINT32_MAX, &ms))
		return false;
	*out = (uint32_t)ms;
	return true;
}

static void read_text(struct reader *r, struct str text, uint64_t written)
{
	struct str prog_id = STR("");
	uint32_t ms;

	while (text.at && text.len) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (str_starts(line, STR("ProgID:"))) {
			prog_id = str_trim(str_skip(line, 7));
		} else if (prog_id.len && read_time(line, &ms)) {
			keep(r, prog_id, ms, written);
			prog_id = STR("");
		}
	}
}

static void read_record(struct reader *r, struct view data, uint64_t written)
{
	size_t at = 0;
	const char *text;

	while (at + MARK_LEN <= data.len) {
		const uint8_t *found = memchr(data.at + at, mark[0], data.len - at - MARK_LEN + 1);

		if (!found)
			return;
		at = (size_t)(found - data.at);
		if (memcmp(found, mark, MARK_LEN) == 0)
			break;
		at++;
	}
	if (at + MARK_LEN > data.len)
		return;
	text = unicode_from_utf16(r->arena, view_of(data.at + at, data.len - at), data.len);
	if (text)
		read_text(r, str_of(text), written);
}

static void read_chunk(struct reader *r, struct view chunk)
{
	struct cursor head = cursor_of(chunk), c = cursor_of(chunk);
	uint32_t end;

	if (!str_starts(str_from_view(chunk), (struct str){ "ElfChnk", 8 }))
		return;
	cursor_skip(&head, FREE_AT);
	end = cursor_u32le(&head);
	cursor_skip(&c, RECORDS_AT);
	for (size_t at = RECORDS_AT; at + RECORD_LEAST <= end && at + RECORD_LEAST <= chunk.len;) {
		uint32_t is = cursor_u32le(&c), len = cursor_u32le(&c);
		uint64_t written;

		cursor_skip(&c, 8);
		written = cursor_u64le(&c);
		if (is != RECORD_MARK || len < RECORD_LEAST || len > chunk.len - at)
			return;
		read_record(r, cursor_take(&c, len - RECORD_HEAD), written);
		at += len;
	}
}

bool event_log_read(struct arena *arena, struct view bytes, struct event_load out[EVENT_LOADS_MAX],
		    size_t *n_out)
{
	struct reader r = { .arena = arena, .loads = out };
	struct cursor c = cursor_of(bytes);

	*n_out = 0;
	if (!str_starts(str_from_view(bytes), (struct str){ "ElfFile", 8 }))
		return false;
	cursor_skip(&c, CHUNKS_AT);
	while (cursor_left(&c) >= RECORDS_AT)
		read_chunk(&r, cursor_take(&c, cursor_left(&c) < CHUNK_LEN ? cursor_left(&c) : CHUNK_LEN));
	*n_out = r.n;
	return true;
}
