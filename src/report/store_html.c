/* This file renders what was found in stores as parts of the HTML page. */
#include "report/store_parts.h"
#include "report/words.h"

#include <stdio.h>

enum { SHOWN_PLACES = 12, SHOWN_STORES = 200 };

static void put_evidence(struct page *page, const struct finding *finding)
{
	const struct evidence *line = store_subject_line(finding);

	for (size_t i = 0; i < finding->n_evidence; i++) {
		const struct evidence *one = &finding->evidence[i];

		if (one == line)
			continue;
		page_markup(page, "<br><span class=\"meta\">");
		page_text(page, one->name);
		page_markup(page, "</span> <span class=\"mono\">");
		page_peer(page, str_of(one->found));
		page_markup(page, "</span>");
		if (one->expected) {
			page_markup(page, " <span class=\"meta\">expected: ");
			page_text(page, one->expected);
			page_markup(page, "</span>");
		}
	}
}

static void put_place(struct page *page, const struct finding *finding)
{
	const struct evidence *line = store_subject_line(finding);
	char place[STORE_PLACE_SIZE];

	page_markup(page, "<tr><td class=\"mono\">");
	page_text(page, store_place(&finding->subject, place));
	page_markup(page, "</td><td>");
	/* What mail is called is its owner's business. */
	if (page->redactor)
		line = NULL;
	else if (finding->subject.folder)
		page_peer(page, str_of(finding->subject.folder));
	if (line) {
		page_markup(page, "<br>“");
		page_peer(page, str_of(line->found));
		page_markup(page, "”");
	}
	put_evidence(page, finding);
	page_markup(page, "</td></tr>\n");
}

static void put_kind(struct page *page, const struct report *report, const char *path,
		     const struct store_kind *kind)
{
	const struct catalogue_row *row = catalogue_row(kind->code);
	const struct finding *f;
	uint64_t shown = 0;
	size_t at = 0;

	page_markup(page, "<div class=\"item\">");
	page_element(page, "h3", NULL, row->title);
	page_markup(page, "<p><span class=\"tag ");
	page_markup(page, severity_name(kind->severity));
	page_markup(page, "\">");
	page_text(page, severity_name(kind->severity));
	page_markup(page, "</span> ");
	page_element(page, "code", NULL, row->slug);
	if (kind->count > 1)
		page_printf(page, " (%llu times)", (unsigned long long)kind->count);
	page_markup(page, "</p><table>\n");
	for (size_t n = 0; n < SHOWN_PLACES; n++) {
		f = store_next_place(report->findings, path, kind->code, &at);
		if (!f)
			break;
		put_place(page, f);
		shown += f->count;
	}
	page_markup(page, "</table>");
	if (kind->count > shown) {
		page_markup(page, "<p class=\"meta\">");
		page_printf(page, "+ %llu more like this", (unsigned long long)(kind->count - shown));
		page_markup(page, "</p>");
	}
	if (kind->severity >= SEVERITY_ADVICE && row->remedy_text) {
		page_markup(page, "<p class=\"mend\"><b>Mend it:</b> ");
		page_text(page, row->remedy_text);
		page_markup(page, "</p>");
	}
	page_markup(page, "</div>\n");
}

static void put_count(struct page *page, const char *name, uint64_t count)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)count);
	page_row(page, name, text);
}

static void put_facts(struct page *page, const struct store_facts *store)
{
	page_markup(page, "<table>");
	put_count(page, "messages", store->messages);
	put_count(page, "folders", store->folders);
	put_count(page, "associated items", store->associated);
	put_count(page, "attachments", store->attachments);
	put_count(page, "nodes", store->nodes);
	put_count(page, "blocks", store->blocks);
	put_count(page, "tree pages", store->pages);
	page_markup(page, "</table>");
}

static void put_store(struct page *page, const struct report *report, const struct store_facts *store)
{
	struct store_kind kinds[CODE_COUNT];
	char text[STORE_KIND_SIZE];
	size_t n;

	page_markup(page, "<section class=\"card\">");
	page_element(page, "h3", "mono", store->path);
	page_markup(page, "<p class=\"meta\">");
	if (store->unreadable) {
		page_text(page, "cannot be opened: ");
		page_text(page, store->unreadable);
	} else {
		page_text(page, store_describe(store, text));
	}
	page_markup(page, "</p>");
	if (store->format)
		put_facts(page, store);
	n = store_kinds(report->findings, store->path, kinds);
	for (size_t i = 0; i < n; i++)
		put_kind(page, report, store->path, &kinds[i]);
	page_markup(page, "</section>\n");
}

void store_html(struct page *page, const struct report *report)
{
	if (report->n_stores == 0)
		return;
	page_element(page, "h2", NULL, report->n_stores == 1 ? "The store" : "The stores");
	for (size_t i = 0; i < report->n_stores && i < SHOWN_STORES; i++)
		put_store(page, report, &report->stores[i]);
	if (report->n_stores > SHOWN_STORES) {
		page_markup(page, "<p class=\"meta\">");
		page_printf(page, "… and %zu more.", report->n_stores - SHOWN_STORES);
		page_markup(page, "</p>");
	}
}
