/* This file finds mail providers in the embedded tables. */
#include "facts/providers.h"

#include "facts/providers_tables.h"

#include <string.h>

int providers_compare(struct str text, const char *key)
{
	size_t len = strlen(key), i = 0;

	while (i < text.len && i < len && str_lower_char(text.at[i]) == str_lower_char(key[i]))
		i++;
	if (i == text.len || i == len)
		return (text.len > i) - (len > i);
	return (unsigned char)str_lower_char(text.at[i]) < (unsigned char)str_lower_char(key[i]) ? -1 : 1;
}

const struct provider *providers_of_domain(struct str domain)
{
	size_t from = 0, to = providers_domains_n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = providers_compare(domain, providers_domains[middle].domain);

		if (order == 0)
			return &providers_rows[providers_domains[middle].provider];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

const struct provider *providers_by_id(struct str id)
{
	for (size_t i = 0; i < providers_n; i++)
		if (providers_compare(id, providers_rows[i].id) == 0)
			return &providers_rows[i];
	return NULL;
}

const struct provider *providers_of_mx(struct str host)
{
	while (str_find_char(host, '.') != SIZE_MAX) {
		const struct provider *found = providers_of_domain(host);

		if (found)
			return found;
		(void)str_cut(&host, '.');
	}
	return NULL;
}
