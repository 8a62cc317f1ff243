/* This file recognises who speaks from the first bytes of a server. */
#include "probe/first_bytes.h"

#include "base/checked.h"

/* The first row that fits wins. */
static const struct {
	const char *start;
	enum greeting greeting;
} starts[] = {
	{ "* OK", GREETING_IMAP },      { "* PREAUTH", GREETING_IMAP }, { "* BYE", GREETING_IMAP_BYE },
	{ "+OK", GREETING_POP3 },       { "-ERR", GREETING_POP3_ERR },  { "HTTP/", GREETING_HTTP },
	{ "<!DOCTYPE", GREETING_HTTP }, { "<html", GREETING_HTTP },     { "220", GREETING_SMTP },
};

bool first_bytes_are_tls(struct str bytes)
{
	return bytes.len >= 3 && bytes.at[0] >= 0x14 && bytes.at[0] <= 0x17 && bytes.at[1] == 3 &&
	       bytes.at[2] >= 0 && bytes.at[2] <= 4;
}

/* The word that starts the bytes ends there too. */
static bool starts_word(struct str bytes, struct str word)
{
	char after;

	if (!str_starts_nocase(bytes, word))
		return false;
	if (bytes.len == word.len || word.at[word.len - 1] == '/')
		return true;
	after = bytes.at[word.len];
	return !str_is_alpha(after) && !str_is_digit(after);
}

/* A negative reply instead of the banner (RFC 5321 section 3.1: 554; 421). */
static bool is_smtp_refusal(struct str bytes)
{
	return bytes.len >= 3 && (bytes.at[0] == '4' || bytes.at[0] == '5') && str_is_digit(bytes.at[1]) &&
	       str_is_digit(bytes.at[2]) &&
	       (bytes.len == 3 || bytes.at[3] == ' ' || bytes.at[3] == '-' || bytes.at[3] == '\r' ||
		bytes.at[3] == '\n');
}

enum greeting first_bytes_classify(struct str bytes)
{
	if (bytes.len == 0)
		return GREETING_NONE;
	if (first_bytes_are_tls(bytes))
		return GREETING_TLS;
	for (size_t i = 0; i < COUNT_OF(starts); i++)
		if (starts_word(bytes, str_of(starts[i].start)))
			return starts[i].greeting;
	return is_smtp_refusal(bytes) ? GREETING_SMTP_NO : GREETING_OTHER;
}

bool first_bytes_are_masked(struct str bytes)
{
	size_t n = 0;

	if (!str_starts(bytes, STR("220 ")))
		return false;
	for (bytes = str_skip(bytes, 4); bytes.len && bytes.at[0] == '*'; bytes = str_skip(bytes, 1))
		n++;
	return n >= 4;
}

bool first_bytes_protocol(enum greeting greeting, enum protocol *out)
{
	static const struct {
		enum greeting greeting;
		enum protocol protocol;
	} rows[] = {
		{ GREETING_SMTP, PROTOCOL_SMTP }, { GREETING_SMTP_NO, PROTOCOL_SMTP },
		{ GREETING_IMAP, PROTOCOL_IMAP }, { GREETING_IMAP_BYE, PROTOCOL_IMAP },
		{ GREETING_POP3, PROTOCOL_POP3 }, { GREETING_POP3_ERR, PROTOCOL_POP3 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (rows[i].greeting != greeting)
			continue;
		*out = rows[i].protocol;
		return true;
	}
	return false;
}
