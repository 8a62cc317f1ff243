/* This file writes HTML: our markup as it is, everything else escaped. */
#include "report/page.h"

#include "report/escape.h"

#include <stdarg.h>
#include <stdio.h>

enum { SCRATCH_CAP = 64 * 1024, PRINTED_SIZE = 256 };

void page_init(struct page *page, struct buf *out, struct redactor *redactor)
{
	*page = (struct page){ .out = out, .redactor = redactor };
	buf_init(&page->scratch, SCRATCH_CAP);
}

void page_fini(struct page *page)
{
	buf_fini(&page->scratch);
}

void page_markup(struct page *page, const char *markup)
{
	buf_add_text(page->out, markup);
}

static void add_str(struct page *page, struct str text)
{
	buf_clear(&page->scratch);
	redact_text(page->redactor, text, &page->scratch);
	escape_html(page->out, buf_str(&page->scratch));
}

void page_text(struct page *page, const char *text)
{
	add_str(page, str_of(text));
}

void page_peer(struct page *page, struct str text)
{
	struct str head = escape_head(text, PAGE_PEER_MAX), rest = str_trim(head);

	add_str(page, str_trim(str_cut(&rest, '\n')));
	while (rest.at) {
		page_markup(page, "<br>");
		add_str(page, str_trim(str_cut(&rest, '\n')));
	}
	if (head.len < text.len)
		buf_printf(page->out, " [+ %zu bytes]", text.len - head.len);
}

void page_element(struct page *page, const char *tag, const char *class, const char *text)
{
	buf_printf(page->out, "<%s", tag);
	if (class)
		buf_printf(page->out, " class=\"%s\"", class);
	buf_add_byte(page->out, '>');
	page_text(page, text);
	buf_printf(page->out, "</%s>", tag);
}

void page_row(struct page *page, const char *name, const char *value)
{
	if (!value)
		return;
	page_markup(page, "<tr>");
	page_element(page, "th", NULL, name);
	page_markup(page, "<td>");
	page_peer(page, str_of(value));
	page_markup(page, "</td></tr>\n");
}

void page_printf(struct page *page, const char *format, ...)
{
	char text[PRINTED_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	page_text(page, text);
}
