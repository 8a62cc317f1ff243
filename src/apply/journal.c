/* This file writes and reads the journal of a change in place.
 *
 *	head    "PMJOURNL" version:4 edits:4 size before:8 size after:8 bytes up to the marks:8
 *	        checksum of the store's first bytes:4 zeros:16 checksum of these:4
 *	record  "EDIT" barrier:4 at:8 old bytes:4 new bytes:4 checksum of both:4 checksum of these:4, old, new
 *	mark    "MARK" what:4 value:4 checksum of these:4
 *
 * All little-endian; checksums are CRC-32. Marks are appended one by one: the
 * first that does not hold ends the journal.
 */
#include "apply/journal.h"

#include "base/cursor.h"
#include "pst/ndb/crc.h"
#include "pst/ndb/field.h"

#include <string.h>

static const char head_magic[] = "PMJOURNL", record_magic[] = "EDIT", mark_magic[] = "MARK";

enum { HEAD_MAGIC_LEN = 8, MAGIC_LEN = 4 };

/* The last four bytes hold the checksum of those before; all ones are fed
 * first, because of zeros alone it would be zero. */
static uint32_t checksum(struct view bytes)
{
	static const uint8_t ones[4] = { 0xFF, 0xFF, 0xFF, 0xFF };

	return pst_crc_more(pst_crc(view_of(ones, sizeof ones)), bytes);
}

static void seal(uint8_t *bytes, size_t len)
{
	field_put(bytes + len - 4, 4, checksum(view_of(bytes, len - 4)));
}

static bool is_sealed(struct view bytes)
{
	struct cursor c = cursor_of(bytes);
	struct view body = cursor_take(&c, bytes.len - 4);

	return cursor_u32le(&c) == checksum(body);
}

uint64_t journal_len(const struct edit_list *edits)
{
	uint64_t len = JOURNAL_HEAD_LEN;

	for (size_t i = 0; i < edits->n; i++)
		len += JOURNAL_RECORD_LEN + (uint64_t)edits->edits[i].old.len + edits->edits[i].fresh.len;
	return len;
}

void journal_head_encode(const struct edit_list *edits, uint32_t head_before,
			 uint8_t out[static JOURNAL_HEAD_LEN])
{
	memset(out, 0, JOURNAL_HEAD_LEN);
	memcpy(out, head_magic, HEAD_MAGIC_LEN);
	field_put(out + 8, 4, JOURNAL_VERSION);
	field_put(out + 12, 4, edits->n);
	field_put(out + 16, 8, edits->size_before);
	field_put(out + 24, 8, edits->size_after);
	field_put(out + 32, 8, journal_len(edits));
	field_put(out + 40, 4, head_before);
	seal(out, JOURNAL_HEAD_LEN);
}

void journal_record_encode(const struct edit *edit, uint8_t out[static JOURNAL_RECORD_LEN])
{
	memcpy(out, record_magic, MAGIC_LEN);
	field_put(out + 4, 4, edit->barrier);
	field_put(out + 8, 8, edit->at);
	field_put(out + 16, 4, edit->old.len);
	field_put(out + 20, 4, edit->fresh.len);
	field_put(out + 24, 4, pst_crc_more(checksum(edit->old), edit->fresh));
	seal(out, JOURNAL_RECORD_LEN);
}

void journal_mark_encode(enum journal_mark mark, uint32_t value, uint8_t out[static JOURNAL_MARK_LEN])
{
	memcpy(out, mark_magic, MAGIC_LEN);
	field_put(out + 4, 4, (uint64_t)mark);
	field_put(out + 8, 4, value);
	seal(out, JOURNAL_MARK_LEN);
}

static bool has_magic(struct cursor *c, const char *magic, size_t len)
{
	struct view v = cursor_take(c, len);

	return v.len == len && memcmp(v.at, magic, len) == 0;
}

struct head {
	uint64_t n, len;
};

static bool decode_head(struct view bytes, struct journal *out, struct head *head)
{
	struct cursor all = cursor_of(bytes), c;
	struct view part = cursor_take(&all, JOURNAL_HEAD_LEN);

	c = cursor_of(part);
	if (!cursor_ok(&all) || !has_magic(&c, head_magic, HEAD_MAGIC_LEN) || !is_sealed(part) ||
	    cursor_u32le(&c) != JOURNAL_VERSION)
		return false;
	head->n = cursor_u32le(&c);
	out->edits.size_before = cursor_u64le(&c);
	out->edits.size_after = cursor_u64le(&c);
	head->len = cursor_u64le(&c);
	out->head_before = cursor_u32le(&c);
	return head->n <= JOURNAL_EDITS_MAX && out->edits.size_after >= out->edits.size_before &&
	       out->edits.size_after < UINT64_C(1) << 62;
}

/* One record; false when it does not hold or leaves the store. */
static bool decode_record(struct cursor *c, const struct edit_list *list, struct edit *out)
{
	struct view part = cursor_take(c, JOURNAL_RECORD_LEN);
	struct cursor r = cursor_of(part);
	uint32_t old_len, new_len, crc;

	if (!cursor_ok(c) || !is_sealed(part) || !has_magic(&r, record_magic, MAGIC_LEN))
		return false;
	out->barrier = cursor_u32le(&r);
	out->at = cursor_u64le(&r);
	old_len = cursor_u32le(&r);
	new_len = cursor_u32le(&r);
	crc = cursor_u32le(&r);
	if (new_len > EDIT_LEN_MAX || old_len > new_len || out->at > list->size_after ||
	    new_len > list->size_after - out->at)
		return false;
	out->old = cursor_take(c, old_len);
	out->fresh = cursor_take(c, new_len);
	return cursor_ok(c) && crc == pst_crc_more(checksum(out->old), out->fresh);
}

static bool decode_records(struct cursor *c, struct edit *edits, struct edit_list *list)
{
	uint32_t barrier = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!decode_record(c, list, &edits[i]) || edits[i].barrier < barrier)
			return false;
		barrier = edits[i].barrier;
	}
	return true;
}

/* Moves on behind each mark that holds. */
static void decode_marks(struct cursor *c, struct journal *out)
{
	while (cursor_left(c) >= JOURNAL_MARK_LEN) {
		struct view part = cursor_take(c, JOURNAL_MARK_LEN);
		struct cursor m = cursor_of(part);
		uint32_t what, value;

		if (!is_sealed(part) || !has_magic(&m, mark_magic, MAGIC_LEN))
			return;
		what = cursor_u32le(&m);
		value = cursor_u32le(&m);
		/* The first must be READY, and what was begun is not begun again. */
		if ((out->state == JOURNAL_BEGUN) != (what == JOURNAL_READY))
			return;
		out->end += JOURNAL_MARK_LEN;
		if (what == JOURNAL_READY) {
			out->state = JOURNAL_WRITING;
		} else if (what == JOURNAL_SYNCED) {
			out->last_barrier = value;
			out->has_synced = true;
		} else if (what == JOURNAL_SEALED) {
			out->state = JOURNAL_DONE;
			out->head_after = value;
		} else if (what == JOURNAL_UNDOING) {
			out->state = JOURNAL_GOING;
		}
	}
}

/* Whether a journal that does not hold was ever ready: then its records were all
 * on the disk once. */
static bool was_ready(struct view bytes, uint64_t len)
{
	struct journal probe = { .state = JOURNAL_BEGUN };
	struct cursor c = cursor_of(bytes);

	if (len > bytes.len)
		return false;
	cursor_seek(&c, (size_t)len);
	decode_marks(&c, &probe);
	return probe.state != JOURNAL_BEGUN;
}

enum status journal_decode(struct arena *arena, struct view bytes, struct journal *out)
{
	struct cursor c = cursor_of(bytes);
	struct head head = { 0 };
	struct edit *edits;

	*out = (struct journal){ .state = JOURNAL_FOREIGN };
	if (!decode_head(bytes, out, &head)) {
		/* Shorter than a head: it was being made. */
		out->state = bytes.len < JOURNAL_HEAD_LEN ? JOURNAL_BEGUN : JOURNAL_FOREIGN;
		return ST_OK;
	}
	out->state = JOURNAL_BEGUN;
	/* Each record takes room in the file: a crafted count costs no memory. */
	if (head.len > bytes.len || head.n > bytes.len / JOURNAL_RECORD_LEN)
		return ST_OK;
	edits = arena_array(arena, (size_t)head.n + 1, sizeof *edits);
	if (!edits)
		return ST_NOMEM;
	out->edits.edits = edits;
	out->edits.n = (size_t)head.n;
	cursor_skip(&c, JOURNAL_HEAD_LEN);
	if (!decode_records(&c, edits, &out->edits) || c.at != head.len) {
		out->edits.n = 0;
		out->state = was_ready(bytes, head.len) ? JOURNAL_DAMAGED : JOURNAL_BEGUN;
		return ST_OK;
	}
	out->end = head.len;
	decode_marks(&c, out);
	return ST_OK;
}
