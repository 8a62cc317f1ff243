/* This file finds rows of the catalogue of network and account faults. */
#include "facts/network_rows.h"

#include "facts/tables.h"

size_t network_rows_count(void)
{
	return network_rows_n;
}

const struct network_row *network_rows_at(size_t index)
{
	return &network_rows_rows[index];
}

const struct network_row *network_rows_find(struct str id)
{
	uint64_t number;

	id = str_trim(id);
	if (!str_starts_nocase(id, STR("N")) || id.len > 4)
		return NULL;
	if (!str_to_u64(str_skip(id, 1), network_rows_n, &number) || number == 0)
		return NULL;
	return &network_rows_rows[number - 1]; /* the generator checks that they are numbered in order */
}
