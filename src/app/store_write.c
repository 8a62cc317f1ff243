/* This file writes edits into a store that it holds alone, with the journal beside it. */
#include "app/store_write.h"

#include "apply/apply.h"
#include "apply/site.h"
#include "os/terminal.h"

#include <stdio.h>

enum { ANSWER_SIZE = 16, SPACE_SPARE = 1 << 20 };

static enum status fail(struct store_write *w, enum status st, const char *why)
{
	w->status = st;
	w->why = why;
	return st;
}

/* Without a terminal nobody is asked: the option that changes the store was given. */
bool store_write_agreed(const struct run *run, const char *what)
{
	char answer[ANSWER_SIZE] = "";

	if (run->options.yes || !terminal_is(TERMINAL_IN) || !terminal_is(TERMINAL_ERROR))
		return true;
	fprintf(stderr, "postmend: %s (--plan lists them). Write them? [y/N] ",
		what ? what : "there are changes");
	for (size_t n = 0; n + 1 < sizeof answer && fread(&answer[n], 1, 1, stdin) == 1; n++)
		if (answer[n] == '\n')
			break;
	return answer[0] == 'y' || answer[0] == 'Y';
}

/* Whether a journal that lies there stands in the way of a new one. */
static enum status clear_way(struct store_write *w)
{
	struct apply_site *site = site_apply(w->site);
	struct journal journal;
	bool fits = false;
	enum status st;

	if (!site->has_journal)
		return ST_OK;
	st = apply_read_journal(site, w->run->arena, &journal);
	if (st != ST_OK)
		return fail(w, st, "its journal cannot be read");
	if (journal.state == JOURNAL_DONE)
		st = apply_fits(site, &journal, &fits);
	if (st != ST_OK)
		return fail(w, st, "the store cannot be read");
	if (journal.state != JOURNAL_DONE || fits)
		return fail(w, ST_IO,
			    "an earlier change can still be taken back; take it back with \"postmend store "
			    "undo\", or keep it for good by deleting its journal, then try again");
	/* The store went its own way since: nothing can be taken back with it. */
	st = site->remove(site->context);
	site->has_journal = false;
	return st == ST_OK ? st : fail(w, st, "an old journal cannot be removed");
}

enum status store_write_edits(struct store_write *w, const struct edit_list *edits)
{
	struct apply_site *site = site_apply(w->site);
	uint64_t need = apply_space(edits) + SPACE_SPARE, have = site_free_bytes(w->site);
	const char *why = NULL, *undone = NULL;
	enum status st = clear_way(w);

	if (st != ST_OK)
		return st;
	if (need > have)
		return fail(
			w, ST_IO,
			arena_printf(w->run->arena,
				     "the disk has %llu bytes free, and the change needs %llu; nothing was "
				     "changed",
				     (unsigned long long)have, (unsigned long long)need));
	st = apply_run(site, w->run->arena, edits, &why);
	if (st == ST_OK)
		return ST_OK;
	/* What was begun and cannot be ended is taken back at once, when that is possible. */
	if (site->has_journal && apply_undo(site, w->run->arena, &undone) == ST_OK)
		why = "the store could not be written; all was taken back";
	return fail(w, st == ST_USAGE ? ST_IO : st,
		    arena_printf(w->run->arena, "%s%s%s", why ? why : "it cannot be written",
				 site_why(w->site) ? ": " : "", site_why(w->site) ? site_why(w->site) : ""));
}

/* What an earlier run left: 0 goes on, 1 is all for this time. */
static enum status settle_journal(struct store_write *w, bool *done_out)
{
	struct apply_site *site = site_apply(w->site);
	struct arena *arena = arena_new((size_t)APPLY_JOURNAL_MAX * 2);
	struct journal journal = { .state = JOURNAL_DONE };
	const char *why = NULL;
	enum status st = arena ? ST_OK : ST_NOMEM;

	*done_out = false;
	if (st == ST_OK && site->has_journal)
		st = apply_read_journal(site, arena, &journal);
	if (st == ST_OK && journal.state == JOURNAL_BEGUN) {
		st = apply_undo(site, arena, &why);
	} else if (st == ST_OK && journal.state == JOURNAL_WRITING) {
		st = apply_resume(site, arena, &why);
		*done_out = st == ST_OK;
	} else if (st == ST_OK && journal.state != JOURNAL_DONE) {
		st = ST_USAGE;
		why = journal.state == JOURNAL_GOING ? "an earlier repair was being taken back; finish that "
						       "with \"postmend store undo\""
						     : "the file beside it that should be its journal is "
						       "damaged or something else; put "
						       "it aside and try again";
	}
	if (st != ST_OK)
		st = fail(w, st == ST_USAGE ? ST_IO : st, why ? arena_strdup(w->run->arena, why) : NULL);
	arena_drop(&arena);
	return st;
}

enum status store_write_open(struct store_write *w, bool *done_out)
{
	const char *why = NULL;
	enum status st = site_open(w->run->arena, w->path, &w->site, &why);

	*done_out = false;
	return st == ST_OK ? settle_journal(w, done_out) : fail(w, st, why);
}

void store_write_close(struct store_write *w)
{
	if (!w->site)
		return;
	if (site_apply(w->site)->has_journal)
		w->journal = site_journal_path(w->site);
	site_close(&w->site);
}
