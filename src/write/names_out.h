/* This file collects the names of named properties and writes the map of them ([MS-PST] 2.4.7). */
#ifndef POSTMEND_WRITE_NAMES_OUT_H
#define POSTMEND_WRITE_NAMES_OUT_H

#include "write/chunks.h"
#include "write/props.h"

enum { NAMES_GUID_LEN = 16, NAMES_BUCKETS = 251, NAMES_MAX = 0x7FFF, NAMES_TEXT_MAX = 2048 };

/* A property set and, in it, a number or a text. */
struct property_name {
	struct view guid; /* 16 bytes; empty for a name that has none */
	bool is_text;
	uint32_t number;
	struct view text; /* UTF-16LE, 2 to NAMES_TEXT_MAX bytes */
};

struct names_out {
	struct arena *arena;
	struct chunks rows, guids;
	uint32_t *heads; /* of the buckets' chains; 0 ends one, else the row's number plus 1 */
	uint8_t *used;   /* bit by property ID */
	uint32_t next;   /* above every property ID so far, from 0x8000 on */
	bool failed;     /* memory ended */
};

/* What is given is copied into the arena, which lives until the map is written. */
void names_out_init(struct names_out *names, struct arena *arena);

/* Gives a name the property ID (0x8000 to 0xFFFE) that it has in another store. False, and nothing changes,
 * when the ID or the name is there already or the name is none. */
bool names_out_keep(struct names_out *names, uint16_t id, const struct property_name *name);

/* The property ID of a name, a new one when it has none; 0 when there are NAMES_MAX or the name is none. */
uint16_t names_out_id(struct names_out *names, const struct property_name *name);

/* The ID of Keywords in PS_PUBLIC_STRINGS: an item's categories, of type 0x101F. */
uint16_t names_out_keywords(struct names_out *names);

/* The name of text in PS_PUBLIC_STRINGS; ASCII. */
uint16_t names_out_public(struct names_out *names, const char *text);

/* Adds the map's streams and buckets to the properties of node 0x61. */
void names_out_fill(struct names_out *names, struct props *props);

#endif
