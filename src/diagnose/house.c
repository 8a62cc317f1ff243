/* This file tells which mail house a server belongs to. */
#include "diagnose/house.h"

#include "facts/base_domain.h"

const struct provider *house_of(const char *host)
{
	return host ? providers_of_mx(str_of(host)) : NULL;
}

bool house_wants(const char *host, uint32_t hints)
{
	const struct provider *house = house_of(host);

	return house && (house->hints & hints) == hints;
}

/* A host outside of any registered domain is a house of its own. */
static struct str registered(const char *host)
{
	struct str base = base_domain(str_of(host));

	return base.at ? base : str_of(host);
}

bool house_is_same(const char *a, const char *b)
{
	return str_eq_nocase(registered(a), registered(b));
}

const struct move *house_move(const char *host)
{
	const struct move *move = moves_find(registered(host));

	return move && move->state != MOVE_CHANGED ? move : NULL;
}
