/* This file makes the smallest registry hive, for tests: one bin, a root key and its rights. */
#ifndef POSTMEND_HIVE_HIVE_MAKER_H
#define POSTMEND_HIVE_HIVE_MAKER_H

#include "hive/cell.h"
#include "hive/put.h"

#include <string.h>

enum { HIVE_MAKER_LEN = HIVE_HEADER_LEN + HIVE_BIN_UNIT };

/* A cell of `size` bytes at *at; returns its bytes and moves *at behind it. */
static inline uint8_t *hive_maker_cell(uint8_t *bins, uint32_t *at, uint32_t size, const char *sign)
{
	uint8_t *cell = bins + *at + 4;

	put_u32(bins + *at, 0 - size);
	memcpy(cell, sign, 2);
	*at += size;
	return cell;
}

static inline void hive_maker_seal(uint8_t *header)
{
	put_u32(header + CELL_CHECKSUM_AT, cell_header_checksum(view_of(header, HIVE_HEADER_LEN)));
}

static inline void hive_maker_empty(uint8_t hive[static HIVE_MAKER_LEN])
{
	enum { ROOT_SIZE = 88, SECURITY_SIZE = 48, ROOT_AND_LATIN = 0x2C, SELF_RELATIVE = 0x8000 };
	uint8_t *bins = hive + HIVE_HEADER_LEN, *cell;
	uint32_t at = CELL_BIN_HEADER_LEN;

	memset(hive, 0, HIVE_MAKER_LEN);
	memcpy(hive, "regf", 4);
	put_u32(hive + CELL_SEQUENCE_AT, 1);
	put_u32(hive + CELL_SEQUENCE_AT + 4, 1);
	put_u32(hive + CELL_MAJOR_AT, 1);
	put_u32(hive + CELL_MAJOR_AT + 4, 5);
	put_u32(hive + CELL_TYPE_AT + 4, 1);
	put_u32(hive + CELL_ROOT_AT, CELL_BIN_HEADER_LEN);
	put_u32(hive + CELL_BINS_LEN_AT, HIVE_BIN_UNIT);
	put_u32(hive + CELL_BINS_LEN_AT + 4, 1);
	hive_maker_seal(hive);
	memcpy(bins, "hbin", 4);
	put_u32(bins + 8, HIVE_BIN_UNIT);
	cell = hive_maker_cell(bins, &at, ROOT_SIZE, "nk");
	put_u16(cell + 2, ROOT_AND_LATIN);
	put_u32(cell + CELL_KEY_SUBKEYS_AT, CELL_NONE);
	put_u32(cell + CELL_KEY_SUBKEYS_AT + 4, CELL_NONE);
	put_u32(cell + CELL_KEY_VALUES_AT, CELL_NONE);
	put_u32(cell + CELL_KEY_SECURITY_AT, CELL_BIN_HEADER_LEN + ROOT_SIZE);
	put_u32(cell + CELL_KEY_CLASS_AT, CELL_NONE);
	put_u16(cell + CELL_KEY_NAME_LEN_AT, 4);
	memcpy(cell + CELL_KEY_NAME_AT, "root", 4);
	cell = hive_maker_cell(bins, &at, SECURITY_SIZE, "sk");
	put_u32(cell + CELL_SECURITY_NEXT_AT, CELL_BIN_HEADER_LEN + ROOT_SIZE);
	put_u32(cell + CELL_SECURITY_BEFORE_AT, CELL_BIN_HEADER_LEN + ROOT_SIZE);
	put_u32(cell + CELL_SECURITY_COUNT_AT, 1);
	put_u32(cell + CELL_SECURITY_COUNT_AT + 4, 20);
	cell[CELL_SECURITY_COUNT_AT + 8] = 1;
	put_u16(cell + CELL_SECURITY_COUNT_AT + 10, SELF_RELATIVE);
	put_u32(bins + at, HIVE_BIN_UNIT - at);
}

#endif
