/* This file writes table contexts, row by row ([MS-PST] 2.3.4).
 *
 *	table_out_start(&table, out, arena, &templates[TEMPLATE_CONTENTS]);
 *	table_out_row(&table, nid, props); ...
 *	place = table_out_end(&table);
 *
 * Rows go to blocks as they come. Memory: up to eight blocks' rooms of the
 * writer, and 8 to 16 bytes for each row in the arena. A table that began and
 * is not ended keeps its rooms.
 */
#ifndef POSTMEND_WRITE_TABLE_OUT_H
#define POSTMEND_WRITE_TABLE_OUT_H

#include "pst/ltp/table.h"
#include "write/chunks.h"
#include "write/props.h"

struct column {
	uint32_t tag;
	uint16_t at; /* in the row, bytes */
	uint8_t bit; /* in the cell existence block */
};

struct columns {
	uint32_t nid;              /* of the template, 0 when there is none */
	const struct column *rows; /* sorted by tag */
	size_t n;                  /* at most TABLE_COLUMNS_MAX */
	bool wide_index;           /* row indices of four bytes in ANSI stores too */
};

/* `base` and columns for more tags behind its own, as many as a table can have; text as 0x1F. A tag whose ID
 * is there is left out. NULL when memory ended. */
[[nodiscard]] const struct columns *columns_extend(struct arena *arena, const struct columns *base,
						   const uint32_t *tags, size_t n);

struct table_out {
	struct ndb_out *out;
	struct heap_out heap;
	struct bth_out index;
	const struct columns *columns;
	uint32_t info;    /* HID of TCINFO */
	uint16_t ends[4]; /* rgib */
	struct chunks ids;
	uint8_t *rows;   /* a room for those of one block; NULL before the first */
	size_t rows_len; /* bytes in it */
	struct data_out matrix;
	struct subnodes_out list;
};

/* Columns and arena live until the table ends. */
void table_out_start(struct table_out *table, struct ndb_out *out, struct arena *arena,
		     const struct columns *columns);

/* A cell is filled for each column whose property the object has, with the same type and as bytes; text that
 * is empty leaves its cell out but for the few columns where Outlook has it. Each row_id once; ST_USAGE
 * otherwise, at the end. */
void table_out_row(struct table_out *table, uint32_t row_id, struct props *props);
size_t table_out_count(const struct table_out *table); /* rows so far */

struct table_place {
	uint64_t data, subnode; /* BIDs that nobody holds yet */
} table_out_end(struct table_out *table);

/* Ends the table as a node of the store. */
void table_out_end_node(struct table_out *table, uint32_t nid);

#endif
