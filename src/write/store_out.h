/* This file writes a whole store: everything that a store needs besides the items, which the caller brings
 * ([MS-PST] 2.4, 2.7).
 *
 *	st = store_out_open(arena, sink, &options, &store);
 *	names_out_keep(store_out_names(store), ...);
 *	folder = store_out_folder(store, &(struct folder_spec){ .nid = 0x8082, .parent = 0x8022, .props =
 *props }); message_out_start(&message, store, item_arena); ... place = message_out_end(&message);
 *	folder_out_message(folder, &(struct message_spec){ ... });
 *	folder_out_close(folder);
 *	st = store_out_finish(store, &stats);
 *
 * Root folder, tables and whatever else is missing at the end is made. Errors
 * stay in the writer: ndb_out_status(store_out_ndb(store)).
 *
 * Numbers: NIDs may be kept or new ones. New ones come after all that the
 * writer was told of, so a caller that keeps some tells of all of them first,
 * with ndb_out_mark(): those of nodes and of subnodes, or rgnid of the source.
 *
 * Memory beside the writer's: each folder's properties until the end, 16 bytes
 * for each of its rows, and up to 130 KiB while its tables are open.
 */
#ifndef POSTMEND_WRITE_STORE_OUT_H
#define POSTMEND_WRITE_STORE_OUT_H

#include "write/names_out.h"
#include "write/templates.h"

enum { STORE_KEY_LEN = 16 };

/* Folders that the store object names, and the Inbox, which it does not. */
enum store_role {
	STORE_TOP,     /* IPM subtree: what users see; always there in the end */
	STORE_DELETED, /* always there */
	STORE_FINDER,  /* Search Root; always there */
	STORE_OUTBOX,
	STORE_SENT,
	STORE_VIEWS,
	STORE_COMMON_VIEWS, /* always there */
	STORE_INBOX,        /* mail goes there; the root folder when there is none */
	STORE_ROLES,
};

struct store_out_options {
	struct ndb_options ndb;
	uint8_t record_key[STORE_KEY_LEN]; /* kept when the copy replaces the source, else a new random one */
	const char *name; /* UTF-8; NULL: that of the store's properties or Outlook's usual one */
};

struct store_out;
struct folder_out;

/* Arena and sink outlive it. Statuses of ndb_out_open(). */
[[nodiscard]] enum status store_out_open(struct arena *arena, const struct store_sink *sink,
					 const struct store_out_options *options, struct store_out **out);

struct ndb_out *store_out_ndb(struct store_out *store);

/* The names of named properties: keep those of the source before the first item is written. */
struct names_out *store_out_names(struct store_out *store);

/* Properties of the store object that the caller wants there; what names folders, the record key and the mask
 * of valid folders are overwritten at the end. Values live until then. NULL when memory ended. */
struct props *store_out_props(struct store_out *store);

/* Which folder has a role. It is or will be a normal folder of this store. */
void store_out_set_role(struct store_out *store, enum store_role role, uint32_t nid);

/* Mail of a class (UTF-16LE; "" all others) goes into a folder. Those for "", "IPM", "Report.IPM" and "IPC"
 * are made when nobody set the one for "". */
void store_out_receive(struct store_out *store, struct view class, uint32_t nid);

/* Lists a message, by the properties that the table shows, in the queue of what is to be sent. */
void store_out_queue(struct store_out *store, uint32_t nid, struct props *props);

struct folder_spec {
	uint32_t nid;    /* 0: a new one. Type 2, or 3 for a search folder */
	uint32_t parent; /* NID; of the root, 0x122, itself. May be added later */
	struct props
		*props; /* its own; PidTagDisplayName at least. Counts are overwritten. Used until the end */
	struct props *criteria;           /* of a search folder; NULL: one that finds nothing */
	const struct columns *contents;   /* NULL: the template's; lives until the folder closes */
	const struct columns *associated; /* the same */
};

/* Adds a folder; NULL when the writer has failed, which the calls below take and do nothing. Each NID once,
 * else finish gives ST_USAGE. */
[[nodiscard]] struct folder_out *store_out_folder(struct store_out *store, const struct folder_spec *spec);
uint32_t folder_out_nid(const struct folder_out *folder);

struct message_spec {
	uint32_t nid;           /* type 4, or 8 for an associated one; 0: a new one of type 4 */
	uint64_t data, subnode; /* BIDs of the object */
	struct props
		*props; /* for the row, with the same values as the object's; needed during the call only */
};

/* Adds the node of a message and its row in the folder's table. The folder is a normal one and open. Returns
 * the NID. */
uint32_t folder_out_message(struct folder_out *folder, const struct message_spec *spec);

/* Lists a message, wherever it is, in the table of what a search folder found; it is counted there. */
void folder_out_found(struct folder_out *search, uint32_t nid, struct props *props);

/* Writes the tables and gives their memory back, but for the rows' numbers. The folder's NID stays good;
 * finish closes those that are open. */
void folder_out_close(struct folder_out *folder);

/* The BID of a template's table without rows, to be held by whoever refers to it. */
uint64_t store_out_template(struct store_out *store, enum template_table table);

/* Writes everything that is missing. Statuses of ndb_out_finish(); A folder
 * whose parent is none, or that is below itself, comes to the top; a role of a folder that is none is
 * nobody's. */
[[nodiscard]] enum status store_out_finish(struct store_out *store, struct ndb_stats *stats_out);

#endif
