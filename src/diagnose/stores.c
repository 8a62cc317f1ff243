/* This file judges what a check of stores has found. */
#include "diagnose/stores.h"
#include "diagnose/causes.h"

#include <string.h>

static bool is_of(const struct finding *f, const struct store_facts *store)
{
	return f->subject.path && strcmp(f->subject.path, store->path) == 0;
}

static bool is_listed(const struct diagnosis *d, const struct finding *f)
{
	for (size_t i = 0; i < d->n_causes; i++)
		if (d->causes[i]->code == f->code && strcmp(d->causes[i]->subject.path, f->subject.path) == 0)
			return true;
	return false;
}

/* What was not looked at is no trouble of the store. */
static bool is_cause(const struct finding *f)
{
	return f->severity >= SEVERITY_WARNING && f->code != CODE_STORE_CHECK_INCOMPLETE && f->subject.path;
}

static size_t count_troubled(const struct store_case *facts, const struct diagnosis *d)
{
	size_t n = 0;

	for (size_t i = 0; i < facts->n; i++)
		for (size_t k = 0; k < d->n_causes; k++)
			if (is_of(d->causes[k], &facts->stores[i])) {
				n++;
				break;
			}
	return n;
}

static bool all_whole(const struct store_case *facts)
{
	for (size_t i = 0; i < facts->n; i++)
		if (!facts->stores[i].is_whole)
			return false;
	return facts->n > 0 && !facts->cancelled;
}

static const char *healthy_headline(struct arena *arena, const struct store_case *facts)
{
	const struct store_facts *one = facts->stores;

	if (facts->n > 1)
		return arena_printf(arena, "All %zu stores are whole.", facts->n);
	if (one->is_quick)
		return "Header, pages, blocks and allocation are sound; what is in the messages was not "
		       "looked "
		       "at.";
	return arena_printf(arena, "The store is whole: %llu messages in %llu folders.",
			    (unsigned long long)one->messages, (unsigned long long)one->folders);
}

static const char *trouble_headline(struct arena *arena, const struct store_case *facts,
				    const struct diagnosis *d)
{
	const struct catalogue_row *first = catalogue_row(d->causes[0]->code);

	if (facts->n > 1)
		return arena_printf(arena, "%zu of %zu files are in trouble.", count_troubled(facts, d),
				    facts->n);
	if (facts->stores[0].is)
		return arena_printf(arena, "This is no Outlook store but %s.", facts->stores[0].is_text);
	if (d->n_causes == 1)
		return arena_printf(arena, "The store is damaged: %c%s.", first->title[0] | 0x20,
				    first->title + 1);
	return arena_printf(arena, "The store is damaged in %zu ways; the gravest: %c%s.", d->n_causes,
			    first->title[0] | 0x20, first->title + 1);
}

static const char *undecided_headline(struct arena *arena, const struct store_case *facts)
{
	size_t unreadable = 0;

	for (size_t i = 0; i < facts->n; i++)
		unreadable += facts->stores[i].unreadable != NULL;
	if (facts->cancelled)
		return "The check was stopped; up to there nothing is wrong.";
	if (unreadable)
		return arena_printf(arena, "%zu of %zu files cannot be opened.", unreadable, facts->n);
	return "The check could not look at everything; what it saw is sound.";
}

static const char *next_of(const struct store_case *facts)
{
	if (facts->cancelled)
		return "Run it again and let it end.";
	for (size_t i = 0; i < facts->n; i++)
		if (facts->stores[i].unreadable)
			return "Make the files readable on this computer, then check again.";
	return "See above what was left out and why; then check again.";
}

static void gather_causes(const struct finding_sink *sink, struct diagnosis *out)
{
	for (size_t i = 0; i < finding_count(sink); i++) {
		const struct finding *f = finding_at(sink, i);

		if (is_cause(f) && !is_listed(out, f))
			causes_insert(out, f);
	}
	if (out->n_causes)
		out->verdict = VERDICT_TROUBLE;
}

enum status diagnose_stores(struct arena *arena, const struct store_case *facts,
			    const struct finding_sink *sink, struct diagnosis *out)
{
	*out = (struct diagnosis){ .verdict = VERDICT_HEALTHY };
	gather_causes(sink, out);
	if (out->n_causes) {
		out->headline = trouble_headline(arena, facts, out);
	} else if (all_whole(facts)) {
		out->headline = healthy_headline(arena, facts);
	} else {
		out->verdict = VERDICT_UNDECIDED;
		out->headline = undecided_headline(arena, facts);
		out->next_test = next_of(facts);
	}
	return out->headline ? ST_OK : ST_NOMEM;
}

/* An item is in trouble when one of its reasons is a warning or worse. */
static size_t count_in_trouble(const struct item_list *items)
{
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++)
		for (size_t k = 0; k < items->items[i].n_why; k++) {
			const struct catalogue_row *row = catalogue_find(str_of(items->items[i].why[k]));

			if (!row || row->severity < SEVERITY_WARNING)
				continue;
			n++;
			break;
		}
	return n;
}

enum status diagnose_look(struct arena *arena, const struct look_case *facts, const struct finding_sink *sink,
			  struct diagnosis *out)
{
	size_t n = facts->items->n, n_bad = count_in_trouble(facts->items);
	const char *noun = n == 1 ? facts->noun : facts->nouns;

	*out = (struct diagnosis){ .verdict = VERDICT_HEALTHY };
	gather_causes(sink, out);
	if (facts->store->is)
		out->headline =
			arena_printf(arena, "This is no Outlook store but %s.", facts->store->is_text);
	else if (n_bad)
		out->headline = arena_printf(arena, "%zu of %zu %s in trouble.", n_bad, n,
					     n_bad == 1 ? arena_printf(arena, "%s is", noun)
							: arena_printf(arena, "%s are", noun));
	else if (out->n_causes)
		out->headline = "The store is damaged: check it first.";
	else if (facts->cancelled || !facts->store->is_whole)
		out->headline = "Not everything could be looked at; what was seen is in order.";
	else
		out->headline = n ? arena_printf(arena, "%zu %s, none in trouble.", n, noun) : facts->none;
	if (!out->n_causes && (facts->cancelled || !facts->store->is_whole)) {
		out->verdict = VERDICT_UNDECIDED;
		out->next_test = "Check the store: postmend store check FILE.";
	}
	return out->headline ? ST_OK : ST_NOMEM;
}
