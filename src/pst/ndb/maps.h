/* This file says where a store's map pages stand ([MS-PST] 2.2.2.7.2 to 2.2.2.7.5).
 *
 * A store is sections of `amap_interval` bytes from `first_amap` on; each
 * starts with its AMap, some go on with a PMap, an FMap or an FPMap page.
 */
#ifndef POSTMEND_PST_NDB_MAPS_H
#define POSTMEND_PST_NDB_MAPS_H

#include "pst/ndb/page.h"
#include "pst/ndb/variant.h"

enum {
	MAPS_PMAP_EVERY = 8,   /* sections */
	MAPS_FMAP_FIRST = 128, /* the header's own map serves the first 128 */
	MAPS_FMAP_EVERY = 496,
	MAPS_FPMAP_FIRST = 8192, /* 2 GiB */
	MAPS_FPMAP_EVERY = 31744,
};

/* Number of sections that begin before `eof`; 0 when not even the first does. */
uint64_t maps_sections(const struct variant *variant, uint64_t eof);

/* Offset of section s. */
uint64_t maps_section_at(const struct variant *variant, uint64_t section);

/* Section that holds this offset; the offset is not below the first AMap. */
uint64_t maps_section_of(const struct variant *variant, uint64_t at);

/* Map pages of a section, in order of their place; at most 3. The result says how many. */
struct map_page {
	enum page_type type;
	uint64_t at;
};
enum { MAPS_PER_SECTION_MAX = 3 };
unsigned maps_of_section(const struct variant *variant, uint64_t section,
			 struct map_page out[static MAPS_PER_SECTION_MAX]);

/* True when the offset is a map page's own. */
bool maps_is_map_page(const struct variant *variant, uint64_t at);

#endif
