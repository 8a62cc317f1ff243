/* This file reads which logins an HTTP server offers.
 *
 *	challenge = scheme [ 1*SP ( token68 / #( name "=" value ) ) ]     RFC 9110 section 11.3
 *
 * Challenges and their parameters are both parted by commas: a part that is a
 * name with "=" behind it belongs to the challenge before.
 */
#include "wire/http_challenge.h"

#include "base/checked.h"

static const struct {
	const char *name;
	unsigned login;
} schemes[] = {
	{ "Basic", HTTP_LOGIN_BASIC },         { "Digest", HTTP_LOGIN_DIGEST }, { "NTLM", HTTP_LOGIN_NTLM },
	{ "Negotiate", HTTP_LOGIN_NEGOTIATE }, { "Bearer", HTTP_LOGIN_BEARER },
};

/* Up to the next comma that stands in no quotes. */
static struct str cut_part(struct str *rest)
{
	bool is_quoted = false;
	struct str part = *rest;

	for (size_t i = 0; i < rest->len; i++) {
		if (rest->at[i] == '\\' && is_quoted)
			i++;
		else if (rest->at[i] == '"')
			is_quoted = !is_quoted;
		else if (rest->at[i] == ',' && !is_quoted) {
			part.len = i;
			*rest = str_skip(*rest, i + 1);
			return part;
		}
	}
	*rest = str_skip(*rest, rest->len);
	return part;
}

static bool is_token_char(char c)
{
	return c > ' ' && c < 0x7f && str_find_char(STR("()<>@,;:\\\"/[]?={}"), c) == SIZE_MAX;
}

static unsigned login_of(struct str scheme)
{
	for (size_t i = 0; i < COUNT_OF(schemes); i++)
		if (str_is_nocase(scheme, schemes[i].name))
			return schemes[i].login;
	return HTTP_LOGIN_OTHER;
}

unsigned http_challenge_read(struct str text)
{
	unsigned found = 0;

	while (text.len) {
		struct str part = str_trim(cut_part(&text)), behind;
		size_t n = 0;

		while (n < part.len && is_token_char(part.at[n]))
			n++;
		behind = str_trim(str_skip(part, n));
		/* A lone "=" behind the first word makes it a parameter; a scheme has a blank there, or
		 * nothing. */
		if (n == 0 || (behind.len && (behind.at[0] == '=' || part.at[n] != ' ')))
			continue;
		found |= login_of(str_head(part, n));
	}
	return found;
}
