/* This file tells of which named properties the names are certain, where their map is damaged. */
#ifndef POSTMEND_CONVERT_NAMES_KNOWN_H
#define POSTMEND_CONVERT_NAMES_KNOWN_H

#include "convert/source.h"

enum { NAME_MAP_STREAM_MAX = 4 << 20 };

/* A bit for each ID from NAME_MAP_IDS on, in `arena`; NULL in *bits_out when all are certain. The source's
 * own arena is cleared. ST_NOMEM. */
[[nodiscard]] enum status names_known_read(const struct source *source, struct arena *arena,
					   const uint8_t **bits_out);

/* Whether the meaning of a property is certain; bits may be NULL. */
[[nodiscard]] bool names_known_has(const uint8_t *bits, uint16_t id);

#endif
