/* This file reads values of a registry key as mail programs write them: text in either of two types, numbers.
 */
#ifndef POSTMEND_CLIENT_REGISTRY_H
#define POSTMEND_CLIENT_REGISTRY_H

#include "client/account.h"
#include "hive/hive.h"

/* One key that is read. */
struct registry_key {
	struct client_found *found;
	const struct hive *hive;
	struct hive_key key;
	const char *path; /* from the hive's root */
};

/* The key of this name below, or at a path from the root. False when there is none. */
bool registry_below(const struct registry_key *key, const char *name, struct registry_key *out);
bool registry_open(struct client_found *found, const struct hive *hive, const char *path,
		   struct registry_key *out);

/* The next of the keys below; *name_out is its name as UTF-8. */
bool registry_next(const struct registry_key *key, struct hive_list *list, struct registry_key *out,
		   const char **name_out);

/* UTF-16 in REG_SZ, REG_EXPAND_SZ or REG_BINARY. text NULL when it is absent or empty. */
struct client_text registry_text(const struct registry_key *key, const char *name);

/* REG_DWORD, or four bytes of REG_BINARY. */
struct client_number registry_number(const struct registry_key *key, const char *name);

/* The value's bytes; none when it is absent. */
struct view registry_bytes(const struct registry_key *key, const char *name);
bool registry_has(const struct registry_key *key, const char *name);
struct client_place registry_place(const struct registry_key *key, const char *name);

#endif
