/* This file sets paragraphs for a terminal: wrapped, indented, in colour. */
#include "report/paper.h"

#include "report/escape.h"

enum { PARAGRAPH_CAP = 64 * 1024 };

static const char *const sequences[] = {
	[PAPER_PLAIN] = "\x1b[0m", [PAPER_BOLD] = "\x1b[1m",   [PAPER_DIM] = "\x1b[2m",
	[PAPER_RED] = "\x1b[31m",  [PAPER_GREEN] = "\x1b[32m", [PAPER_YELLOW] = "\x1b[33m",
};

void paper_init(struct paper *paper, struct buf *out, struct redactor *redactor, bool color, unsigned width)
{
	*paper = (struct paper){ .out = out, .redactor = redactor, .color = color, .width = width };
	if (width == 0 || width > PAPER_WIDTH_MAX)
		paper->width = PAPER_WIDTH_MAX;
	else if (width < PAPER_WIDTH_MIN)
		paper->width = PAPER_WIDTH_MIN;
	buf_init(&paper->paragraph, PARAGRAPH_CAP);
	buf_init(&paper->scratch, PARAGRAPH_CAP);
}

void paper_fini(struct paper *paper)
{
	buf_fini(&paper->paragraph);
	buf_fini(&paper->scratch);
}

void paper_str(struct paper *paper, struct str text)
{
	buf_clear(&paper->scratch);
	redact_text(paper->redactor, text, &paper->scratch);
	escape_terminal(&paper->paragraph, buf_str(&paper->scratch));
}

void paper_add(struct paper *paper, const char *text)
{
	paper_str(paper, str_of(text));
}

void paper_peer(struct paper *paper, struct str text)
{
	struct str head = escape_head(text, PAPER_PEER_MAX), rest = str_trim(head);

	paper_str(paper, str_trim(str_cut(&rest, '\n')));
	while (rest.at) {
		buf_add_text(&paper->paragraph, " | ");
		paper_str(paper, str_trim(str_cut(&rest, '\n')));
	}
	if (head.len < text.len)
		buf_printf(&paper->paragraph, " [+ %zu bytes]", text.len - head.len);
}

void paper_mark(struct paper *paper, enum paper_mark mark)
{
	buf_add_byte(&paper->paragraph, (uint8_t)mark);
}

static bool is_mark(char c)
{
	return c >= PAPER_PLAIN && c <= PAPER_YELLOW;
}

/* Columns of set text: a mark takes none, and all else was escaped before. */
static size_t columns_of(struct str text)
{
	size_t columns = 0, from = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && !is_mark(text.at[i]))
			continue;
		columns += escape_columns(str_head(str_skip(text, from), i - from));
		from = i + 1;
	}
	return columns;
}

void paper_pad(struct paper *paper, unsigned column)
{
	size_t columns = columns_of(buf_str(&paper->paragraph));

	do
		buf_add_byte(&paper->paragraph, ' ');
	while (++columns < column);
}

/* The part of the text that fits into `columns`, broken at its last space where
 * there is one behind the first `head` columns: spaces before are layout. */
static struct str fitting(struct str text, size_t columns, size_t head)
{
	size_t taken = 0, used = 0, space = 0;

	while (taken < text.len) {
		struct str rest = str_skip(text, taken);
		size_t len = is_mark(*rest.at) ? 1 : escape_first(rest).len;
		size_t wide = is_mark(*rest.at) ? 0 : escape_columns(str_head(rest, len));

		if (*rest.at == ' ' && used > head)
			space = taken;
		if (used + wide > columns && *rest.at != ' ')
			return str_head(text, space ? space : taken ? taken : len);
		taken += len;
		used += wide;
	}
	return text;
}

static void put_line(struct paper *paper, struct str line)
{
	struct str text = str_trim(line);

	/* Spaces inside a line are layout; at its end they are nothing. */
	text = str_head(line, (size_t)(text.at - line.at) + text.len);
	for (size_t i = 0; i < text.len; i++) {
		if (!is_mark(text.at[i]))
			buf_add_byte(paper->out, (uint8_t)text.at[i]);
		else if (paper->color)
			buf_add_text(paper->out, sequences[(unsigned char)text.at[i]]);
	}
	buf_add_byte(paper->out, '\n');
}

void paper_end(struct paper *paper, unsigned indent, unsigned hang)
{
	struct str rest = buf_str(&paper->paragraph);
	unsigned by = indent;

	while (rest.len) {
		struct str line = fitting(rest, paper->width - by, by == indent ? hang : 0);

		for (unsigned i = 0; i < by; i++)
			buf_add_byte(paper->out, ' ');
		put_line(paper, line);
		rest = str_skip(rest, line.len);
		while (rest.len && *rest.at == ' ')
			rest = str_skip(rest, 1);
		by = indent + hang;
	}
	if (buf_failed(&paper->paragraph))
		buf_add_text(paper->out, "  [cut: too long to show]\n");
	buf_clear(&paper->paragraph);
}

void paper_line(struct paper *paper, unsigned indent, const char *text)
{
	paper_add(paper, text);
	paper_end(paper, indent, 0);
}

void paper_gap(struct paper *paper)
{
	buf_add_byte(paper->out, '\n');
}

void paper_head(struct paper *paper, const char *title)
{
	paper_gap(paper);
	paper_mark(paper, PAPER_BOLD);
	paper_add(paper, title);
	paper_mark(paper, PAPER_PLAIN);
	paper_end(paper, 0, 0);
}
