/* This file shares the state of a store that is being written between the files that write it. */
#ifndef POSTMEND_WRITE_STORE_INNER_H
#define POSTMEND_WRITE_STORE_INNER_H

#include "write/store_out.h"

struct folder_out {
	struct store_out *store;
	struct folder_out *next;
	struct folder_spec spec;
	uint32_t nid, parent;
	struct table_out contents, associated;
	bool has_contents, has_associated, is_closed, has_children;
	enum { FOLDER_UNKNOWN, FOLDER_ON_THE_WAY, FOLDER_REACHED } reach; /* from the root */
	uint32_t n_messages, n_unread, n_associated;
};

struct receive_row {
	struct receive_row *next;
	struct view class;
	uint32_t nid;
};

struct store_out {
	struct arena *arena;
	struct ndb_out *ndb;
	struct names_out names;
	struct props *props;
	uint8_t record_key[STORE_KEY_LEN];
	uint32_t roles[STORE_ROLES];
	uint64_t templates[TEMPLATE_COUNT]; /* BIDs of tables without rows; 0 before somebody asks */
	struct table_out queue;
	struct receive_row *receive, **receive_end;
	struct folder_out *folders, **folders_end;
	size_t n_folders;
};

bool folder_is_search(const struct folder_out *folder);

/* The folder with this NID, or NULL; O(n). */
struct folder_out *folder_find(const struct store_out *store, uint32_t nid);

/* Writes all folders' objects and hierarchy tables; none is added afterwards. */
void folders_put(struct store_out *store);

/* A property context as a node without a parent. */
void store_put_object(struct store_out *store, uint32_t nid, struct props *props);

/* A table's node with the template's block: no rows. */
void store_put_template(struct store_out *store, uint32_t nid, enum template_table template);

#endif
