/* This file names the places of a registry hive's structures, for the room itself. */
#ifndef POSTMEND_HIVE_CELL_H
#define POSTMEND_HIVE_CELL_H

#include "base/cursor.h"
#include "hive/hive.h"

/* The header. */
enum {
	CELL_SEQUENCE_AT = 4,
	CELL_WRITTEN_AT = 12,
	CELL_MAJOR_AT = 20,
	CELL_TYPE_AT = 28,
	CELL_ROOT_AT = 36,
	CELL_BINS_LEN_AT = 40,
	CELL_CHECKSUM_AT = 508,
	CELL_SECTOR_LEN = 512,
};

/* Bins and cells. */
enum { CELL_BIN_HEADER_LEN = 32, CELL_UNIT = 8 };

/* Behind a cell's size: a key ("nk"), a value ("vk"), security ("sk"). */
enum {
	CELL_KEY_WRITTEN_AT = 4,
	CELL_KEY_PARENT_AT = 16,
	CELL_KEY_N_SUBKEYS_AT = 20,
	CELL_KEY_SUBKEYS_AT = 28,
	CELL_KEY_N_VALUES_AT = 36,
	CELL_KEY_VALUES_AT = 40,
	CELL_KEY_SECURITY_AT = 44,
	CELL_KEY_CLASS_AT = 48,
	CELL_KEY_MAX_NAME_AT = 52,
	CELL_KEY_MAX_VALUE_NAME_AT = 60,
	CELL_KEY_MAX_DATA_AT = 64,
	CELL_KEY_NAME_LEN_AT = 72,
	CELL_KEY_NAME_AT = 76,
	CELL_VALUE_NAME_AT = 20,
	CELL_SECURITY_NEXT_AT = 4,
	CELL_SECURITY_BEFORE_AT = 8,
	CELL_SECURITY_COUNT_AT = 12,
};

#define CELL_NONE         UINT32_MAX
#define CELL_VALUE_INLINE 0x80000000U

/* Data beyond this stand in pieces of this length ("db", from version 1.4 on). */
enum { CELL_PIECE_LEN = 16344 };

/* Of the first 508 bytes. */
uint32_t cell_header_checksum(struct view header);

/* Behind the two letters that the cell must begin with; a failed cursor otherwise. */
struct cursor cell_with_sign(const struct hive *hive, uint32_t at, const char *sign);

#endif
