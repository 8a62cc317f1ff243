/* This file reads one block's data as later passes want it: inflated and decoded. */
#ifndef POSTMEND_CHECK_BLOCK_READ_H
#define POSTMEND_CHECK_BLOCK_READ_H

#include "check/facts.h"
#include "check/read_window.h"

enum { BLOCK_READ_ROOM = 2 * BLOCK_EXTENT_MAX };

/* `room` holds BLOCK_READ_ROOM bytes; *data_out lies in it or in what the facts keep. A block that is
 * known to be bad gives ST_IO, as does one that the device refuses now. */
[[nodiscard]] enum status block_read(const struct check_facts *facts, const struct block_fact *block,
				     uint8_t *room, struct view *data_out);

/* The same through a window, which may be NULL; zeroed at first. */
[[nodiscard]] enum status block_read_near(const struct check_facts *facts, const struct block_fact *block,
					  struct read_window *window, uint8_t *room, struct view *data_out);

/* The same for a block that is known to be bad, as far as it lies in the image:
 * its bytes as they are found there, for whoever says so. ST_IO where there are none. */
[[nodiscard]] enum status block_read_anyway(const struct check_facts *facts, const struct block_fact *block,
					    uint8_t *room, struct view *data_out);

/* False for a block that block_read() refuses. */
bool block_is_sound(const struct block_fact *block);

#endif
