/* This file renders what was found in stores for people who read it on a terminal. */
#include "report/store_parts.h"

#include <stdio.h>

/* More places of one kind are counted and left to JSON. */
enum { SHOWN_PLACES = 3, SHOWN_STORES = 100, LINE_SIZE = 240 };

static enum paper_mark mark_of(enum severity severity)
{
	if (severity >= SEVERITY_FAULT)
		return PAPER_RED;
	return severity == SEVERITY_WARNING ? PAPER_YELLOW : PAPER_DIM;
}

static void put_evidence(struct paper *paper, const struct finding *finding)
{
	const struct evidence *line = store_subject_line(finding);

	for (size_t i = 0; i < finding->n_evidence; i++) {
		const struct evidence *one = &finding->evidence[i];

		if (one == line)
			continue;
		paper_mark(paper, PAPER_DIM);
		paper_add(paper, one->name);
		paper_mark(paper, PAPER_PLAIN);
		paper_pad(paper, 16);
		paper_peer(paper, str_of(one->found));
		if (one->expected) {
			paper_add(paper, "  (expected: ");
			paper_add(paper, one->expected);
			paper_add(paper, ")");
		}
		paper_end(paper, 14, 16);
	}
}

static void put_place(struct paper *paper, const struct finding *finding)
{
	const struct evidence *line = store_subject_line(finding);
	char text[STORE_PLACE_SIZE];
	const char *place = store_place(&finding->subject, text);

	if (!place)
		return;
	paper_add(paper, "at ");
	paper_add(paper, place);
	/* What mail is called is its owner's business. */
	if (paper->redactor) {
		paper_end(paper, 12, 3);
		return;
	}
	if (finding->subject.folder) {
		paper_add(paper, " in ");
		paper_peer(paper, str_of(finding->subject.folder));
	}
	if (line) {
		paper_add(paper, ": \"");
		paper_peer(paper, str_of(line->found));
		paper_add(paper, "\"");
	}
	paper_end(paper, 12, 3);
}

static void put_kind(struct paper *paper, const struct report *report, const char *path,
		     const struct store_kind *kind)
{
	const struct catalogue_row *row = catalogue_row(kind->code);
	const struct finding *f;
	size_t at = 0, n = 0;
	uint64_t shown = 0;
	char text[LINE_SIZE];

	paper_mark(paper, mark_of(kind->severity));
	paper_add(paper, severity_name(kind->severity));
	paper_mark(paper, PAPER_PLAIN);
	paper_pad(paper, 9);
	paper_add(paper, row->title);
	paper_add(paper, "  [");
	paper_add(paper, row->slug);
	paper_add(paper, "]");
	paper_end(paper, 3, 9);
	while (n < SHOWN_PLACES && (f = store_next_place(report->findings, path, kind->code, &at))) {
		put_place(paper, f);
		if (n++ == 0)
			put_evidence(paper, f);
		shown += f->count;
	}
	if (kind->count <= shown)
		return;
	snprintf(text, sizeof text, "+ %llu more like this", (unsigned long long)(kind->count - shown));
	paper_line(paper, 12, text);
}

static void put_counts(struct paper *paper, const struct store_facts *store)
{
	char text[LINE_SIZE];

	snprintf(text, sizeof text, "%llu messages, %llu associated items, %llu folders",
		 (unsigned long long)store->messages, (unsigned long long)store->associated,
		 (unsigned long long)store->folders);
	paper_add(paper, text);
	/* A repair that searched the file has counted none of these. */
	if (store->attachments || store->pages) {
		snprintf(text, sizeof text, ", %llu attachments", (unsigned long long)store->attachments);
		paper_add(paper, text);
	}
	snprintf(text, sizeof text, "; %llu nodes, %llu blocks", (unsigned long long)store->nodes,
		 (unsigned long long)store->blocks);
	paper_add(paper, text);
	if (store->pages) {
		snprintf(text, sizeof text, ", %llu tree pages", (unsigned long long)store->pages);
		paper_add(paper, text);
	}
	paper_end(paper, 3, 0);
}

static void put_store(struct paper *paper, const struct report *report, const struct store_facts *store)
{
	struct store_kind kinds[CODE_COUNT];
	char text[STORE_KIND_SIZE];
	size_t n;

	paper_head(paper, store->path);
	if (store->unreadable) {
		paper_add(paper, "cannot be opened: ");
		paper_add(paper, store->unreadable);
		paper_end(paper, 3, 2);
		return;
	}
	paper_line(paper, 3, store_describe(store, text));
	if (store->format)
		put_counts(paper, store);
	n = store_kinds(report->findings, store->path, kinds);
	for (size_t i = 0; i < n; i++)
		put_kind(paper, report, store->path, &kinds[i]);
}

void store_text(struct paper *paper, const struct report *report)
{
	char text[LINE_SIZE];

	for (size_t i = 0; i < report->n_stores && i < SHOWN_STORES; i++)
		put_store(paper, report, &report->stores[i]);
	if (report->n_stores <= SHOWN_STORES)
		return;
	snprintf(text, sizeof text, "… and %zu more files: --json has them all.",
		 report->n_stores - SHOWN_STORES);
	paper_line(paper, 1, text);
}
