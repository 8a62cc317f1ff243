/* This file reads and writes the door of a mail server as users write it. */
#include "account/endpoint.h"

#include "account/idn.h"
#include "account/ip.h"
#include "account/quote.h"
#include "base/checked.h"
#include "base/names.h"

#include <string.h>

enum { URL_LEN_MAX = 2048 };

struct scheme {
	const char *name;
	enum protocol protocol;
	enum security security; /* unless ?security= says otherwise */
};

static const struct scheme schemes[] = {
	{ "imap", PROTOCOL_IMAP, SECURITY_STARTTLS }, { "imaps", PROTOCOL_IMAP, SECURITY_TLS },
	{ "pop3", PROTOCOL_POP3, SECURITY_STARTTLS }, { "pop3s", PROTOCOL_POP3, SECURITY_TLS },
	{ "smtp", PROTOCOL_SMTP, SECURITY_STARTTLS }, { "smtps", PROTOCOL_SMTP, SECURITY_TLS },
};

static const struct name_row protocol_names[] = {
	{ PROTOCOL_IMAP, "imap" },
	{ PROTOCOL_POP3, "pop3" },
	{ PROTOCOL_SMTP, "smtp" },
};

static const struct name_row security_names[] = {
	{ SECURITY_TLS, "tls" },
	{ SECURITY_STARTTLS, "starttls" },
	{ SECURITY_NONE, "none" },
};

/* What reading one URL needs. The first complaint stays. */
struct reading {
	struct arena *arena;
	struct str url; /* as it may be shown */
	struct endpoint *endpoint;
	const struct scheme *scheme;
	const char *why;
	bool has_security;
};

static bool complain(struct reading *r, const char *what)
{
	if (!r->why)
		r->why =
			arena_printf(r->arena, "%s is no server URL: %s", quote_text(r->arena, r->url), what);
	return false;
}

const char *protocol_name(enum protocol protocol)
{
	return name_of(protocol_names, COUNT_OF(protocol_names), (int)protocol);
}

const char *security_name(enum security security)
{
	return name_of(security_names, COUNT_OF(security_names), (int)security);
}

uint16_t endpoint_default_port(enum protocol protocol, enum security security)
{
	bool tls = security == SECURITY_TLS;

	switch (protocol) {
	case PROTOCOL_IMAP:
		return tls ? 993 : 143;
	case PROTOCOL_POP3:
		return tls ? 995 : 110;
	case PROTOCOL_SMTP:
		break;
	}
	return tls ? 465 : 587;
}

bool endpoint_is_address(struct str text, int *family_out)
{
	struct ip ip;

	if (!ip_parse(text, &ip))
		return false;
	*family_out = ip.family;
	return true;
}

static bool read_scheme(struct reading *r, struct str *rest)
{
	size_t end = str_find(*rest, STR("://"));

	if (end == SIZE_MAX)
		return complain(r, "expected SCHEME://HOST, as in imaps://mail.example.org");
	for (size_t i = 0; i < COUNT_OF(schemes); i++)
		if (str_is_nocase(str_head(*rest, end), schemes[i].name))
			r->scheme = &schemes[i];
	*rest = str_skip(*rest, end + 3);
	if (!r->scheme)
		return complain(r, "the scheme must be imap, imaps, pop3, pop3s, smtp or smtps");
	r->endpoint->protocol = r->scheme->protocol;
	r->endpoint->security = r->scheme->security;
	return true;
}

/* An address of either family in canonical text, without brackets. */
static const char *read_ip(struct reading *r, struct str text)
{
	char shown[IP_TEXT_MAX];
	struct ip ip;

	if (!ip_parse(text, &ip))
		return NULL;
	ip_text(&ip, shown);
	return arena_strdup(r->arena, shown);
}

static bool looks_numeric(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!str_is_digit(host.at[i]) && host.at[i] != '.')
			return false;
	return true;
}

static bool read_name(struct reading *r, struct str text, const char **out)
{
	if (text.len == 0)
		return complain(r, "the host name is missing");
	*out = read_ip(r, text);
	if (*out)
		return true;
	if (looks_numeric(text))
		return complain(r, "an IPv4 address has four numbers from 0 to 255");
	if (idn_to_ascii(r->arena, text, out) != ST_OK)
		return complain(r, "the host must be a DNS name such as mail.example.org or an address");
	return true;
}

static bool read_port(struct reading *r, struct str text)
{
	uint64_t port;

	if (!str_to_u64(text, UINT16_MAX, &port) || port == 0)
		return complain(r, "the port must be a number from 1 to 65535");
	r->endpoint->port = (uint16_t)port;
	return true;
}

static bool read_host_and_port(struct reading *r, struct str text)
{
	size_t colon;

	if (text.len && text.at[0] == '[') {
		size_t end = str_find_char(text, ']');
		struct str inside = str_skip(str_head(text, end == SIZE_MAX ? text.len : end), 1);
		int family = 0;

		if (end == SIZE_MAX || !endpoint_is_address(inside, &family) || family != 6)
			return complain(r, "an IPv6 address is expected in the brackets");
		r->endpoint->host = read_ip(r, inside);
		text = str_skip(text, end + 1);
		if (text.len == 0)
			return true;
		if (text.at[0] != ':')
			return complain(r, "after the brackets only :PORT may follow");
		return read_port(r, str_skip(text, 1));
	}
	colon = str_find_char(text, ':');
	if (colon == SIZE_MAX)
		return read_name(r, text, &r->endpoint->host);
	if (str_find_char(str_skip(text, colon + 1), ':') != SIZE_MAX)
		return complain(r, "an IPv6 address stands in brackets, as in imaps://[2001:db8::1]:993");
	return read_name(r, str_head(text, colon), &r->endpoint->host) &&
	       read_port(r, str_skip(text, colon + 1));
}

static bool read_security(struct reading *r, struct str value)
{
	int security;

	if (r->has_security)
		return complain(r, "security is given twice");
	r->has_security = true;
	if (!name_find(security_names, COUNT_OF(security_names), value, &security))
		return complain(r, "security must be tls, starttls or none");
	if (r->scheme->security == SECURITY_TLS && security != SECURITY_TLS)
		return complain(r, "the scheme says TLS from the first byte; leave out its last letter, s, "
				   "for another security");
	r->endpoint->security = (enum security)security;
	return true;
}

static bool read_address(struct reading *r, struct str value)
{
	if (r->endpoint->address)
		return complain(r, "address is given twice");
	if (value.len > 2 && value.at[0] == '[' && value.at[value.len - 1] == ']')
		value = (struct str){ .at = value.at + 1, .len = value.len - 2 };
	r->endpoint->address = read_ip(r, value);
	return r->endpoint->address || complain(r, "address must be an IPv4 or IPv6 address");
}

static bool read_sni(struct reading *r, struct str value)
{
	int family;

	if (r->endpoint->sni)
		return complain(r, "sni is given twice");
	if (endpoint_is_address(value, &family) || looks_numeric(value))
		return complain(r, "sni must be a DNS name");
	return read_name(r, value, &r->endpoint->sni);
}

static bool read_options(struct reading *r, struct str query)
{
	while (query.at) {
		struct str value = str_cut(&query, '&');
		struct str key = str_cut(&value, '=');
		bool ok;

		if (str_is(key, "security"))
			ok = read_security(r, value);
		else if (str_is(key, "address"))
			ok = read_address(r, value);
		else if (str_is(key, "sni"))
			ok = read_sni(r, value);
		else
			return complain(r, "the options after ? are security=, address= and sni=");
		if (!ok)
			return false;
	}
	return true;
}

/* Index of the first of / ? # in the text, or its length. */
static size_t find_authority_end(struct str text)
{
	size_t i = 0;

	while (i < text.len && text.at[i] != '/' && text.at[i] != '?' && text.at[i] != '#')
		i++;
	return i;
}

/* A password in the URL must not come back in a sentence about it: what is
 * shown begins after the last @. */
static bool refuse_user(struct reading *r, struct str rest)
{
	while (str_find_char(rest, '@') != SIZE_MAX)
		(void)str_cut(&rest, '@');
	r->url = rest;
	r->why = arena_printf(r->arena,
			      "the URL of %s has a user or password in it: use --user and --password-file",
			      quote_text(r->arena, rest));
	return false;
}

static bool read_url(struct reading *r, struct str rest)
{
	struct str authority;

	if (str_find_char(rest, '@') != SIZE_MAX)
		return refuse_user(r, rest);
	if (rest.len > URL_LEN_MAX)
		return complain(r, "it is longer than 2048 characters");
	if (quote_has_control(rest))
		return complain(r, "it has a control character in it");
	if (!read_scheme(r, &rest))
		return false;
	authority = str_head(rest, find_authority_end(rest));
	rest = str_skip(rest, authority.len);
	if (str_find_char(rest, '#') != SIZE_MAX)
		return complain(r, "a fragment (#) has no meaning here");
	if (rest.len && rest.at[0] == '/')
		return complain(r, "a path has no meaning here; only ? options may follow the port");
	if (!read_host_and_port(r, authority))
		return false;
	return rest.len == 0 || read_options(r, str_skip(rest, 1));
}

enum status endpoint_parse(struct arena *arena, struct str url, struct endpoint *out, const char **why_out)
{
	struct reading r = { .arena = arena, .url = url, .endpoint = out };

	*out = (struct endpoint){ .port = 0 };
	*why_out = NULL;
	if (!read_url(&r, url)) {
		*why_out = r.why;
		return r.why && !arena_failed(arena) ? ST_USAGE : ST_NOMEM;
	}
	if (out->port == 0)
		out->port = endpoint_default_port(out->protocol, out->security);
	return arena_failed(arena) ? ST_NOMEM : ST_OK;
}

const char *endpoint_url(struct arena *arena, const struct endpoint *endpoint)
{
	int family = 0;
	bool in_brackets = endpoint_is_address(str_of(endpoint->host), &family) && family == 6;
	const char *security = endpoint->security == SECURITY_NONE ? "security=none" : NULL;
	char mark = '?';
	const char *url;

	url = arena_printf(arena, "%s%s://%s%s%s:%u", protocol_name(endpoint->protocol),
			   endpoint->security == SECURITY_TLS ? "s" : "", in_brackets ? "[" : "",
			   endpoint->host, in_brackets ? "]" : "", (unsigned)endpoint->port);
	if (url && security) {
		url = arena_printf(arena, "%s%c%s", url, mark, security);
		mark = '&';
	}
	if (url && endpoint->address) {
		url = arena_printf(arena, "%s%caddress=%s", url, mark, endpoint->address);
		mark = '&';
	}
	if (url && endpoint->sni)
		url = arena_printf(arena, "%s%csni=%s", url, mark, endpoint->sni);
	return url;
}
