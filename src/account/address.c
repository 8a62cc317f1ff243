/* This file takes an e-mail address apart as far as finding its servers needs. */
#include "account/address.h"

#include "account/idn.h"
#include "account/ip.h"
#include "account/quote.h"

enum { LOCAL_LEN_MAX = 64 }; /* RFC 5321 section 4.5.3.1.1 */

static bool is_label_char(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '-' || c == '_';
}

bool address_domain_is_valid(struct str domain, unsigned min_labels)
{
	unsigned n = 0;

	if (domain.len == 0 || domain.len > DOMAIN_LEN_MAX)
		return false;
	while (domain.at) {
		struct str label = str_cut(&domain, '.');

		if (label.len == 0 || label.len > LABEL_LEN_MAX)
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!is_label_char(label.at[i]))
				return false;
		n++;
	}
	return n >= min_labels;
}

/* Dots may stand anywhere: some providers gave out addresses with two in a row. */
static bool local_is_valid(struct str local)
{
	bool is_quoted = local.len >= 2 && local.at[0] == '"' && local.at[local.len - 1] == '"';

	if (local.len == 0 || local.len > LOCAL_LEN_MAX || !str_is_utf8(local) || quote_has_control(local))
		return false;
	if (is_quoted)
		return local.len > 2;
	for (size_t i = 0; i < local.len; i++)
		if (str_find_char(STR(" ()<>[]:;@\\,\""), local.at[i]) != SIZE_MAX)
			return false;
	return true;
}

static enum status refuse(struct arena *arena, struct str text, const char *what, const char **why_out)
{
	*why_out = arena_printf(arena, "%s is no mail address: %s", quote_text(arena, text), what);
	return *why_out ? ST_USAGE : ST_NOMEM;
}

static size_t find_last_at(struct str text)
{
	for (size_t i = text.len; i-- > 0;)
		if (text.at[i] == '@')
			return i;
	return SIZE_MAX;
}

enum status address_parse(struct arena *arena, struct str text, struct address *out, const char **why_out)
{
	size_t at = find_last_at(text);
	struct str local, domain;
	enum status status;
	struct ip ip;

	*why_out = NULL;
	if (quote_has_control(text))
		return refuse(arena, text, "it has a control character in it", why_out);
	if (at == SIZE_MAX)
		return refuse(arena, text, "expected NAME@DOMAIN, as in anna@example.org", why_out);
	local = str_head(text, at);
	domain = str_skip(text, at + 1);
	if (domain.len == 0)
		return refuse(arena, text, "the domain after the @ is missing, as in anna@example.org",
			      why_out);
	if (!local_is_valid(local))
		return refuse(arena, text, "the part before the @ must be 1 to 64 characters without spaces",
			      why_out);
	status = idn_to_ascii(arena, domain, &out->domain);
	if (status == ST_NOMEM)
		return status;
	/* The last dot of a name is gone by now: "192.0.2.1." is an address too. */
	if (domain.at[0] == '[' || ip_parse(domain, &ip) ||
	    (status == ST_OK && ip_parse(str_of(out->domain), &ip)))
		return refuse(arena, text, "a domain name is expected after the @, not a numeric address",
			      why_out);
	if (status != ST_OK || !address_domain_is_valid(str_of(out->domain), 2))
		return refuse(arena, text, "the part after the @ is no domain name such as example.org",
			      why_out);
	out->local = arena_text(arena, local);
	out->whole = out->local ? arena_printf(arena, "%s@%s", out->local, out->domain) : NULL;
	return out->whole ? ST_OK : ST_NOMEM;
}
