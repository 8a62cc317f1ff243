/* This file knows builds and updates of Office and Windows that break mail. */
#include "facts/bad_builds.h"

#include "facts/tables.h"

enum { PARTS = 4, PART_MAX = 65535 };

const struct bad_build *bad_builds_rows(size_t *n_out)
{
	*n_out = bad_builds_n;
	return bad_builds_table;
}

bool bad_builds_version(struct str text, uint64_t *out)
{
	struct str rest = text;
	unsigned n = 0;

	*out = 0;
	while (rest.at && n < PARTS) {
		uint64_t part = 0;

		if (!str_to_u64(str_cut(&rest, '.'), PART_MAX, &part))
			return false;
		*out = *out << 16 | part;
		n++;
	}
	if (n == 0)
		return false;
	*out <<= 16 * (PARTS - n);
	return !rest.at;
}
