/* This file reads one block's data as later passes want it: inflated and decoded. */
#ifndef POSTMEND_CHECK_BLOCK_READ_H
#define POSTMEND_CHECK_BLOCK_READ_H

#include "check/facts.h"

enum { BLOCK_READ_ROOM = 2 * BLOCK_EXTENT_MAX };

/* `room` holds BLOCK_READ_ROOM bytes; *data_out lies in it. A block that is
 * known to be bad gives ST_IO, as does one that the device refuses now. */
[[nodiscard]] enum status block_read(const struct check_facts *facts, const struct block_fact *block,
				     uint8_t *room, struct view *data_out);

#endif
