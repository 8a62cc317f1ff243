/* This file reads free text of header fields. */
#include "mail/words.h"

#include "base/code_page.h"
#include "mail/charset.h"
#include "mail/decode.h"

#include <string.h>

enum { WORD_CAP = 1 << 20, WORD_MAX = 4000, LATIN_1 = 28591 };

/* One encoded word: =?charset?B?text?= */
struct word {
	struct str charset, text;
	bool is_base64;
	size_t len; /* of all of it */
};

unsigned words_from_charset(struct str charset, struct view bytes, struct buf *out)
{
	uint32_t page = charset_page(charset);

	/* What calls itself Latin-1 is windows-1252. */
	page = page == LATIN_1 ? CODE_PAGE_WESTERN : page;
	charset_to_utf8(page ? page : CODE_PAGE_UTF8, bytes, out);
	if (charset.len && (page == 0 || !charset_is_known(page)))
		return WORDS_FAULT_CHARSET;
	return (page == 0 || page == CODE_PAGE_UTF8) && !str_is_utf8(str_from_view(bytes)) ? WORDS_FAULT_BYTES
											   : 0;
}

static bool take_word(struct str s, struct word *out)
{
	struct str rest = str_skip(s, 2), encoding;
	size_t end, star;

	if (!str_starts(s, STR("=?")))
		return false;
	rest = str_head(rest, WORD_MAX);
	out->charset = str_cut(&rest, '?');
	encoding = str_cut(&rest, '?');
	end = rest.at ? str_find(rest, STR("?=")) : SIZE_MAX;
	if (end == SIZE_MAX || encoding.len != 1 || out->charset.len == 0 || out->charset.len > 60 ||
	    str_find_char(out->charset, ' ') != SIZE_MAX)
		return false;
	out->is_base64 = str_is_nocase(encoding, "B");
	if (!out->is_base64 && !str_is_nocase(encoding, "Q"))
		return false;
	out->text = str_head(rest, end);
	out->len = (size_t)(rest.at - s.at) + end + 2;
	/* RFC 2231, 5: a language behind a star. */
	star = str_find_char(out->charset, '*');
	if (star != SIZE_MAX)
		out->charset = str_head(out->charset, star);
	return true;
}

static bool keep(void *context, struct view bytes)
{
	buf_add(context, bytes);
	return true;
}

static unsigned add_word(const struct word *w, struct buf *bytes)
{
	struct mail_sink sink = { .context = bytes, .write = keep };
	struct decode d;

	decode_start(&d, w->is_base64 ? DECODE_BASE64 : DECODE_QUOTED, &sink);
	for (size_t i = 0; i < w->text.len; i++) {
		char c = w->text.at[i];

		/* A blank is not held back: no line ends here. */
		if (!w->is_base64 && (c == '_' || c == ' '))
			decode_add(&d, view_of("=20", 3));
		else
			decode_add(&d, view_of(&c, 1));
	}
	decode_end(&d);
	return d.faults ? WORDS_FAULT_WORD : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A word and those right behind it in the same character set, of which a character may lie in two. */
static unsigned put_words(struct str *rest, struct buf *out)
{
	struct buf bytes;
	struct word w, next;
	unsigned faults = 0;

	buf_init(&bytes, WORD_CAP);
	if (!take_word(*rest, &w))
		return 0;
	for (;;) {
		struct str ahead = str_skip(*rest, w.len);

		faults |= add_word(&w, &bytes);
		*rest = ahead;
		while (ahead.len && is_blank(ahead.at[0]))
			ahead = str_skip(ahead, 1);
		if (!take_word(ahead, &next)) {
			faults |= words_from_charset(w.charset, buf_view(&bytes), out);
			break;
		}
		/* Blanks between words are none of the text. */
		*rest = ahead;
		if (!str_eq_nocase(next.charset, w.charset)) {
			faults |= words_from_charset(w.charset, buf_view(&bytes), out);
			buf_clear(&bytes);
		}
		w = next;
	}
	buf_fini(&bytes);
	return faults;
}

unsigned words_decode(struct str raw, struct buf *out)
{
	struct str rest = str_trim(raw);
	struct buf plain;
	unsigned faults = 0;

	buf_init(&plain, WORD_CAP);
	while (rest.len) {
		struct word w;
		char c = rest.at[0];

		if (c == '=' && take_word(rest, &w)) {
			faults |= words_from_charset(STR(""), buf_view(&plain), out);
			buf_clear(&plain);
			faults |= put_words(&rest, out);
			continue;
		}
		if (c == '\t')
			buf_add_byte(&plain, ' ');
		else if (c != '\r' && c != '\n' && c)
			buf_add_byte(&plain, (uint8_t)c);
		rest = str_skip(rest, 1);
	}
	faults |= words_from_charset(STR(""), buf_view(&plain), out);
	buf_fini(&plain);
	return faults;
}

const char *words_text(struct arena *arena, struct str raw, size_t max, unsigned *faults)
{
	struct buf out;
	struct str text;
	const char *copy;

	buf_init(&out, WORD_CAP);
	*faults |= words_decode(str_head(raw, WORD_CAP / 4), &out);
	text = str_head(buf_str(&out), max);
	/* No character is cut. */
	while (text.len < out.len && text.len && ((unsigned char)text.at[text.len] & 0xC0) == 0x80)
		text.len--;
	copy = arena_text(arena, text);
	buf_fini(&out);
	return copy;
}
