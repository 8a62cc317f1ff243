/* This file lists the named properties of made stores, and tells the writer of their names. */
#include "named.h"

#include <assert.h>
#include <stdio.h>

enum { GUID_PUBLIC = 2, GUID_STREAM = 3, NPID_FIRST = 0x8000 };

/* PSETID_Address, PSETID_Appointment, PSETID_Common ([MS-OXPROPS] 1.3.2). */
static const uint8_t guids[][NAMES_GUID_LEN] = {
	{ 0x04, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 },
	{ 0x02, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 },
	{ 0x08, 0x20, 0x06, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46 },
};

static const struct {
	const char *name; /* NULL: the number */
	uint32_t number;
	uint16_t guid, type;
} rows[NAMED_FIXED] = {
	[NAMED_KEYWORDS] = { "Keywords", 0, GUID_PUBLIC, PTYP_STRING | PTYP_MULTIPLE },
	[NAMED_CONTACT_EMAIL] = { NULL, 0x8083, GUID_STREAM, PTYP_STRING },
	[NAMED_START] = { NULL, 0x820D, GUID_STREAM + 1, PTYP_TIME },
	[NAMED_END] = { NULL, 0x820E, GUID_STREAM + 1, PTYP_TIME },
	[NAMED_LOCATION] = { NULL, 0x8208, GUID_STREAM + 1, PTYP_STRING },
	[NAMED_BUSY] = { NULL, 0x8205, GUID_STREAM + 1, PTYP_INTEGER_32 },
	[NAMED_REMINDER] = { NULL, 0x8503, GUID_STREAM + 2, PTYP_BOOLEAN },
};

uint32_t named_tag(enum named named)
{
	return (uint32_t)(NPID_FIRST + (int)named) << 16 | rows[named].type;
}

uint32_t named_made_tag(uint64_t i)
{
	return (uint32_t)(NPID_FIRST + NAMED_FIXED + i) << 16 | (i % 2 ? PTYP_STRING : PTYP_INTEGER_32);
}

void named_fill(struct names_out *names, uint64_t n_made)
{
	for (uint32_t i = 0; i < NAMED_FIXED; i++) {
		struct property_name name = { .number = rows[i].number };
		uint16_t id;

		if (rows[i].guid >= GUID_STREAM)
			name.guid = view_of(guids[rows[i].guid - GUID_STREAM], NAMES_GUID_LEN);
		id = rows[i].name ? names_out_public(names, rows[i].name) : names_out_id(names, &name);
		assert(id == NPID_FIRST + i);
	}
	for (uint32_t i = 0; i < n_made; i++) {
		char name[16];
		uint16_t id;

		snprintf(name, sizeof name, "made-%u", i);
		id = names_out_public(names, name);
		assert(id == NPID_FIRST + NAMED_FIXED + i);
	}
}
