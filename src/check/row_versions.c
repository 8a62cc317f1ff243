/* This file checks that no two rows of a store carry one version. */
#include "check/row_versions.h"

bool row_versions_init(struct row_versions *v, struct arena *arena, uint64_t unique)
{
	v->limit = unique < ROW_VERSIONS_MAX ? (uint32_t)unique : 0;
	v->bits = arena_array(arena, v->limit / 32 + 1, sizeof *v->bits);
	v->n_double = 0;
	v->top = 0;
	v->lowest_double = UINT32_MAX;
	return v->bits != NULL;
}

static void lower_to(uint32_t *least, uint32_t value)
{
	uint32_t now = __atomic_load_n(least, __ATOMIC_RELAXED);

	while (value < now &&
	       !__atomic_compare_exchange_n(least, &now, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
}

static void raise_to(uint32_t *most, uint32_t value)
{
	uint32_t now = __atomic_load_n(most, __ATOMIC_RELAXED);

	while (value > now &&
	       !__atomic_compare_exchange_n(most, &now, value, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
}

void row_versions_add(struct row_versions *v, uint32_t version)
{
	uint32_t bit = 1U << version % 32;

	raise_to(&v->top, version);
	if (version >= v->limit || !(__atomic_fetch_or(&v->bits[version / 32], bit, __ATOMIC_RELAXED) & bit))
		return;
	__atomic_fetch_add(&v->n_double, 1, __ATOMIC_RELAXED);
	lower_to(&v->lowest_double, version);
}
