/* This file hides who the user is, so that a report can be given away. */
#include "report/redact.h"

#include <string.h>

/* Shorter words are hidden only where they are the whole text: an "a" in every
 * sentence is nobody's name. */
enum { WORD_LEN_MIN = 3, ADDRESS_LEN_MAX = 48 };

static const char *const kind_words[] = { "user", "computer", "private" };

void redact_init(struct redactor *redactor)
{
	redactor->n_names = 0;
}

static struct redact_name *find(struct redactor *redactor, enum redact_kind kind, struct str text)
{
	for (size_t i = 0; i < redactor->n_names; i++) {
		struct redact_name *name = &redactor->names[i];

		if (name->kind == kind &&
		    str_eq_nocase(text, (struct str){ .at = name->text, .len = name->len }))
			return name;
	}
	return NULL;
}

/* The name's row, a new one when needed; NULL when the table is full. */
static struct redact_name *intern(struct redactor *redactor, enum redact_kind kind, struct str text)
{
	struct str kept = str_head(text, REDACT_NAME_LEN);
	struct redact_name *name = find(redactor, kind, kept);
	unsigned number = 1;

	if (name || redactor->n_names == REDACT_NAMES_MAX)
		return name;
	for (size_t i = 0; i < redactor->n_names; i++)
		number += redactor->names[i].kind == kind;
	name = &redactor->names[redactor->n_names++];
	*name = (struct redact_name){ .kind = kind, .number = number, .len = kept.len };
	memcpy(name->text, kept.at, kept.len);
	return name;
}

void redact_word(struct redactor *redactor, enum redact_kind kind, const char *word)
{
	struct str text = str_of(word);
	struct redact_name *name;

	if (text.len == 0 || text.len > REDACT_NAME_LEN)
		return;
	name = intern(redactor, kind, text);
	if (name)
		name->everywhere = true;
}

static void put_name(struct redactor *redactor, enum redact_kind kind, struct str text, struct buf *out)
{
	const struct redact_name *name = intern(redactor, kind, text);

	if (name)
		buf_printf(out, "%s-%u", kind_words[kind], name->number);
	else
		buf_printf(out, "%s-more", kind_words[kind]);
}

static bool is_word_char(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || (unsigned char)c >= 0x80;
}

/* True when the text goes on as a name before or after a place: a letter, or a
 * full stop with a letter behind it. */
static bool joins_before(struct str text, size_t at)
{
	if (at == 0)
		return false;
	if (text.at[at - 1] == '.')
		return at >= 2 && is_word_char(text.at[at - 2]);
	return is_word_char(text.at[at - 1]);
}

static bool joins_after(struct str text, size_t at)
{
	if (at >= text.len)
		return false;
	if (text.at[at] == '.')
		return at + 1 < text.len && is_word_char(text.at[at + 1]);
	return is_word_char(text.at[at]);
}

/* The length of a known word that stands here, 0 when none does. */
static size_t known_word_at(const struct redactor *redactor, struct str text, size_t at,
			    const struct redact_name **name_out)
{
	for (size_t i = 0; i < redactor->n_names; i++) {
		const struct redact_name *name = &redactor->names[i];
		struct str word = { .at = name->text, .len = name->len };

		if (!name->everywhere || !str_starts_nocase(str_skip(text, at), word))
			continue;
		if (word.len == text.len || (word.len >= WORD_LEN_MIN && !joins_before(text, at) &&
					     !joins_after(text, at + word.len))) {
			*name_out = name;
			return word.len;
		}
	}
	return 0;
}

static bool is_local_char(char c)
{
	return is_word_char(c) || (c && memchr(".!#$%&'*+/=?^_`{|}~-", c, 20));
}

/* The length of a local part that starts here: what stands in front of an @
 * that a domain follows (RFC 5321 section 4.1.2, unquoted). */
static size_t local_part_at(struct str text, size_t at)
{
	size_t end = at;

	if (at > 0 && is_local_char(text.at[at - 1]))
		return 0;
	while (end < text.len && is_local_char(text.at[end]))
		end++;
	if (end == at || end + 1 >= text.len || text.at[end] != '@' || !is_word_char(text.at[end + 1]))
		return 0;
	return end - at;
}

static bool is_address_char(char c)
{
	return str_is_digit(c) || c == '.' || c == ':' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* RFC 1918, RFC 3927 and RFC 6598 ranges. */
static bool is_private_ipv4(struct str text)
{
	uint64_t part[4];
	struct str rest = text;

	for (size_t i = 0; i < 4; i++)
		if (!str_to_u64(str_cut(&rest, '.'), 255, &part[i]))
			return false;
	if (rest.at)
		return false;
	return part[0] == 10 || (part[0] == 172 && part[1] >= 16 && part[1] <= 31) ||
	       (part[0] == 192 && part[1] == 168) || (part[0] == 169 && part[1] == 254) ||
	       (part[0] == 100 && part[1] >= 64 && part[1] <= 127);
}

/* RFC 4193 and RFC 4291 section 2.5.6: fc00::/7 and fe80::/10. */
static bool is_private_ipv6(struct str text)
{
	char second, third;

	if (text.len < 6 || text.at[4] != ':' || str_lower_char(text.at[0]) != 'f')
		return false;
	second = str_lower_char(text.at[1]);
	third = str_lower_char(text.at[2]);
	return second == 'c' || second == 'd' || (second == 'e' && strchr("89ab", third) != NULL);
}

/* The length of a private IP address that starts here, 0 when none does. */
static size_t private_address_at(struct str text, size_t at)
{
	size_t end = at;
	struct str token;

	bool after_colon = at > 0 && text.at[at - 1] == ':'; /* ::ffff:10.0.0.1 */

	if (at > 0 && (text.at[at - 1] == '.' || is_word_char(text.at[at - 1])))
		return 0;
	while (end < text.len && end - at < ADDRESS_LEN_MAX && is_address_char(text.at[end]))
		end++;
	for (token = str_head(str_skip(text, at), end - at); token.len; token.len--) {
		/* "192.168.0.1:993" and "10.0.0.1." end in what is no address. */
		if (is_private_ipv4(token) || (!after_colon && is_private_ipv6(token)))
			return token.len;
		if (token.at[token.len - 1] != '.' && !memchr(token.at, ':', token.len))
			return 0;
	}
	return 0;
}

void redact_text(struct redactor *redactor, struct str text, struct buf *out)
{
	const struct redact_name *name = NULL;
	size_t at = 0, len;

	if (!redactor) {
		buf_add_str(out, text);
		return;
	}
	while (at < text.len) {
		struct str here = str_skip(text, at);

		if ((len = local_part_at(text, at)) > 0) {
			put_name(redactor, REDACT_USER, str_head(here, len), out);
		} else if ((len = known_word_at(redactor, text, at, &name)) > 0) {
			put_name(redactor, name->kind, str_head(here, len), out);
		} else if ((len = private_address_at(text, at)) > 0) {
			put_name(redactor, REDACT_ADDRESS, str_head(here, len), out);
		} else {
			buf_add_byte(out, (uint8_t)text.at[at]);
			len = 1;
		}
		at += len;
	}
}
