/* This file is what the parts of the writing side share. */
#ifndef POSTMEND_CONVERT_WRITING_H
#define POSTMEND_CONVERT_WRITING_H

#include "convert/plan.h"
#include "pst/msg/name_map.h"

/* The map of named properties: what the source has, and two names for the marker. */
struct names {
	struct name_map map;
	struct values_in values;   /* of the source's node; n 0 where it is lost */
	uint16_t keywords, damage; /* property IDs */
	bool adds_keywords, adds_damage;
};

struct writing {
	struct plan *plan;
	struct ndb_out *out;
	struct carrier carrier;
	struct names names;
	struct source names_source; /* its arena holds the map and the queue until the end */
	struct object_in queue_object;
	struct table_in queue; /* what waits to be sent, as the source says */
	struct convert_ledger *ledger;
	struct arena *arena;  /* of the run */
	struct arena *folder; /* of the folder at hand */
	uint64_t done, total; /* for progress */
	bool marks;           /* an item was marked: its names are needed */
	uint8_t record_key[RECORD_KEY_LEN];
	uint8_t first_key[RECORD_KEY_LEN]; /* of part 1 */
};

/* Tells of work done; ST_CANCEL, or the writer's status. */
[[nodiscard]] enum status writing_tick(struct writing *w, uint64_t more);

/* Writes a node out of properties; the list has been started for them. */
void writing_put_props(struct writing *w, struct ndb_node node, struct props *props,
		       struct subnodes_out *list);

/* All items, and the tables of their folders. */
[[nodiscard]] enum status writing_folders(struct writing *w);

/* The tables that say which folders a folder holds, and the folders' own properties. */
[[nodiscard]] enum status writing_hierarchy(struct writing *w);

/* The nodes that a store has for itself. */
[[nodiscard]] enum status writing_special(struct writing *w);

/* What waits to be sent. */
[[nodiscard]] enum status writing_find_queue(struct writing *w);

/* The key that EntryIDs name the store by. */
void writing_find_key(struct writing *w);

/* Reads the map and finds numbers for the marker's names; writes it. */
[[nodiscard]] enum status names_open(struct writing *w);
[[nodiscard]] enum status names_write(struct writing *w);

#endif
