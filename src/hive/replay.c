/* This file brings a hive up to date from its transaction logs. */
#include "hive/replay.h"

#include "base/cursor.h"
#include "base/str.h"
#include "hive/cell.h"
#include "hive/marvin.h"
#include "hive/put.h"

#include <string.h>

enum { LOG_OLD_1 = 1, LOG_OLD_2 = 2, LOG_NEW = 6, ENTRY_HEADER_LEN = 40 };

#define HASH_SEED UINT64_C(0x82EF4D887A4E55C5)

struct log {
	struct view bytes;
	uint32_t sequence_1, sequence_2, type, bins_len;
	uint64_t written;
	uint32_t first; /* the first entry's sequence number; of an old log its own */
};

struct entry {
	uint32_t size, sequence, bins_len, n_pages;
	struct view pages; /* the references and behind them the pages */
};

/* What is being brought up to date. */
struct replay {
	struct arena *arena;
	uint8_t *bytes;
	size_t len;
	uint32_t next; /* the sequence number that an entry must have, or the first at least */
	bool may_skip; /* nothing was applied yet, and all logs are there */
	struct hive_replay *out;
};

static struct view part_of(struct view bytes, size_t at, size_t len)
{
	struct cursor c = cursor_of(bytes);

	cursor_seek(&c, at);
	return cursor_take(&c, len);
}

/* The header of a log is the first sector of a hive's. */
static bool read_log(struct view bytes, struct log *out)
{
	struct cursor c = cursor_of(bytes);

	*out = (struct log){ .bytes = bytes };
	if (!str_is(str_from_view(cursor_take(&c, 4)), "regf"))
		return false;
	out->sequence_1 = cursor_u32le(&c);
	out->sequence_2 = cursor_u32le(&c);
	out->written = cursor_u64le(&c);
	cursor_seek(&c, CELL_TYPE_AT);
	out->type = cursor_u32le(&c);
	cursor_seek(&c, CELL_BINS_LEN_AT);
	out->bins_len = cursor_u32le(&c);
	cursor_seek(&c, CELL_CHECKSUM_AT);
	return cursor_u32le(&c) == cell_header_checksum(bytes) && cursor_ok(&c);
}

/* An entry of a new log. False for what is none, or whose hashes are wrong. */
static bool read_entry(struct view bytes, size_t at, struct entry *out)
{
	struct cursor c = cursor_of(bytes);
	uint64_t hash_1, hash_2;
	struct view whole;

	cursor_seek(&c, at);
	if (!str_is(str_from_view(cursor_take(&c, 4)), "HvLE"))
		return false;
	out->size = cursor_u32le(&c);
	cursor_skip(&c, 4);
	out->sequence = cursor_u32le(&c);
	out->bins_len = cursor_u32le(&c);
	out->n_pages = cursor_u32le(&c);
	hash_1 = cursor_u64le(&c);
	hash_2 = cursor_u64le(&c);
	if (!cursor_ok(&c) || out->size < ENTRY_HEADER_LEN || out->size % CELL_SECTOR_LEN != 0)
		return false;
	whole = part_of(bytes, at, out->size);
	out->pages = part_of(whole, ENTRY_HEADER_LEN, out->size - ENTRY_HEADER_LEN);
	return whole.len != 0 && out->bins_len % HIVE_BIN_UNIT == 0 &&
	       hash_2 == marvin_hash(HASH_SEED, part_of(whole, 0, 32)) &&
	       hash_1 == marvin_hash(HASH_SEED, out->pages);
}

/* Makes the copy long enough for bins of this length. */
static enum status make_room(struct replay *replay, uint32_t bins_len)
{
	size_t len = (size_t)HIVE_HEADER_LEN + bins_len;
	uint8_t *more;

	if (len > replay->len) {
		more = arena_alloc(replay->arena, len);
		if (!more)
			return ST_NOMEM;
		memcpy(more, replay->bytes, replay->len);
		replay->bytes = more;
		replay->len = len;
	}
	put_u32(replay->bytes + CELL_BINS_LEN_AT, bins_len);
	return ST_OK;
}

/* False when a page reaches beyond the bins: then nothing was changed. */
static bool pages_fit(const struct entry *entry)
{
	struct cursor refs = cursor_of(entry->pages);
	uint64_t sum = 0;

	for (uint32_t i = 0; i < entry->n_pages && cursor_ok(&refs); i++) {
		uint64_t at = cursor_u32le(&refs), len = cursor_u32le(&refs);

		sum += len;
		if (at + len > entry->bins_len)
			return false;
	}
	return cursor_ok(&refs) && sum <= cursor_left(&refs);
}

static enum status apply_entry(struct replay *replay, const struct entry *entry)
{
	struct cursor refs = cursor_of(entry->pages), pages = refs;
	enum status st = make_room(replay, entry->bins_len);

	cursor_skip(&pages, (size_t)entry->n_pages * 8);
	for (uint32_t i = 0; st == ST_OK && i < entry->n_pages; i++) {
		uint32_t at = cursor_u32le(&refs);
		struct view page = cursor_take(&pages, cursor_u32le(&refs));

		if (page.len)
			memcpy(replay->bytes + HIVE_HEADER_LEN + at, page.at, page.len);
	}
	replay->next = entry->sequence + 1;
	replay->may_skip = false;
	replay->out->n_entries++;
	replay->out->n_pages += entry->n_pages;
	return st;
}

/* Entries that the hive already has are passed over; the first one that does
 * not follow ends it. */
static enum status apply_new_log(struct replay *replay, const struct log *log)
{
	size_t at = CELL_SECTOR_LEN;
	enum status st = ST_OK;
	struct entry entry;

	while (st == ST_OK && read_entry(log->bytes, at, &entry)) {
		at += entry.size;
		if ((int32_t)(entry.sequence - replay->next) < 0)
			continue;
		if ((entry.sequence != replay->next && !replay->may_skip) || !pages_fit(&entry))
			break;
		st = apply_entry(replay, &entry);
	}
	return st;
}

static bool bit_of(struct view map, size_t i)
{
	return i / 8 < map.len && map.at[i / 8] >> i % 8 & 1;
}

/* A bitmap has one bit for each sector of the bins; the sectors whose bits are set
 * follow from the next sector of the log on. */
static enum status apply_old_log(struct replay *replay, const struct log *log)
{
	size_t n = log->bins_len / CELL_SECTOR_LEN, data_at, n_set = 0;
	struct cursor c = cursor_of(log->bytes);
	struct view map;
	enum status st;

	cursor_seek(&c, CELL_SECTOR_LEN);
	if (!str_is(str_from_view(cursor_take(&c, 4)), "DIRT"))
		return ST_OK;
	map = cursor_take(&c, (n + 7) / 8);
	data_at = (c.at + CELL_SECTOR_LEN - 1) / CELL_SECTOR_LEN * CELL_SECTOR_LEN;
	cursor_seek(&c, data_at);
	for (size_t i = 0; cursor_ok(&c) && i < n; i++)
		n_set += bit_of(map, i);
	if (!cursor_ok(&c) || n == 0 || log->bins_len % HIVE_BIN_UNIT ||
	    cursor_left(&c) / CELL_SECTOR_LEN < n_set)
		return ST_OK;
	st = make_room(replay, log->bins_len);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		struct view sector = bit_of(map, i) ? cursor_take(&c, CELL_SECTOR_LEN) : view_of(NULL, 0);

		if (sector.len)
			memcpy(replay->bytes + HIVE_HEADER_LEN + i * CELL_SECTOR_LEN, sector.at, sector.len);
	}
	replay->next = log->sequence_1 + 1;
	replay->out->n_entries++;
	replay->out->n_pages += n_set;
	return st;
}

static bool is_old(const struct log *log)
{
	return log->type == LOG_OLD_1 || log->type == LOG_OLD_2;
}

/* Old logs are written whole before the hive: theirs is the number that the hive
 * last had in full, or the one that it was about to have, and their time the hive's. */
static bool old_log_fits(const struct log *log, const struct log *hive, bool has_header)
{
	if (!is_old(log) || log->sequence_1 != log->sequence_2)
		return false;
	return !has_header || (log->written == hive->written &&
			       (log->sequence_1 == hive->sequence_1 || log->sequence_1 == hive->sequence_2));
}

/* The logs that can be read, the earlier one first. */
static size_t sort_logs(const struct view *views, size_t n_views, struct log logs[HIVE_LOGS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < n_views && n < HIVE_LOGS_MAX; i++) {
		struct entry first = { .sequence = 0 };
		struct log log;
		size_t at = n;

		if (!read_log(views[i], &log))
			continue;
		if (!is_old(&log) && (log.type != LOG_NEW || !read_entry(log.bytes, CELL_SECTOR_LEN, &first)))
			continue;
		log.first = is_old(&log) ? log.sequence_1 : first.sequence;
		for (; at > 0 && (int32_t)(log.first - logs[at - 1].first) < 0; at--)
			logs[at] = logs[at - 1];
		logs[at] = log;
		n++;
	}
	return n;
}

/* A hive whose own header is broken takes that of the log that was written last. */
static bool take_header(struct replay *replay, const struct log *logs, size_t n_logs)
{
	if (n_logs == 0)
		return false;
	memcpy(replay->bytes, logs[n_logs - 1].bytes.at, CELL_SECTOR_LEN);
	put_u32(replay->bytes + CELL_TYPE_AT, 0);
	replay->next = logs[0].first;
	return true;
}

static void seal(struct replay *replay)
{
	put_u32(replay->bytes + CELL_SEQUENCE_AT, replay->next - 1);
	put_u32(replay->bytes + CELL_SEQUENCE_AT + 4, replay->next - 1);
	put_u32(replay->bytes + CELL_CHECKSUM_AT,
		cell_header_checksum(view_of(replay->bytes, HIVE_HEADER_LEN)));
	replay->out->bytes = view_of(replay->bytes, replay->len);
	replay->out->is_current = true;
}

static enum status apply_logs(struct replay *replay, const struct log *logs, size_t n_logs,
			      const struct log *hive, bool has_header)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < n_logs; i++) {
		if (logs[i].type == LOG_NEW)
			st = apply_new_log(replay, &logs[i]);
		else if (old_log_fits(&logs[i], hive, has_header))
			st = apply_old_log(replay, &logs[i]);
	}
	if (st == ST_OK && replay->out->n_entries)
		seal(replay);
	return st;
}

enum status hive_replay(struct arena *arena, struct view hive, const struct view *logs, size_t n_logs,
			struct hive_replay *out)
{
	struct replay replay = { .arena = arena, .len = hive.len, .out = out };
	struct log sorted[HIVE_LOGS_MAX], self;
	bool has_header = read_log(hive, &self) && self.type == 0;
	size_t n;

	*out = (struct hive_replay){ .bytes = hive };
	out->is_current = has_header && self.sequence_1 == self.sequence_2;
	if (out->is_current || hive.len < HIVE_HEADER_LEN)
		return ST_OK;
	n = sort_logs(logs, n_logs, sorted);
	if (n == 0)
		return ST_OK;
	replay.bytes = arena_copy(arena, hive.at, hive.len);
	if (!replay.bytes)
		return ST_NOMEM;
	replay.next = self.sequence_2;
	/* Windows may write a part of the changes into the hive, keep the hive's header
	 * and use the log again: then the earlier entries are in the hive. */
	replay.may_skip = n > 1;
	if (!has_header && !take_header(&replay, sorted, n))
		return ST_OK;
	return apply_logs(&replay, sorted, n, &self, has_header);
}
