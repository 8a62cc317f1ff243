/* This file finds the property ID that a store gave to a named property ([MS-PST] 2.4.7). */
#ifndef POSTMEND_CONTENT_NAMED_H
#define POSTMEND_CONTENT_NAMED_H

#include "check/item_read.h"

/* Property sets as they lie in a store. */
#define NAMED_SET_COMMON                                                         \
	{                                                                        \
		0x08, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 \
	}
#define NAMED_SET_APPOINTMENT                                                    \
	{                                                                        \
		0x02, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 \
	}
#define NAMED_SET_ADDRESS                                                        \
	{                                                                        \
		0x04, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 \
	}
#define NAMED_SET_TASK                                                           \
	{                                                                        \
		0x03, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 \
	}

/* 0 when the store has none. */
uint16_t named_find_number(const struct node_reader *reader, const uint8_t set[static 16], uint32_t number);

#endif
