/* This file names code pages as mail does. */
#include "mail/charset.h"

#include "base/checked.h"
#include "base/code_page.h"
#include "base/unicode.h"
#include "mail/charset_shift.h"

enum { LATIN_1 = 28591, GB_18030 = 54936, EUC_KR = 51949, GBK = 936, KOREAN = 949 };

static const struct {
	uint32_t page;
	const char *name;
} names[] = {
	{ 437, "ibm437" },        { 850, "ibm850" },         { 852, "ibm852" },
	{ 866, "ibm866" },        { 874, "windows-874" },    { 932, "shift_jis" },
	{ 936, "gbk" },           { 949, "ks_c_5601-1987" }, { 950, "big5" },
	{ 1250, "windows-1250" }, { 1251, "windows-1251" },  { 1252, "windows-1252" },
	{ 1253, "windows-1253" }, { 1254, "windows-1254" },  { 1255, "windows-1255" },
	{ 1256, "windows-1256" }, { 1257, "windows-1257" },  { 1258, "windows-1258" },
	{ 20127, "us-ascii" },    { 20866, "koi8-r" },       { 21866, "koi8-u" },
	{ 28591, "iso-8859-1" },  { 28592, "iso-8859-2" },   { 28593, "iso-8859-3" },
	{ 28594, "iso-8859-4" },  { 28595, "iso-8859-5" },   { 28596, "iso-8859-6" },
	{ 28597, "iso-8859-7" },  { 28598, "iso-8859-8" },   { 28599, "iso-8859-9" },
	{ 28603, "iso-8859-13" }, { 28605, "iso-8859-15" },  { 38598, "iso-8859-8" },
	{ 50220, "iso-2022-jp" }, { 50221, "iso-2022-jp" },  { 50222, "iso-2022-jp" },
	{ 50225, "iso-2022-kr" }, { 51932, "euc-jp" },       { 51949, "euc-kr" },
	{ 52936, "hz-gb-2312" },  { 54936, "gb18030" },      { 65000, "utf-7" },
	{ 65001, "utf-8" },
};

const char *charset_name(uint32_t page)
{
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (names[i].page == page)
			return names[i].name;
	return NULL;
}

/* Names that mail has besides; windows-NNNN, cpNNNN and the like are read. */
static const struct {
	const char *name;
	uint32_t page;
} aliases[] = {
	{ "utf8", 65001 },
	{ "unicode-1-1-utf-8", 65001 },
	{ "ascii", 20127 },
	{ "ansi_x3.4-1968", 20127 },
	{ "us_ascii", 20127 },
	{ "iso646-us", 20127 },
	{ "latin1", 28591 },
	{ "latin-1", 28591 },
	{ "l1", 28591 },
	{ "iso8859-1", 28591 },
	{ "iso_8859-1", 28591 },
	{ "latin2", 28592 },
	{ "iso8859-2", 28592 },
	{ "iso8859-15", 28605 },
	{ "latin-9", 28605 },
	{ "iso-8859-8-i", 38598 },
	{ "ansi", 1252 },
	{ "x-sjis", 932 },
	{ "sjis", 932 },
	{ "shift-jis", 932 },
	{ "ms_kanji", 932 },
	{ "gb2312", 936 },
	{ "gb_2312-80", 936 },
	{ "hz", 52936 },
	{ "big5-hkscs", 950 },
	{ "euc_kr", 949 },
	{ "cseuckr", 949 },
	{ "ksc5601", 949 },
	{ "ks_c_5601", 949 },
	{ "tis-620", 874 },
	{ "koi8r", 20866 },
	{ "koi8_r", 20866 },
	{ "iso-8859-11", 874 },
	{ "x-euc-jp", 51932 },
	{ "eucjp", 51932 },
	{ "csiso2022jp", 50221 },
	{ "iso-2022-jp-1", 50221 },
	{ "cp50221", 50221 },
	{ "unicode-1-1-utf-7", 65000 },
	{ "utf7", 65000 },
	{ "x-gbk", 936 },
	{ "cp20932", 51932 },
};

static uint32_t numbered(struct str name)
{
	static const char *const fronts[] = {
		"windows-", "windows", "cp", "cp-", "ibm", "ibm-", "x-cp", "ms"
	};

	for (size_t i = 0; i < COUNT_OF(fronts); i++) {
		struct str front = str_of(fronts[i]);
		uint64_t page;

		if (str_starts_nocase(name, front) && str_to_u64(str_skip(name, front.len), 65535, &page) &&
		    code_page_of((uint32_t)page))
			return (uint32_t)page;
	}
	return 0;
}

uint32_t charset_page(struct str name)
{
	name = str_trim(name);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_is_nocase(name, names[i].name))
			return names[i].page;
	for (size_t i = 0; i < COUNT_OF(aliases); i++)
		if (str_is_nocase(name, aliases[i].name))
			return aliases[i].page;
	return numbered(name);
}

/* What calls itself Latin-1 is windows-1252; of GB 18030 the pairs are read. */
static const struct code_page *table_of(uint32_t page)
{
	return code_page_of(page == LATIN_1    ? (uint32_t)CODE_PAGE_WESTERN
			    : page == GB_18030 ? (uint32_t)GBK
			    : page == EUC_KR   ? (uint32_t)KOREAN
					       : page);
}

bool charset_is_known(uint32_t page)
{
	return table_of(page) || charset_shift_has(page);
}

static bool is_ascii(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] >= 0x80)
			return false;
	return true;
}

void charset_to_utf8(uint32_t page, struct view text, struct buf *out)
{
	const struct code_page *known = table_of(page);
	struct cursor c = cursor_of(text);

	if (charset_shift_is_ascii(page) && is_ascii(text)) {
		charset_shift_to_utf8(page, text, out);
		return;
	}
	if (str_is_utf8(str_from_view(text))) {
		buf_add(out, text);
		return;
	}
	if (charset_shift_has(page)) {
		charset_shift_to_utf8(page, text, out);
		return;
	}
	/* A message may be UTF-8 on its way and something else in the store. */
	if (!known || page == CODE_PAGE_UTF8)
		known = code_page_of(CODE_PAGE_WESTERN);
	while (cursor_left(&c) && !buf_failed(out)) {
		char one[UNICODE_UTF8_MAX];

		buf_add(out, view_of(one, unicode_put(one, code_page_next(known, &c))));
	}
}
