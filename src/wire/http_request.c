/* This file writes one HTTP/1.1 request and takes https URLs apart. */
#include "wire/http_request.h"

#include "account/idn.h"
#include "account/ip.h"

enum { HTTPS_PORT = 443 };

/* RFC 3986 characters; everything else must come percent-encoded. */
static bool is_clean(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f ||
		    str_find_char(STR("\"<>\\^`{|}"), text.at[i]) != SIZE_MAX)
			return false;
	return true;
}

static enum status read_host(struct arena *arena, struct str text, const char **out)
{
	char shown[IP_TEXT_MAX];
	struct ip ip;

	if (!ip_parse(text, &ip))
		return idn_to_ascii(arena, text, out);
	ip_text(&ip, shown);
	*out = arena_strdup(arena, shown);
	return *out ? ST_OK : ST_NOMEM;
}

/* Cuts "[::1]:8443" or "host:8443" into host and port; the rest
 * has no `at` when there is no port. */
static struct str cut_host(struct str *authority)
{
	struct str host;

	if (authority->len == 0 || authority->at[0] != '[')
		return str_cut(authority, ':');
	*authority = str_skip(*authority, 1);
	host = str_cut(authority, ']');
	if (!authority->at)
		return str_of(NULL);
	if (authority->len && authority->at[0] == ':')
		*authority = str_skip(*authority, 1);
	else if (authority->len == 0)
		authority->at = NULL;
	return host;
}

enum status http_url_parse(struct arena *arena, struct str url, struct http_url *out)
{
	struct str rest, authority, host;
	uint64_t port = HTTPS_PORT;
	size_t end = 0;
	enum status status;

	if (url.len > HTTP_URL_MAX || !str_starts_nocase(url, STR("https://")) || !is_clean(url) ||
	    str_find_char(url, '#') != SIZE_MAX)
		return ST_USAGE;
	rest = str_skip(url, 8);
	while (end < rest.len && rest.at[end] != '/' && rest.at[end] != '?')
		end++;
	authority = str_head(rest, end);
	rest = str_skip(rest, end);
	if (str_find_char(authority, '@') != SIZE_MAX)
		return ST_USAGE;
	host = cut_host(&authority);
	if (authority.at && (!str_to_u64(authority, UINT16_MAX, &port) || port == 0))
		return ST_USAGE;
	status = read_host(arena, host, &out->host);
	if (status != ST_OK)
		return status;
	out->port = (uint16_t)port;
	out->target = arena_printf(arena, "%s%.*s", rest.len && rest.at[0] == '/' ? "" : "/", (int)rest.len,
				   rest.len ? rest.at : "");
	return out->target ? ST_OK : ST_NOMEM;
}

const char *http_request_text(struct arena *arena, const struct http_url *url, struct str body,
			      const char *content_type)
{
	bool is_v6 = str_find_char(str_of(url->host), ':') != SIZE_MAX;
	const char *host = arena_printf(arena, is_v6 ? "[%s]" : "%s", url->host);
	const char *head;

	if (host && url->port != HTTPS_PORT)
		host = arena_printf(arena, "%s:%u", host, (unsigned)url->port);
	if (!host)
		return NULL;
	head = arena_printf(arena,
			    "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: postmend/" POSTMEND_VERSION
			    "\r\nAccept: */*\r\nConnection: close\r\n",
			    body.len ? "POST" : "GET", url->target, host);
	if (!head || body.len == 0)
		return head ? arena_printf(arena, "%s\r\n", head) : NULL;
	return arena_printf(arena, "%sContent-Type: %s\r\nContent-Length: %u\r\n\r\n%.*s", head, content_type,
			    (unsigned)body.len, (int)body.len, body.at);
}
