/* This file says where a store's map pages stand. */
#include "pst/ndb/maps.h"

uint64_t maps_sections(const struct variant *variant, uint64_t eof)
{
	if (eof <= variant->first_amap)
		return 0;
	return (eof - 1 - variant->first_amap) / variant->amap_interval + 1;
}

uint64_t maps_section_at(const struct variant *variant, uint64_t section)
{
	return variant->first_amap + section * variant->amap_interval;
}

uint64_t maps_section_of(const struct variant *variant, uint64_t at)
{
	return (at - variant->first_amap) / variant->amap_interval;
}

static bool is_every(uint64_t section, uint64_t first, uint64_t every)
{
	return section >= first && (section - first) % every == 0;
}

unsigned maps_of_section(const struct variant *variant, uint64_t section,
			 struct map_page out[static MAPS_PER_SECTION_MAX])
{
	uint64_t at = maps_section_at(variant, section);
	unsigned n = 0;

	out[n++] = (struct map_page){ PAGE_AMAP, at };
	if (!variant->has_pmap)
		return n;
	if (section % MAPS_PMAP_EVERY == 0)
		out[n++] = (struct map_page){ PAGE_PMAP, at + variant->page_len };
	/* An FMap and an FPMap never share a section: 128 and 256 differ modulo 496. */
	if (is_every(section, MAPS_FMAP_FIRST, MAPS_FMAP_EVERY))
		out[n++] = (struct map_page){ PAGE_FMAP, at + 2 * (uint64_t)variant->page_len };
	else if (variant->has_fpmap && is_every(section, MAPS_FPMAP_FIRST, MAPS_FPMAP_EVERY))
		out[n++] = (struct map_page){ PAGE_FPMAP, at + 2 * (uint64_t)variant->page_len };
	return n;
}

bool maps_is_map_page(const struct variant *variant, uint64_t at)
{
	struct map_page pages[MAPS_PER_SECTION_MAX];
	unsigned n;

	if (at < variant->first_amap)
		return at == variant->dlist;
	n = maps_of_section(variant, maps_section_of(variant, at), pages);
	for (unsigned i = 0; i < n; i++)
		if (pages[i].at == at)
			return true;
	return false;
}
