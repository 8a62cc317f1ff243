/* This file feeds an import with anything.
 *
 * What the input is, its first bytes say, as `app` finds it out: lines of JSON, a mailbox, a calendar or
 * cards, else a letter. Behind a form feed that stands in a line of its own comes what lies beside a letter,
 * a calendar or a card. Whatever it is, a store must come of it, and all that was taken must be counted.
 */
#include "intake/intake.h"

#include "base/str.h"
#include "mail/mbox.h"

#include <stdlib.h>

enum { ARENA_MAX = 512 << 20, PIECE = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static enum status take(const struct store_sink *sink, uint64_t at, struct view bytes)
{
	uint8_t *sum = sink->context;

	/* Every byte must be there. */
	for (size_t i = 0; i < bytes.len; i++)
		*sum = (uint8_t)(*sum ^ bytes.at[i]);
	(void)at;
	return ST_OK;
}

typedef size_t take_piece(struct intake *in, struct intake_source *source, const struct intake_piece *piece);

static size_t take_mailbox(struct intake *in, struct intake_source *source, const struct intake_piece *piece)
{
	return intake_mailbox(in, source, piece);
}

/* In pieces that grow for what is longer, as files are read. */
static void feed(struct intake *in, struct intake_source *source, struct view all, take_piece *piece_of)
{
	size_t wanted = PIECE, at = 0;

	while (at < all.len && intake_status(in) == ST_OK) {
		size_t left = all.len - at;
		struct intake_piece piece = { .bytes = view_of(all.at + at, left < wanted ? left : wanted),
					      .is_last = left <= wanted };
		size_t taken = piece_of(in, source, &piece);

		if (taken > piece.bytes.len)
			__builtin_trap();
		source->at += taken;
		at += taken;
		if (piece.is_last)
			break;
		wanted = taken ? wanted : wanted * 2;
	}
}

static void take_letter(struct intake *in, struct intake_source *source, struct str text)
{
	size_t end = str_find(text, STR("\n\f\n"));

	if (end != SIZE_MAX)
		source->card = str_view(str_skip(text, end + 3));
	intake_letter(in, source, str_view(str_head(text, end)));
}

static void take_all(struct intake *in, struct view all)
{
	struct str text = str_from_view(all);
	struct intake_source source = { .path = "fuzz", .folder = intake_folder(in, intake_top(in), "in") };
	struct intake_piece whole = { .bytes = all, .is_last = true };

	if (text.len && text.at[0] == '{') {
		(void)intake_lines_keep(in, &whole);
		feed(in, &source, all, intake_lines);
	} else if (str_starts_nocase(text, STR("BEGIN:VC"))) {
		intake_cards(in, &source, &whole);
	} else if (mbox_is(all)) {
		feed(in, &source, all, take_mailbox);
	} else {
		take_letter(in, &source, text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint8_t sum = 0;
	struct store_sink sink = { .write = take, .context = &sum };
	struct arena *arena = arena_new(ARENA_MAX);
	struct intake_setting setting = { .arena = arena, .sink = &sink };
	struct intake_counts counts;
	struct intake *in;

	setting.findings = arena ? finding_sink_new(arena) : NULL;
	if (!setting.findings)
		abort();
	finding_sink_fold(setting.findings, 20);
	if (intake_open(&setting, &in) != ST_OK)
		abort();
	take_all(in, view_of(bytes, len));
	if (intake_finish(in, &counts) == ST_BUG)
		__builtin_trap();
	arena_drop(&arena);
	return 0;
}
