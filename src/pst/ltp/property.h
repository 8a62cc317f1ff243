/* This file reads property contexts ([MS-PST] 2.3.3) and judges single values. */
#ifndef POSTMEND_PST_LTP_PROPERTY_H
#define POSTMEND_PST_LTP_PROPERTY_H

#include "pst/ltp/bth.h"

/* Property types ([MS-OXCDATA] 2.11.1). */
enum property_type {
	PTYP_INTEGER_16 = 0x0002,
	PTYP_INTEGER_32 = 0x0003,
	PTYP_FLOATING_32 = 0x0004,
	PTYP_FLOATING_64 = 0x0005,
	PTYP_CURRENCY = 0x0006,
	PTYP_FLOATING_TIME = 0x0007,
	PTYP_ERROR = 0x000A,
	PTYP_BOOLEAN = 0x000B,
	PTYP_OBJECT = 0x000D,
	PTYP_INTEGER_64 = 0x0014,
	PTYP_STRING_8 = 0x001E,
	PTYP_STRING = 0x001F,
	PTYP_TIME = 0x0040,
	PTYP_GUID = 0x0048,
	PTYP_SERVER_ID = 0x00FB,
	PTYP_RESTRICTION = 0x00FD,
	PTYP_RULE_ACTION = 0x00FE,
	PTYP_BINARY = 0x0102,
	PTYP_MULTIPLE = 0x1000, /* bit: several values of the type below */
};

struct property {
	uint16_t id, type;
	uint32_t value; /* inline, or a HNID */
};

/* Bytes of one value: 0 for variable ones, -1 for a type that is none. */
int property_type_len(uint16_t type);

/* True when the record itself holds the value (fixed, at most 4 bytes). */
bool property_is_inline(const struct property *property);

/* One record of a property context's BTH (key 2, data 6); false when cut. */
[[nodiscard]] bool property_decode(struct view key, struct view data, struct property *out);

enum { PROPERTY_KEY_LEN = 2, PROPERTY_DATA_LEN = 6, OBJECT_VALUE_LEN = 8 };

/* What is wrong with a value's bytes; bits. */
enum value_fault {
	VALUE_FAULT_LEN = 1 << 0,    /* P84: not a length this type can have */
	VALUE_FAULT_LAYOUT = 1 << 1, /* P84: offsets of a multiple value leave it */
	VALUE_FAULT_TEXT = 1 << 2,   /* P95: no UTF-16 */
};
unsigned property_value_faults(uint16_t type, struct view value);

#endif
