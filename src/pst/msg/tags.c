/* This file names the properties that the messaging layer speaks of. */
#include "pst/msg/tags.h"

#include "base/checked.h"

static const struct tag_row rows[] = {
#define X(name, id, canonical, section) { id, canonical, section },
	TAGS(X)
#undef X
};

const struct tag_row *tag_row(uint16_t id)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}
