/* This file finds the domain that somebody registered, by the public suffix list. */
#include "facts/base_domain.h"

#include "account/address.h"
#include "account/idn.h"
#include "account/ip.h"

#include <libpsl.h>
#include <string.h>

struct str base_domain(struct str host)
{
	char text[DOMAIN_LEN_MAX + 1];
	const struct str none = { .at = NULL, .len = 0 };
	const psl_ctx_t *list = psl_builtin();
	const char *found;
	struct ip ip;

	if (!list || !address_domain_is_valid(host, 2) || ip_parse(host, &ip))
		return none;
	memcpy(text, host.at, host.len);
	text[host.len] = '\0';
	found = psl_registrable_domain(list, text);
	return found ? str_skip(host, (size_t)(found - text)) : none;
}
