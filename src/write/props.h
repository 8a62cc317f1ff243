/* This file collects the properties of an object and writes them as a property context ([MS-PST] 2.3.3).
 *
 *	struct props *props = props_new(arena, variant);
 *	props_add_int(props, 0x0E070003, 1);
 *	props_add_view(props, 0x0037001F, utf16);
 *	bid = props_write(props, &subnodes);
 *
 * Values are as the store has them: text without a terminator, several values
 * as 2.3.3.4 says, numbers little-endian. What is added last for a property ID
 * counts. When memory ends the list stays short and props_write() fails the
 * writer with ST_NOMEM.
 */
#ifndef POSTMEND_WRITE_PROPS_H
#define POSTMEND_WRITE_PROPS_H

#include "pst/ltp/property.h"
#include "write/heap_out.h"
#include "write/subnodes_out.h"

struct prop {
	uint32_t tag;      /* ID and type; text is given as 0x1F and becomes what the variant has */
	uint32_t nid;      /* not 0: the value is a subnode that is written already */
	struct view value; /* else the value */
	uint64_t len;      /* of the value, wherever it is */
	size_t added;      /* when, counted */
};

struct props {
	struct arena *arena; /* the owner's; holds the rows and the copies of values */
	const struct variant *v;
	struct prop *rows;
	size_t n, room;
	size_t n_added;
	bool sorted; /* by ID, each once */
	bool failed; /* memory ended */
};

/* NULL when memory ended. */
[[nodiscard]] struct props *props_new(struct arena *arena, const struct variant *v);

/* The tag as it stands in this variant: text is 8 bits wide in ANSI stores. */
uint32_t props_tag(const struct variant *v, uint32_t tag);

/* The type has a fixed length of at most 8 bytes. */
void props_add_int(struct props *props, uint32_t tag, uint64_t value);
/* Copies the value. */
void props_add_bytes(struct props *props, uint32_t tag, struct view value);
/* Does not: the bytes live until the object and its rows in tables are written. A value whose length its type
 * cannot have is left out. */
void props_add_view(struct props *props, uint32_t tag, struct view value);
/* UTF-8; ANSI stores take what Latin-1 has, the rest becomes a question mark. */
void props_add_text(struct props *props, uint32_t tag, const char *text);
void props_add_texts(struct props *props, uint32_t tag, const char *const *texts, size_t n);
/* The value is `len` bytes in a data tree that the object's list has as subnode `nid`, of type 0x1F. Tables
 * show no such values. */
void props_add_subnode(struct props *props, uint32_t tag, uint32_t nid, uint64_t len);
/* PtypObject: the object is subnode `nid`, of any type, and `len` bytes long. */
void props_add_object(struct props *props, uint32_t tag, uint32_t nid, uint64_t len);

/* Text as it is stored; empty when memory ended. */
struct view props_text(struct arena *arena, const struct variant *v, const char *text);

/* The property with this ID, whatever its type, or NULL. */
const struct prop *props_find(struct props *props, uint16_t id);
/* The number of an integer or Boolean property; `missing` when there is none. */
uint64_t props_int(struct props *props, uint16_t id, uint64_t missing);
uint64_t props_size(struct props *props); /* bytes of all values */

/* Writes a property context; values that no heap takes become subnodes in *list. The BID. */
uint64_t props_write(struct props *props, struct subnodes_out *list);

#endif
