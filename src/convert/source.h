/* This file reads a picture's objects for those who carry them over.
 *
 * It takes bytes whose checksums do not fit as they are found, where nothing
 * better is left, and says so: whoever asks decides what that means.
 */
#ifndef POSTMEND_CONVERT_SOURCE_H
#define POSTMEND_CONVERT_SOURCE_H

#include "check/node_read.h"
#include "pst/ltp/table.h"
#include "salvage/salvage.h"

struct source {
	const struct salvage *salvage;
	const struct check_facts *facts; /* the picture's */
	struct node_reader reader;       /* its arena is that of the item at hand */
};

/* ST_NOMEM. The reader's arena is made and dropped here. */
[[nodiscard]] enum status source_open(struct source *source, struct arena *arena,
				      const struct salvage *salvage);
void source_close(struct source *source);

/* Where a value is. */
enum value_place { VALUE_INLINE, VALUE_BYTES, VALUE_SUBNODE };

struct value_in {
	uint16_t id, type;
	enum value_place place;
	uint32_t number;      /* inline: as the record has it */
	struct view bytes;    /* in the heap */
	uint64_t data;        /* in a subnode: BID */
	uint32_t subnode_nid; /* likewise */
};

/* An object's heap with what it refers to. */
struct object_in {
	struct heap heap;
	bool is_open;  /* false: nothing of it could be read */
	bool is_sound; /* all its blocks are there and their checksums fit */
	struct subnode_list subnodes;
};

/* Never fails for damage; ST_NOMEM. */
[[nodiscard]] enum status object_in_open(const struct source *source, uint64_t data, uint64_t subnode,
					 struct object_in *out);

enum { VALUES_LOST_MAX = 8 };

/* The properties of a property context in ascending order, each ID once. */
struct values_in {
	struct value_in *rows;
	size_t n, room;
	bool whole;                     /* none was left out */
	uint16_t lost[VALUES_LOST_MAX]; /* IDs of some whose bytes are nowhere */
	size_t n_lost;
};

/* False when the object is no property context. What it gives lies in the arena. */
[[nodiscard]] enum status values_in_read(const struct source *source, const struct object_in *object,
					 struct values_in *out);

/* The value, or NULL. */
const struct value_in *values_in_find(const struct values_in *values, uint16_t id);

/* A table context, opened for its rows. */
struct table_in {
	const struct object_in *object;
	struct table table;
	struct view *blocks;
	size_t n_blocks;
	uint32_t per_block;
	struct row_in {
		uint32_t id, at; /* at: which in the matrix */
	} * rows;                /* in ascending order of their numbers, each once */
	size_t n_rows;
	bool is_open;  /* its description holds */
	bool is_whole; /* and all its rows could be read */
	bool shares_names;
};

[[nodiscard]] enum status table_in_open(const struct source *source, const struct object_in *object,
					struct table_in *out);

/* Row i of table->rows. */
struct view table_in_row(const struct table_in *table, size_t i);

/* The row with this number; empty when there is none. */
struct view table_in_find(const struct table_in *table, uint32_t id);

/* A cell of it as a value; false for an empty one and for one that leads nowhere. */
[[nodiscard]] bool table_in_cell(const struct table_in *table, struct view row,
				 const struct table_column *column, struct value_in *out);

/* Gives the bytes of a data tree, one piece after the other. A piece of a block that is not there comes as
 * zeros. The result says whether all were there and sound. */
struct bytes_in {
	void *context;
	void (*take)(void *context, struct view piece);
	uint64_t doubtful; /* out: bytes whose checksum did not fit, or zeros */
	uint64_t len;      /* out: all */
};
[[nodiscard]] enum status bytes_in_read(const struct source *source, uint64_t data, struct bytes_in *bytes);

/* The same as one piece in the arena; empty beyond `max`, and *whole_out is false then and for doubtful ones.
 */
[[nodiscard]] enum status bytes_in_join(const struct source *source, uint64_t data, uint64_t max,
					struct view *out, bool *whole_out);

#endif
