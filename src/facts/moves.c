/* This file knows mail domains whose provider merged, moved or closed. */
#include "facts/moves.h"

#include "facts/providers_tables.h"

const struct move *moves_find(struct str domain)
{
	for (size_t i = 0; i < moves_n; i++)
		if (providers_compare(domain, moves_rows[i].domain) == 0)
			return &moves_rows[i];
	return NULL;
}
