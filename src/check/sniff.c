/* This file says what a file is that is no Outlook store. */
#include "check/sniff.h"

#include "base/checked.h"
#include "base/str.h"
#include "pst/ndb/page.h"

#include <stdbool.h>
#include <string.h>

enum {
	SCRAMBLED_MIN = 1024,  /* fewer bytes tell nothing about their spread */
	SCRAMBLED_LOOK = 4096, /* bytes that are counted */
	LINE_MAX = 998,        /* of a mail header, RFC 5322 */
};

#define WRONG_FILE    "Pick the store itself: in Outlook, account settings, data files, shows where it lies."
#define READ_AS(what) "Open it with " what "; only .pst and .ost files are checked here."
#define UNPACK        "Unpack it and check the store that is inside."
#define RESTORE       "Look for an older copy of the store: a backup, or the previous versions of its folder."

enum kind {
	KIND_EMPTY,
	KIND_ZEROS,
	KIND_HTML,
	KIND_XML,
	KIND_MBOX,
	KIND_MESSAGE,
	KIND_EDB,
	KIND_COMPOUND,
	KIND_ZIP,
	KIND_ARCHIVE,
	KIND_DBX,
	KIND_TNEF,
	KIND_SQLITE,
	KIND_PDF,
	KIND_PROGRAM,
	KIND_ENCRYPTED,
	KIND_SCRAMBLED,
	KIND_TEXT,
	KIND_OTHER,
};

static const struct sniffed kinds[] = {
	[KIND_EMPTY] = { "empty", "an empty file", RESTORE },
	[KIND_ZEROS] = { "zeros", "a file that begins with nothing but zeros: it was wiped or never written",
			 RESTORE },
	[KIND_HTML] = { "html", "a web page (HTML): a download that ended in an error or sign-in page",
			"Download the store again, and look at what the page says: open it in a web "
			"browser." },
	[KIND_XML] = { "xml", "an XML document", WRONG_FILE },
	[KIND_MBOX] = { "mbox", "a mailbox in mbox format, as Thunderbird and many others keep it",
			READ_AS("Thunderbird or another program that reads mbox") },
	[KIND_MESSAGE] = { "eml", "a single mail message (.eml)", READ_AS("a mail program") },
	[KIND_EDB] = { "exchange-edb", "a database of an Exchange server or another ESE database (.edb)",
		       "Give it to the server's administrator: it is checked with the server's own "
		       "eseutil." },
	[KIND_COMPOUND] = { "compound-file",
			    "a compound file: a saved Outlook item (.msg) or an old Office document",
			    READ_AS("Outlook or Office") },
	[KIND_ZIP] = { "zip", "a ZIP archive (also what Outlook for Mac exports, .olm)", UNPACK },
	[KIND_ARCHIVE] = { "archive", "a compressed archive", UNPACK },
	[KIND_DBX] = { "dbx", "a mail folder of Outlook Express (.dbx)", WRONG_FILE },
	[KIND_TNEF] = { "tnef", "an attachment that Outlook wrapped (winmail.dat)", WRONG_FILE },
	[KIND_SQLITE] = { "sqlite", "an SQLite database, as newer mail programs keep", WRONG_FILE },
	[KIND_PDF] = { "pdf", "a PDF document", WRONG_FILE },
	[KIND_PROGRAM] = { "program", "a program", WRONG_FILE },
	[KIND_ENCRYPTED] = { "encrypted", "a file that Windows or a rights service encrypted",
			     "Decrypt it on the computer and as the user that encrypted it, then check it." },
	[KIND_SCRAMBLED] = { "encrypted",
			     "bytes without any order: encrypted (by Windows, a rights service, ransomware) "
			     "or "
			     "compressed",
			     "Find out what encrypted it: only that, or an older copy, brings the store "
			     "back." },
	[KIND_TEXT] = { "text", "a text file", WRONG_FILE },
	[KIND_OTHER] = { "other", "nothing that is known here", WRONG_FILE },
};

struct magic {
	size_t at, len;
	const char *bytes;
	enum kind kind;
};

static const struct magic magics[] = {
	{ 4, 4, "\xEF\xCD\xAB\x89", KIND_EDB },
	{ 0, 8, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", KIND_COMPOUND },
	{ 0, 4, "PK\x03\x04", KIND_ZIP },
	{ 0, 4, "PK\x05\x06", KIND_ZIP },
	{ 0, 2, "\x1F\x8B", KIND_ARCHIVE },
	{ 0, 6, "7z\xBC\xAF\x27\x1C", KIND_ARCHIVE },
	{ 0, 6, "Rar!\x1A\x07", KIND_ARCHIVE },
	{ 0, 6,
	  "\xFD"
	  "7zXZ\x00",
	  KIND_ARCHIVE },
	{ 0, 3, "BZh", KIND_ARCHIVE },
	{ 0, 4, "MSCF", KIND_ARCHIVE },
	{ 0, 4, "\xCF\xAD\x12\xFE", KIND_DBX },
	{ 0, 4, "\x78\x9F\x3E\x22", KIND_TNEF },
	{ 0, 16, "SQLite format 3\x00", KIND_SQLITE },
	{ 0, 5, "%PDF-", KIND_PDF },
	{ 0, 2, "MZ", KIND_PROGRAM },
	{ 0, 4,
	  "\x7F"
	  "ELF",
	  KIND_PROGRAM },
	{ 4, 8,
	  "R\x00O\x00"
	  "B\x00S\x00",
	  KIND_ENCRYPTED }, /* an EFS file taken off its disk raw */
	{ 0, 6, ".pfile", KIND_ENCRYPTED },
};

static bool has(struct view head, size_t at, const char *bytes, size_t len)
{
	return at <= head.len && len <= head.len - at && memcmp(head.at + at, bytes, len) == 0;
}

/* An allocation map page where stores have their first one: the header may be
 * gone, the file is a store. */
static bool has_store_inside(struct view head)
{
	static const char map[2] = { (char)PAGE_AMAP, (char)PAGE_AMAP };

	for (int kind = 0; kind < VARIANT_COUNT; kind++) {
		const struct variant *v = variant_of((enum variant_kind)kind);
		size_t at = (size_t)v->first_amap + v->page_len - v->page_trailer_len;

		if (has(head, at, map, sizeof map) && head.at[v->first_amap + v->amap_bits_at] == 0xFF)
			return true;
	}
	return false;
}

static bool is_zero(struct view head)
{
	for (size_t i = 0; i < head.len; i++)
		if (head.at[i])
			return false;
	return true;
}

static struct str first_line(struct str text)
{
	size_t end = str_find_char(text, '\n');

	return str_trim(str_head(text, end < LINE_MAX ? end : LINE_MAX));
}

/* "From somebody Mon Jan  1 00:00:00 2024" */
static bool is_mbox(struct str text)
{
	struct str line = first_line(text);

	return str_starts(line, STR("From ")) && line.len > 20 && str_find_char(line, ':') != SIZE_MAX &&
	       str_find_char(text, '\n') != SIZE_MAX;
}

static bool is_message(struct str text)
{
	static const char *const names[] = {
		"received:",       "return-path:",
		"from:",           "to:",
		"delivered-to:",   "date:",
		"subject:",        "mime-version:",
		"message-id:",     "reply-to:",
		"dkim-signature:", "content-type:",
		"x-account-key:",  "x-mozilla-status:",
	};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_starts_nocase(text, str_of(names[i])))
			return true;
	return false;
}

static bool is_html(struct str text)
{
	static const char *const starts[] = {
		"<!doctype html", "<html", "<head", "<body", "<title", "<script"
	};
	struct str start = str_head(text, 1024);

	for (size_t i = 0; i < COUNT_OF(starts); i++)
		if (str_starts_nocase(start, str_of(starts[i])))
			return true;
	return str_starts_nocase(start, STR("<")) && str_find_nocase(start, STR("<html")) != SIZE_MAX;
}

static bool is_text(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c < 0x20 && c != '\t' && c != '\r' && c != '\n' && c != '\f')
			return false;
	}
	return text.len > 0;
}

/* Bytes of all values equally often: the sum of the squares of their counts is
 * then near its least, n + n * n / 256. */
static bool is_scrambled(struct view head)
{
	size_t n = head.len < SCRAMBLED_LOOK ? head.len : SCRAMBLED_LOOK;
	size_t counts[256] = { 0 }, sum = 0;

	if (n < SCRAMBLED_MIN)
		return false;
	for (size_t i = 0; i < n; i++)
		counts[head.at[i]]++;
	for (size_t i = 0; i < 256; i++)
		sum += counts[i] * counts[i];
	return sum - n < n * n / 256 + n * n / 1024;
}

static enum kind kind_of_text(struct view head)
{
	struct str text = str_from_view(head);

	if (has(head, 0, "\xEF\xBB\xBF", 3))
		text = str_skip(text, 3);
	while (text.len && memchr(" \t\r\n", text.at[0], 4))
		text = str_skip(text, 1);
	if (is_html(text))
		return KIND_HTML;
	if (str_starts_nocase(text, STR("<?xml")))
		return KIND_XML;
	if (is_mbox(text))
		return KIND_MBOX;
	if (is_message(text))
		return KIND_MESSAGE;
	return is_text(text) ? KIND_TEXT : KIND_OTHER;
}

const struct sniffed *sniff(struct view head, uint64_t size)
{
	enum kind kind;

	if (size == 0)
		return &kinds[KIND_EMPTY];
	if (has(head, 0, "!BDN", 4) || has_store_inside(head))
		return NULL;
	for (size_t i = 0; i < COUNT_OF(magics); i++)
		if (has(head, magics[i].at, magics[i].bytes, magics[i].len))
			return &kinds[magics[i].kind];
	if (is_zero(head))
		return &kinds[KIND_ZEROS];
	kind = kind_of_text(head);
	return &kinds[kind == KIND_OTHER && is_scrambled(head) ? KIND_SCRAMBLED : kind];
}
