/* This file renders what became of a store that was read into a new one. */
#include "report/mend_parts.h"

#include "report/store_parts.h"
#include "report/words.h"

#include <stdio.h>

enum { LINES_MAX = 16, LINE_SIZE = 200 };

/* The ledger in words; both renderers show the same lines. */
struct lines {
	char rows[LINES_MAX][LINE_SIZE];
	size_t n;
};

static void put(struct lines *lines, uint64_t count, const char *one, const char *many)
{
	if (count == 0 || lines->n == LINES_MAX)
		return;
	snprintf(lines->rows[lines->n++], LINE_SIZE, "%llu %s", (unsigned long long)count,
		 count == 1 ? one : many);
}

static void say(struct lines *lines, const char *text)
{
	if (lines->n < LINES_MAX)
		snprintf(lines->rows[lines->n++], LINE_SIZE, "%s", text);
}

static void fill(struct lines *lines, const struct mend_facts *m)
{
	char size[WORDS_DURATION_SIZE];

	if (m->header_lost)
		say(lines, "the header is lost: what kind of store this is was told from its blocks");
	if (!m->trees_whole)
		say(lines, "the trees that lead to everything are damaged: the whole file was searched");
	put(lines, m->n_blocks_bad, "block cannot be trusted", "blocks cannot be trusted");
	put(lines, m->n_kept, "item is whole and where it was", "items are whole and where they were");
	put(lines, m->n_recovered, "item was found again", "items were found again");
	put(lines, m->n_deleted, "of them had been deleted", "of them had been deleted");
	put(lines, m->n_marked, "item has a part missing and is marked \"Damaged (postmend)\"",
	    "items have a part missing and are marked \"Damaged (postmend)\"");
	put(lines, m->n_older, "of them is an older version", "of them are older versions");
	put(lines, m->n_lost, "item is lost", "items are lost");
	put(lines, m->n_lost_and_found, "item is in the folder \"Lost and found\"",
	    "items are in the folder \"Lost and found\"");
	put(lines, m->n_folders, "folder", "folders");
	put(lines, m->n_folders_made, "of them is new", "of them are new");
	put(lines, m->n_characters_lost, "character has no meaning in its code page",
	    "characters have no meaning in their code page");
	put(lines, m->n_left_out, "internal part has no place in the new form",
	    "internal parts have no place in the new form");
	if (m->bytes && !m->is_plan) {
		words_bytes(m->bytes, size);
		if (lines->n < LINES_MAX)
			snprintf(lines->rows[lines->n++], LINE_SIZE, "%s written", size);
	}
}

const char *mend_next(const struct mend_facts *facts)
{
	if (facts->is_plan)
		return facts->is_conversion
			       ? "Run it without --plan to write the new store."
			       : "Run it without --plan to write the mended store; the old one is "
				 "never changed.";
	if (facts->n_lost || facts->n_marked)
		return "Open the new store in Outlook, look at what is marked, and keep the old one until "
		       "you are content.";
	return facts->is_conversion
		       ? "Open the new store in Outlook; keep the old one until you have seen it."
		       : "Open the mended store in Outlook; keep the old one until you have seen it.";
}

static const char *head_of(const struct mend_facts *m)
{
	return m->is_plan ? "What would be done" : "What was done";
}

void mend_text(struct paper *paper, const struct report *report)
{
	const struct mend_facts *m = report->mend;
	struct lines lines = { .n = 0 };

	paper_head(paper, head_of(m));
	if (m->failed) {
		paper_add(paper, m->failed);
		paper_end(paper, 3, 2);
		return;
	}
	for (size_t i = 0; i < m->n_outputs; i++) {
		paper_add(paper, m->is_plan ? "into " : "written: ");
		paper_add(paper, m->outputs[i]);
		paper_end(paper, 3, 2);
	}
	fill(&lines, m);
	for (size_t i = 0; i < lines.n; i++)
		paper_line(paper, 3, lines.rows[i]);
}

void mend_html(struct page *page, const struct report *report)
{
	const struct mend_facts *m = report->mend;
	struct lines lines = { .n = 0 };

	page_element(page, "h2", NULL, head_of(m));
	page_markup(page, "<section class=\"card\">");
	for (size_t i = 0; i < m->n_outputs; i++)
		page_element(page, "h3", "mono", m->outputs[i]);
	if (m->failed)
		page_element(page, "p", NULL, m->failed);
	else
		fill(&lines, m);
	for (size_t i = 0; i < lines.n; i++)
		page_element(page, "p", NULL, lines.rows[i]);
	page_markup(page, "</section>\n");
}
