/* This file holds what was measured of a store: the facts of "store check".
 *
 * Texts live in the arena of the run; `path` is the user's own word for the file.
 */
#ifndef POSTMEND_RECORD_STORE_FACTS_H
#define POSTMEND_RECORD_STORE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

struct store_facts {
	const char *path;
	uint64_t bytes;
	const char *unreadable; /* the system's words when the file could not be opened, else NULL */
	const char *is;         /* what it is when it is no store: "html"; NULL for a store */
	const char *is_text;    /* the same for people: "a web page (HTML)" */

	/* Of a store, as far as its header tells. */
	const char *format;   /* "ansi", "unicode", "unicode-4k"; NULL when not known */
	const char *client;   /* wMagicClient: "SM" a PST, "SO" an OST, "AB" an address book */
	const char *cipher;   /* "none", "permute", "cyclic", "wip"; NULL when not known */
	unsigned version;     /* wVer */
	uint64_t blocks;      /* entries of the BBT */
	uint64_t nodes;       /* entries of the NBT */
	uint64_t pages;       /* live pages of both */
	uint64_t folders;     /* nodes of type 2 */
	uint64_t messages;    /* of type 4 */
	uint64_t associated;  /* of type 8 */
	uint64_t attachments; /* subnodes of type 5, those of embedded messages included */
	bool is_quick;        /* objects were not looked at */
	bool is_whole;        /* nothing of what was asked for was left out */
};

#endif
