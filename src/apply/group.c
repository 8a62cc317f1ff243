/* This file carries a group of changes of small files out as one, and takes it back. */
#include "apply/group.h"

#include "base/checked.h"
#include "os/digest.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/live_registry.h"
#include "os/replace.h"

#include <string.h>

/* Where a file stands between before and after. */
enum standing { STANDING_BEFORE, STANDING_AFTER, STANDING_ELSEWHERE };

static bool is_digest(struct view bytes, const uint8_t wanted[static CHANGE_DIGEST_LEN])
{
	uint8_t digest[DIGEST_SHA256_LEN];

	return digest_sha256(bytes, digest) && memcmp(digest, wanted, sizeof digest) == 0;
}

/* The file's bytes of the other side: forward from old to fresh, or back. */
static bool splice(const struct change *change, struct view bytes, bool is_forward, struct buf *out)
{
	uint64_t at = 0, shift_old = 0, shift_fresh = 0;

	for (size_t i = 0; i < change->n_spans; i++) {
		const struct change_span *span = &change->spans[i];
		struct view gone = is_forward ? span->old : span->fresh;
		struct view come = is_forward ? span->fresh : span->old;
		uint64_t here = is_forward ? span->at : span->at + shift_fresh - shift_old;

		if (here < at || here > bytes.len || gone.len > bytes.len - here ||
		    (gone.len && memcmp(bytes.at + here, gone.at, gone.len) != 0))
			return false;
		if (here > at)
			buf_add(out, view_of(bytes.at + at, (size_t)(here - at)));
		buf_add(out, come);
		at = here + gone.len;
		shift_old += span->old.len;
		shift_fresh += span->fresh.len;
	}
	if (at < bytes.len)
		buf_add(out, view_of(bytes.at + at, bytes.len - (size_t)at));
	return !buf_failed(out);
}

enum status group_complete(struct arena *arena, struct change *change, struct view before)
{
	struct buf after;
	bool fits;

	(void)arena;
	buf_init(&after, GROUP_FILE_MAX);
	fits = splice(change, before, true, &after);
	change->size_before = before.len;
	change->size_after = after.len;
	fits = fits && digest_sha256(before, change->before) &&
	       digest_sha256(buf_view(&after), change->after);
	buf_fini(&after);
	return fits ? ST_OK : ST_USAGE;
}

static enum standing standing_of_name(const struct change *change)
{
	bool has_old = file_exists(change->path), has_new = file_exists(change->to);

	if (has_old && !has_new)
		return STANDING_BEFORE;
	return has_new && !has_old ? STANDING_AFTER : STANDING_ELSEWHERE;
}

/* Reads the file into `bytes` too, which the caller frees. */
static enum status find_standing(const struct change *change, struct buf *bytes, enum standing *out,
				 const char **why_out)
{
	enum status st = ST_OK;

	*out = STANDING_ELSEWHERE;
	if (change->kind == CHANGE_NAME) {
		*out = standing_of_name(change);
		return ST_OK;
	}
	if (change->kind == CHANGE_KEY) {
		*out = live_registry_has_key(change->path) ? STANDING_AFTER : STANDING_BEFORE;
		return ST_OK;
	}
	if (change->kind == CHANGE_VALUE) {
		st = live_registry_get(change->path, change->to, bytes, why_out);
	} else if (!file_exists(change->path)) {
		*out = change->kind == CHANGE_NEW ? STANDING_BEFORE : STANDING_ELSEWHERE;
		return ST_OK;
	} else {
		st = file_read(change->path, bytes, why_out);
	}
	if (st != ST_OK)
		return st;
	if (is_digest(buf_view(bytes), change->after))
		*out = STANDING_AFTER;
	else if (change->kind != CHANGE_NEW && is_digest(buf_view(bytes), change->before))
		*out = STANDING_BEFORE;
	return ST_OK;
}

static enum status write_bytes(const struct change *change, struct view bytes, bool is_forward,
			       const char **why_out)
{
	enum status st = ST_LIMIT;
	struct buf fresh;

	if (change->kind == CHANGE_NEW && !is_forward)
		return replace_remove(change->path, why_out);
	buf_init(&fresh, GROUP_FILE_MAX);
	*why_out = "its bytes do not fit";
	if (splice(change, bytes, is_forward, &fresh) &&
	    is_digest(buf_view(&fresh), is_forward ? change->after : change->before))
		st = change->kind == CHANGE_NEW ? file_write(change->path, buf_view(&fresh), false, why_out)
		     : change->kind == CHANGE_VALUE
			     ? live_registry_put(change->path, change->to, buf_view(&fresh), why_out)
			     : replace_file(change->path, buf_view(&fresh), why_out);
	buf_fini(&fresh);
	return st;
}

/* Brings one file to one side; a file that is there already is left. */
static enum status move(struct arena *arena, const struct change *change, bool is_forward,
			const char **why_out)
{
	enum standing standing = STANDING_ELSEWHERE, from = is_forward ? STANDING_BEFORE : STANDING_AFTER;
	const char *why = NULL;
	struct buf bytes;
	enum status st;

	buf_init(&bytes, GROUP_FILE_MAX);
	st = find_standing(change, &bytes, &standing, &why);
	if (st == ST_OK && standing == STANDING_ELSEWHERE) {
		st = ST_USAGE;
		why = "it was changed in the meantime";
	}
	if (st == ST_OK && standing == from) {
		if (change->kind == CHANGE_NAME)
			st = is_forward ? file_name_for_good(change->path, change->to, &why)
					: file_name_for_good(change->to, change->path, &why);
		else if (change->kind == CHANGE_KEY)
			st = is_forward ? live_registry_make_key(change->path, &why)
					: live_registry_drop_key(change->path, &why);
		else
			st = write_bytes(change, buf_view(&bytes), is_forward, &why);
	}
	buf_fini(&bytes);
	if (st != ST_OK)
		*why_out = arena_printf(arena, "\"%s\": %s", change->path,
					why ? why : "the system refused a read or a write");
	return st;
}

/* Whether every file is on one of the two sides, or on the first, before anything is written. */
static enum status check_all(struct arena *arena, const struct change_group *group, bool is_fresh,
			     const char **why_out)
{
	for (size_t i = 0; i < group->n; i++) {
		enum standing standing = STANDING_ELSEWHERE;
		const char *why = NULL;
		struct buf bytes;
		enum status st;

		buf_init(&bytes, GROUP_FILE_MAX);
		st = find_standing(&group->at[i], &bytes, &standing, &why);
		buf_fini(&bytes);
		if (st == ST_OK &&
		    (standing == STANDING_ELSEWHERE || (is_fresh && standing != STANDING_BEFORE))) {
			st = ST_USAGE;
			why = "it was changed in the meantime";
		}
		if (st == ST_OK)
			continue;
		*why_out =
			arena_printf(arena, "\"%s\": %s", group->at[i].path, why ? why : "it cannot be read");
		return st;
	}
	return ST_OK;
}

static enum status take_back(struct arena *arena, const struct change_group *group, const char *journal,
			     const char **why_out)
{
	enum status st = check_all(arena, group, false, why_out);

	for (size_t i = group->n; st == ST_OK && i-- > 0;)
		st = move(arena, &group->at[i], false, why_out);
	return st == ST_OK ? replace_remove(journal, why_out) : st;
}

enum status group_run(struct arena *arena, const struct change_group *group, const char *journal,
		      const char **why_out)
{
	enum status st = check_all(arena, group, true, why_out);
	const char *undone = NULL;
	struct buf bytes;

	if (st != ST_OK)
		return st;
	buf_init(&bytes, GROUP_JOURNAL_MAX);
	group_encode(group, &bytes);
	st = buf_failed(&bytes) ? ST_LIMIT : file_write(journal, buf_view(&bytes), false, why_out);
	buf_fini(&bytes);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; st == ST_OK && i < group->n; i++)
		st = move(arena, &group->at[i], true, why_out);
	if (st != ST_OK && take_back(arena, group, journal, &undone) != ST_OK)
		*why_out = arena_printf(arena, "%s; what was begun could not be taken back: %s",
					*why_out ? *why_out : "?", undone ? undone : "?");
	return st;
}

enum status group_read(struct arena *arena, const char *journal, struct change_group *out,
		       const char **why_out)
{
	struct buf *bytes = arena_alloc(arena, sizeof *bytes);
	enum status st;
	void *copy;

	if (!bytes)
		return ST_NOMEM;
	buf_init(bytes, GROUP_JOURNAL_MAX);
	st = file_read(journal, bytes, why_out);
	copy = st == ST_OK ? arena_copy(arena, bytes->at, bytes->len) : NULL;
	if (st == ST_OK)
		st = copy ? group_decode(arena, view_of(copy, bytes->len), out) : ST_NOMEM;
	buf_fini(bytes);
	if (st == ST_USAGE)
		*why_out = "the journal is damaged, or none of postmend's";
	return st;
}

enum status group_undo(struct arena *arena, const char *journal, const char **why_out)
{
	struct change_group group;
	enum status st = group_read(arena, journal, &group, why_out);

	return st == ST_OK ? take_back(arena, &group, journal, why_out) : st;
}
