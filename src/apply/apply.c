/* This file carries edits out on a store, goes on after a crash, and takes back.
 *
 * First the whole journal, synced; then READY, synced; only then the store, in
 * the order of barriers with a sync between them; then SEALED. Going on writes
 * all edits once more: each leaves what it leaves, however often. Taking back
 * writes the old bytes in the opposite order; UNDOING says so before.
 */
#include "apply/apply.h"

#include "pst/ndb/crc.h"

#include <string.h>

enum { PART = 4096 };

struct work {
	struct apply_site *site;
	const struct edit_list *list;
	uint64_t journal_end;
	const char **why_out;
};

static enum status refuse(struct work *w, const char *why)
{
	*w->why_out = why;
	return ST_USAGE;
}

static enum status refused_by_system(struct work *w, enum status st, const char *why)
{
	if (st != ST_OK && !*w->why_out)
		*w->why_out = why;
	return st;
}

uint64_t apply_space(const struct edit_list *edits)
{
	return journal_len(edits) + 16 * (uint64_t)JOURNAL_MARK_LEN +
	       (edits->size_after - edits->size_before);
}

static enum status store_size(struct work *w, uint64_t *out)
{
	return w->site->store.size(w->site->store.context, out);
}

static enum status store_read(struct work *w, uint64_t at, void *to, size_t len)
{
	return w->site->store.read(w->site->store.context, at, to, len);
}

static enum status store_write(struct work *w, uint64_t at, struct view bytes)
{
	return bytes.len ? w->site->store.write(w->site->store.context, at, bytes) : ST_OK;
}

static enum status store_sync(struct work *w)
{
	return w->site->store.sync(w->site->store.context);
}

static enum status journal_sync(struct work *w)
{
	return w->site->journal.sync(w->site->journal.context);
}

/* Checksum of the store's first bytes; of a shorter store, of all. */
static enum status head_of(struct work *w, uint32_t *out)
{
	uint8_t bytes[JOURNAL_STORE_HEAD];
	uint64_t size = 0;
	enum status st = store_size(w, &size);
	size_t len = size < sizeof bytes ? (size_t)size : sizeof bytes;

	if (st == ST_OK)
		st = store_read(w, 0, bytes, len);
	*out = pst_crc(view_of(bytes, len));
	return st;
}

static enum status append(struct work *w, struct view bytes)
{
	enum status st = ST_OK;

	if (bytes.len)
		st = w->site->journal.write(w->site->journal.context, w->journal_end, bytes);
	w->journal_end += bytes.len;
	return st;
}

static enum status mark(struct work *w, enum journal_mark mark, uint32_t value)
{
	uint8_t bytes[JOURNAL_MARK_LEN];

	journal_mark_encode(mark, value, bytes);
	return append(w, view_of(bytes, sizeof bytes));
}

static enum status write_records(struct work *w)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < w->list->n; i++) {
		const struct edit *e = &w->list->edits[i];
		uint8_t bytes[JOURNAL_RECORD_LEN];

		journal_record_encode(e, bytes);
		st = append(w, view_of(bytes, sizeof bytes));
		if (st == ST_OK)
			st = append(w, e->old);
		if (st == ST_OK)
			st = append(w, e->fresh);
	}
	return st;
}

static enum status write_journal(struct work *w)
{
	uint8_t head[JOURNAL_HEAD_LEN];
	uint32_t before;
	enum status st = head_of(w, &before);

	journal_head_encode(w->list, before, head);
	if (st == ST_OK)
		st = append(w, view_of(head, sizeof head));
	if (st == ST_OK)
		st = write_records(w);
	if (st == ST_OK)
		st = journal_sync(w);
	if (st == ST_OK)
		st = w->site->sync_names(w->site->context);
	if (st == ST_OK)
		st = mark(w, JOURNAL_READY, (uint32_t)w->list->n);
	return st == ST_OK ? journal_sync(w) : st;
}

/* What stands in a range when the turn of edit `n` comes: the store's bytes, or
 * those of the last edit before it that covers them. */
static void lay_earlier(const struct edit_list *list, size_t n, uint64_t at, uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < n; i++) {
		const struct edit *e = &list->edits[i];
		uint64_t from = e->at > at ? e->at : at;
		uint64_t to = e->at + e->fresh.len < at + len ? e->at + e->fresh.len : at + len;

		if (from < to)
			memcpy(bytes + (from - at), e->fresh.at + (from - e->at), (size_t)(to - from));
	}
}

static bool same(const void *a, const void *b, size_t len)
{
	return len == 0 || memcmp(a, b, len) == 0;
}

/* Only where the bytes on the disk are others are earlier edits asked. */
static enum status check_edit(struct work *w, size_t n, bool *ok)
{
	const struct edit *e = &w->list->edits[n];
	uint8_t have[PART];

	for (size_t done = 0; *ok && done < e->old.len; done += PART) {
		size_t len = e->old.len - done < PART ? e->old.len - done : PART;
		enum status st = store_read(w, e->at + done, have, len);

		if (st != ST_OK)
			return st;
		if (same(have, e->old.at + done, len))
			continue;
		lay_earlier(w->list, n, e->at + done, have, len);
		*ok = same(have, e->old.at + done, len);
	}
	return ST_OK;
}

static enum status check_all_old(struct work *w)
{
	uint64_t size = 0;
	enum status st = store_size(w, &size);
	bool ok = size == w->list->size_before;

	for (size_t i = 0; st == ST_OK && ok && i < w->list->n; i++)
		st = check_edit(w, i, &ok);
	if (st == ST_OK && !ok)
		return refuse(w, "the store is not what it was when the plan was made");
	return st;
}

/* Carries out all edits and seals. */
static enum status carry_out(struct work *w)
{
	const struct edit_list *list = w->list;
	uint64_t size = 0;
	uint32_t head;
	enum status st = store_size(w, &size);

	if (st == ST_OK && size != list->size_after)
		st = w->site->store.resize(w->site->store.context, list->size_after);
	for (size_t i = 0; st == ST_OK && i < list->n; i++) {
		const struct edit *e = &list->edits[i];

		if (i > 0 && e->barrier != list->edits[i - 1].barrier) {
			st = store_sync(w);
			if (st == ST_OK)
				st = mark(w, JOURNAL_SYNCED, list->edits[i - 1].barrier);
		}
		if (st == ST_OK)
			st = store_write(w, e->at, e->fresh);
	}
	if (st == ST_OK)
		st = store_sync(w);
	if (st == ST_OK)
		st = head_of(w, &head);
	if (st == ST_OK)
		st = mark(w, JOURNAL_SEALED, head);
	return st == ST_OK ? journal_sync(w) : st;
}

static enum status drop_journal(struct work *w)
{
	enum status st = w->site->remove(w->site->context);

	w->site->has_journal = false;
	return st == ST_OK ? w->site->sync_names(w->site->context) : st;
}

enum status apply_run(struct apply_site *site, struct arena *arena, const struct edit_list *edits,
		      const char **why_out)
{
	struct work w = { .site = site, .list = edits, .why_out = why_out };
	enum status st = check_all_old(&w);

	(void)arena;
	if (st == ST_OK && site->has_journal)
		return refuse(&w, "there is a journal already");
	if (st != ST_OK)
		return refused_by_system(&w, st, "the store cannot be read");
	st = site->create(site->context);
	if (st != ST_OK)
		return refused_by_system(&w, st, "no journal can be made beside the store");
	site->has_journal = true;
	st = write_journal(&w);
	if (st != ST_OK) {
		(void)refused_by_system(
			&w, st, "the journal cannot be written: is the disk full? Nothing was changed");
		(void)drop_journal(&w);
		return st;
	}
	return refused_by_system(&w, carry_out(&w),
				 "the store cannot be written; go on or take back what was written so far");
}

/* In a store between before and after, each byte is one that some edit found or
 * left there. */
static bool byte_is_known(const struct edit_list *list, uint64_t at, uint8_t byte)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct edit *e = &list->edits[i];

		if (at < e->at || at - e->at >= e->fresh.len)
			continue;
		if (e->fresh.at[at - e->at] == byte ||
		    (at - e->at < e->old.len ? e->old.at[at - e->at] == byte : byte == 0))
			return true;
	}
	return false;
}

static bool part_is_known(const struct edit_list *list, const struct edit *e, size_t done, struct view have)
{
	for (size_t i = 0; i < have.len; i++) {
		bool is_old = done + i < e->old.len ? e->old.at[done + i] == have.at[i] : have.at[i] == 0;

		if (!is_old && e->fresh.at[done + i] != have.at[i] &&
		    !byte_is_known(list, e->at + done + i, have.at[i]))
			return false;
	}
	return true;
}

static enum status check_between(struct work *w, uint64_t size, bool *ok)
{
	const struct edit_list *list = w->list;
	uint8_t have[PART];

	*ok = size >= list->size_before && size <= list->size_after;
	for (size_t i = 0; *ok && i < list->n; i++) {
		const struct edit *e = &list->edits[i];

		for (size_t done = 0; *ok && done < e->fresh.len && e->at + done < size; done += PART) {
			size_t len = e->fresh.len - done < PART ? e->fresh.len - done : PART;
			enum status st;

			if (len > size - e->at - done)
				len = (size_t)(size - e->at - done);
			st = store_read(w, e->at + done, have, len);
			if (st != ST_OK)
				return st;
			*ok = part_is_known(list, e, done, view_of(have, len));
		}
	}
	return ST_OK;
}

/* The last edit that covers a place says what stands there afterwards. */
static bool is_covered_later(const struct edit_list *list, size_t n)
{
	const struct edit *e = &list->edits[n];

	for (size_t i = n + 1; i < list->n; i++)
		if (list->edits[i].at == e->at && list->edits[i].fresh.len == e->fresh.len)
			return true;
	return false;
}

static enum status check_done(struct work *w, const struct journal *journal, uint64_t size, bool *ok)
{
	uint8_t have[PART];
	uint32_t head;
	enum status st = head_of(w, &head);

	*ok = size == w->list->size_after && head == journal->head_after;
	for (size_t i = 0; st == ST_OK && *ok && i < w->list->n; i++) {
		const struct edit *e = &w->list->edits[i];

		for (size_t done = 0; st == ST_OK && *ok && done < e->fresh.len; done += PART) {
			size_t len = e->fresh.len - done < PART ? e->fresh.len - done : PART;

			st = store_read(w, e->at + done, have, len);
			*ok = st == ST_OK &&
			      (same(have, e->fresh.at + done, len) || is_covered_later(w->list, i));
		}
	}
	return st;
}

/* Any program that writes into a store changes its first bytes. */
static bool touches_head(const struct edit_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->edits[i].at < JOURNAL_STORE_HEAD)
			return true;
	return false;
}

static enum status verify(struct work *w, const struct journal *journal)
{
	uint64_t size = 0;
	uint32_t head;
	enum status st = store_size(w, &size);
	bool ok = false;

	if (st != ST_OK)
		return st;
	if (journal->state == JOURNAL_DONE)
		st = check_done(w, journal, size, &ok);
	else
		st = check_between(w, size, &ok);
	if (st == ST_OK && ok && journal->state != JOURNAL_DONE && !touches_head(w->list)) {
		st = head_of(w, &head);
		ok = head == journal->head_before;
	}
	if (st == ST_OK && !ok)
		return refuse(
			w, "the store was changed since by another program: the journal no longer fits it");
	return st;
}

enum status apply_fits(struct apply_site *site, const struct journal *journal, bool *fits_out)
{
	const char *why = NULL;
	struct work w = { .site = site, .list = &journal->edits, .why_out = &why };
	enum status st = verify(&w, journal);

	*fits_out = st == ST_OK;
	return st == ST_USAGE ? ST_OK : st;
}

enum status apply_read_journal(struct apply_site *site, struct arena *arena, struct journal *out)
{
	uint64_t size = 0;
	enum status st = site->journal.size(site->journal.context, &size);
	uint8_t *bytes;

	if (st != ST_OK)
		return st;
	if (size > APPLY_JOURNAL_MAX)
		return ST_LIMIT;
	bytes = arena_alloc(arena, (size_t)size + 1);
	if (!bytes)
		return ST_NOMEM;
	st = site->journal.read(site->journal.context, 0, bytes, (size_t)size);
	return st == ST_OK ? journal_decode(arena, view_of(bytes, (size_t)size), out) : st;
}

enum status apply_resume(struct apply_site *site, struct arena *arena, const char **why_out)
{
	struct journal journal;
	struct work w = { .site = site, .list = &journal.edits, .why_out = why_out };
	enum status st = apply_read_journal(site, arena, &journal);

	if (st != ST_OK)
		return refused_by_system(&w, st, "the journal cannot be read");
	if (journal.state != JOURNAL_WRITING)
		return refuse(&w, "the journal holds nothing to go on with");
	w.journal_end = journal.end;
	st = verify(&w, &journal);
	return refused_by_system(&w, st == ST_OK ? carry_out(&w) : st, "the store cannot be written");
}

static enum status write_back(struct work *w)
{
	const struct edit_list *list = w->list;
	enum status st = ST_OK;

	for (size_t i = list->n; st == ST_OK && i-- > 0;) {
		const struct edit *e = &list->edits[i];

		if (i + 1 < list->n && e->barrier != list->edits[i + 1].barrier)
			st = store_sync(w);
		if (st == ST_OK)
			st = store_write(w, e->at, e->old);
	}
	if (st == ST_OK)
		st = w->site->store.resize(w->site->store.context, list->size_before);
	return st == ST_OK ? store_sync(w) : st;
}

static enum status take_back(struct work *w, const struct journal *journal)
{
	enum status st = verify(w, journal);

	if (st != ST_OK)
		return st;
	if (journal->state != JOURNAL_GOING) {
		st = mark(w, JOURNAL_UNDOING, 0);
		if (st == ST_OK)
			st = journal_sync(w);
	}
	if (st == ST_OK)
		st = write_back(w);
	return st == ST_OK ? drop_journal(w) : st;
}

enum status apply_undo(struct apply_site *site, struct arena *arena, const char **why_out)
{
	struct journal journal;
	struct work w = { .site = site, .list = &journal.edits, .why_out = why_out };
	enum status st = apply_read_journal(site, arena, &journal);

	if (st != ST_OK)
		return refused_by_system(&w, st, "the journal cannot be read");
	if (journal.state == JOURNAL_FOREIGN)
		return refuse(&w, "the file beside the store is no journal of this version of postmend");
	if (journal.state == JOURNAL_DAMAGED)
		return refuse(&w,
			      "the journal is damaged: what it says cannot be trusted, and nothing was done");
	w.journal_end = journal.end;
	/* Nothing of the store was written. */
	if (journal.state == JOURNAL_BEGUN)
		return refused_by_system(&w, drop_journal(&w), "the journal cannot be removed");
	return refused_by_system(&w, take_back(&w, &journal), "the store cannot be written");
}
