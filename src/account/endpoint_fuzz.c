/* This file feeds the readers of URLs, addresses and IP addresses with anything: what is taken reads back the
 * same. */
#include "account/address.h"
#include "account/endpoint.h"
#include "account/ip.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_url(struct arena *arena, struct str text)
{
	struct endpoint endpoint, again;
	const char *why, *url;

	if (endpoint_parse(arena, text, &endpoint, &why) != ST_OK)
		return;
	url = endpoint_url(arena, &endpoint);
	if (!url || endpoint_parse(arena, str_of(url), &again, &why) != ST_OK ||
	    strcmp(endpoint_url(arena, &again), url) != 0)
		__builtin_trap();
}

static void check_address(struct arena *arena, struct str text)
{
	struct address address, again;
	const char *why;

	if (address_parse(arena, text, &address, &why) != ST_OK)
		return;
	if (address_parse(arena, str_of(address.whole), &again, &why) != ST_OK ||
	    strcmp(address.whole, again.whole) != 0)
		__builtin_trap();
}

static void check_ip(struct str text)
{
	char first[IP_TEXT_MAX], second[IP_TEXT_MAX];
	struct ip ip;

	if (!ip_parse(text, &ip))
		return;
	ip_text(&ip, first);
	if (!ip_parse(str_of(first), &ip))
		__builtin_trap();
	ip_text(&ip, second);
	if (strcmp(first, second) != 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str text = str_from_view(view_of(bytes, len));
	struct arena *arena;

	if (len > 4096)
		return 0;
	arena = arena_new(1 << 20);
	if (!arena)
		return 0;
	check_url(arena, text);
	check_address(arena, text);
	check_ip(text);
	arena_drop(&arena);
	return 0;
}
