/* This file writes and reads the journal of a group of changes.
 *
 *	"PMGROUP1", title, u32 changes,
 *	per change: u8 kind, path, to, u64 size before, u64 size after, digest before, digest after, u32
 *spans, per span: u64 at, old bytes, fresh bytes, SHA-256 of all before it
 *
 * Texts and bytes stand behind their length, a u32; numbers are little-endian.
 * It is read as hostile bytes are.
 */
#include "apply/group.h"

#include "base/cursor.h"
#include "os/digest.h"

#include <string.h>

enum { MAGIC_LEN = 8, CHANGE_LEN_MIN = 1 + 4 + 4 + 16 + 2 * CHANGE_DIGEST_LEN + 4, SPAN_LEN_MIN = 16 };

static const char magic[] = "PMGROUP1";

static void put_number(struct buf *out, uint64_t number, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_add_byte(out, (uint8_t)(number >> 8 * i));
}

static void put_bytes(struct buf *out, struct view bytes)
{
	put_number(out, bytes.len, 4);
	buf_add(out, bytes);
}

static void put_text(struct buf *out, const char *text)
{
	put_bytes(out, str_view(str_of(text)));
}

static void put_change(struct buf *out, const struct change *change)
{
	put_number(out, (uint64_t)change->kind, 1);
	put_text(out, change->path);
	put_text(out, change->to);
	put_number(out, change->size_before, 8);
	put_number(out, change->size_after, 8);
	buf_add(out, view_of(change->before, CHANGE_DIGEST_LEN));
	buf_add(out, view_of(change->after, CHANGE_DIGEST_LEN));
	put_number(out, change->n_spans, 4);
	for (size_t i = 0; i < change->n_spans; i++) {
		put_number(out, change->spans[i].at, 8);
		put_bytes(out, change->spans[i].old);
		put_bytes(out, change->spans[i].fresh);
	}
}

void group_encode(const struct change_group *group, struct buf *out)
{
	uint8_t digest[DIGEST_SHA256_LEN];

	buf_add(out, view_of(magic, MAGIC_LEN));
	put_text(out, group->title);
	put_number(out, group->n, 4);
	for (size_t i = 0; i < group->n; i++)
		put_change(out, &group->at[i]);
	if (digest_sha256(buf_view(out), digest))
		buf_add(out, view_of(digest, sizeof digest));
	else
		out->failed = true;
}

static const char *take_text(struct arena *arena, struct cursor *c, size_t max)
{
	uint32_t len = cursor_u32le(c);
	struct str text = str_from_view(cursor_take(c, len));

	if (len > max || (text.len && memchr(text.at, '\0', text.len)))
		cursor_fail(c);
	return cursor_ok(c) ? arena_text(arena, text) : NULL;
}

static void take_digest(struct cursor *c, uint8_t out[static CHANGE_DIGEST_LEN])
{
	struct view bytes = cursor_take(c, CHANGE_DIGEST_LEN);

	if (bytes.len)
		memcpy(out, bytes.at, CHANGE_DIGEST_LEN);
}

/* In order, within the old file, and adding up to the new one's size. */
static bool take_spans(struct arena *arena, struct cursor *c, struct change *out)
{
	uint32_t n = cursor_u32le(c);
	struct change_span *spans;
	uint64_t at = 0, size = out->size_before;

	if (!cursor_ok(c) || n > CHANGE_SPANS_MAX || n > cursor_left(c) / SPAN_LEN_MIN)
		return false;
	spans = arena_array(arena, (size_t)n + 1, sizeof *spans);
	for (uint32_t i = 0; spans && i < n; i++) {
		struct change_span *span = &spans[i];

		span->at = cursor_u64le(c);
		span->old = cursor_take(c, cursor_u32le(c));
		span->fresh = cursor_take(c, cursor_u32le(c));
		if (!cursor_ok(c) || span->at < at || span->at > out->size_before ||
		    span->old.len > out->size_before - span->at)
			return false;
		at = span->at + span->old.len;
		size = size - span->old.len + span->fresh.len;
	}
	out->spans = spans;
	out->n_spans = n;
	return spans && (out->kind == CHANGE_NAME || size == out->size_after);
}

static bool take_change(struct arena *arena, struct cursor *c, struct change *out)
{
	uint8_t kind = cursor_u8(c);

	out->kind = (enum change_kind)kind;
	out->path = take_text(arena, c, GROUP_PATH_MAX);
	out->to = take_text(arena, c, GROUP_PATH_MAX);
	out->size_before = cursor_u64le(c);
	out->size_after = cursor_u64le(c);
	take_digest(c, out->before);
	take_digest(c, out->after);
	return cursor_ok(c) && kind <= CHANGE_KEY && out->path && out->to &&
	       out->size_before <= GROUP_FILE_MAX && out->size_after <= GROUP_FILE_MAX &&
	       take_spans(arena, c, out);
}

enum status group_decode(struct arena *arena, struct view bytes, struct change_group *out)
{
	struct cursor c = cursor_of(bytes);
	struct view head = cursor_take(&c, MAGIC_LEN), sum;
	uint8_t digest[DIGEST_SHA256_LEN];
	uint32_t n;

	*out = (struct change_group){ .title = "" };
	if (!cursor_ok(&c) || memcmp(head.at, magic, MAGIC_LEN) != 0 ||
	    bytes.len < MAGIC_LEN + DIGEST_SHA256_LEN)
		return ST_USAGE;
	sum = view_of(bytes.at + bytes.len - sizeof digest, sizeof digest);
	bytes.len -= sizeof digest;
	if (!digest_sha256(bytes, digest) || memcmp(sum.at, digest, sizeof digest) != 0)
		return ST_USAGE;
	c = cursor_of(bytes);
	cursor_skip(&c, MAGIC_LEN);
	out->title = take_text(arena, &c, GROUP_PATH_MAX);
	n = cursor_u32le(&c);
	if (!cursor_ok(&c) || n > CHANGE_GROUP_MAX || n > cursor_left(&c) / CHANGE_LEN_MIN)
		return ST_USAGE;
	out->at = arena_array(arena, (size_t)n + 1, sizeof *out->at);
	for (; out->at && out->n < n; out->n++)
		if (!take_change(arena, &c, &out->at[out->n]))
			return arena_failed(arena) ? ST_NOMEM : ST_USAGE;
	if (arena_failed(arena))
		return ST_NOMEM;
	return cursor_done(&c) ? ST_OK : ST_USAGE;
}
