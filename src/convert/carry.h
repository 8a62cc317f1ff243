/* This file carries values, rows and tables over, one object at a time.
 *
 * Everything is laid out anew, so that the kinds of store may differ: heaps,
 * tables and data trees of one kind do not fit another, and text becomes
 * UTF-16. What is damaged is carried as far as it goes, and noted.
 */
#ifndef POSTMEND_CONVERT_CARRY_H
#define POSTMEND_CONVERT_CARRY_H

#include "base/code_page.h"
#include "convert/damage.h"
#include "convert/source.h"
#include "write/table_out.h"

struct keep;

struct carrier {
	const struct source *source;
	struct keep *keep; /* tells what is sound; NULL: nothing is copied as it stands */
	struct ndb_out *out;
	const struct code_page *page;    /* of text that has none of its own */
	struct arena *rows;              /* for one row of a table at a time */
	uint64_t n_characters_lost;      /* had no meaning in their code page */
	uint64_t n_left_out;             /* nodes, and subnodes of items, of kinds that nobody knows */
	uint16_t id_keywords, id_damage; /* named properties of the marker */
	const uint8_t *names_known;      /* names_known_has() */
	/* PidTagRecordKey of the source: EntryIDs with it get the key of the store that has the node. */
	uint8_t old_key[16];
	bool changes_key;
	const uint8_t *(*key_of)(void *context, uint32_t nid);
	void *key_context;
};

/* One object on its way. */
struct carry {
	struct carrier *carrier;
	const struct object_in *object;
	const struct code_page *page;
	struct props *props;
	struct subnodes_out *list; /* what is too long for a heap goes there; NULL: it is left out */
	struct damage *damage;     /* NULL: nobody wants to know */
};

/* The page of a message's text: its own, or the carrier's. */
const struct code_page *carry_page_of(const struct carrier *carrier, const struct values_in *values);

/* Adds values to carry->props. PtypObject values are left out: whoever carries the object adds them. */
[[nodiscard]] enum status carry_values(struct carry *carry, const struct values_in *values);

/* Notes those whose bytes are nowhere. */
void carry_note_lost(struct carry *carry, const struct values_in *values);

/* Adds a row's cells: all, or those of columns that rows have for themselves alone. */
[[nodiscard]] enum status carry_cells(struct carry *carry, const struct table_in *table, struct view row,
				      bool own_only);

/* The columns of `base` and those of the table. NULL when memory ended. */
[[nodiscard]] const struct columns *carry_columns(struct arena *arena, const struct columns *base,
						  const struct table_in *table);

/* A node's properties, without objects below it. *props_out is NULL where it has none. */
[[nodiscard]] enum status carry_node_props(struct carrier *carrier, const struct node_fact *node,
					   struct subnodes_out *list, struct props **props_out,
					   bool *whole_out);

/* Writes a table with the rows of another for which `wants` is true, or NULL for all. */
struct carry_rows {
	bool (*wants)(void *context, uint32_t row_id);
	void (*each)(void *context, struct props *props); /* may change a row; or NULL */
	void *context;
	const struct columns *base;
	uint64_t n_rows; /* out */
};
[[nodiscard]] enum status carry_table(struct carry *carry, const struct table_in *table,
				      struct carry_rows *rows, struct table_place *out);

/* Carries a subnode that nobody has described: a table or properties, laid out anew, or bytes. *done_out is
 * false for what is none of these, or is damaged. */
[[nodiscard]] enum status carry_unknown(struct carrier *carrier, const struct subnode *sub,
					struct subnode_row *out, bool *done_out);

#endif
