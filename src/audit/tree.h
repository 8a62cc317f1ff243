/* This file judges what lies around mail programs on one computer: add-ins, scanners, firewall, builds,
 * send/receive.
 *
 * Everything is read beforehand; nothing is opened here. What is general
 * knowledge only, and no maker's word, is advice.
 */
#ifndef POSTMEND_AUDIT_TREE_H
#define POSTMEND_AUDIT_TREE_H

#include "audit/audit.h"
#include "base/view.h"

/* A file with send/receive settings (.srs), and when Windows last wrote its user's hive; seconds since 1970.
 */
struct audit_srs {
	const char *path;
	uint64_t bytes;
	int64_t written, hive_written;
};

/* The keys with which Windows opens a user's stored passwords: whether the folder has any. */
struct audit_keys {
	const char *source, *folder; /* the user's hive; where the keys lie */
	bool are_missing;
};

struct audit_tree {
	struct arena *arena;
	const struct client_found *found;
	struct finding_sink *sink;
	struct wanted_list *wanted; /* or NULL */
	const struct audit_store *stores;
	size_t n_stores;
	const struct audit_srs *srs;
	size_t n_srs;
	const struct audit_keys *keys;
	size_t n_keys;
	const char *hosts_path; /* the hosts file; NULL: none */
	struct view hosts;
};

/* All of what follows, in its order. */
void audit_tree(const struct audit_tree *t);

void audit_tree_addins(const struct audit_tree *t);
void audit_tree_scanners(const struct audit_tree *t);
void audit_tree_listeners(const struct audit_tree *t);
void audit_tree_firewall(const struct audit_tree *t);
void audit_tree_sending(const struct audit_tree *t);
void audit_tree_hosts(const struct audit_tree *t);
void audit_tree_passwords(const struct audit_tree *t);
void audit_tree_exchange(const struct audit_tree *t);
void audit_tree_builds(const struct audit_tree *t);

/* The rest is for the room. A finding about a part of the computer. */
struct finding *audit_tree_add(const struct audit_tree *t, enum code code, const char *part);
struct finding *audit_tree_add_account(const struct audit_tree *t, enum code code,
				       const struct client_account *account);
void audit_tree_place(const struct audit_tree *t, struct finding *finding, const char *source,
		      const struct client_place *place);
void audit_tree_want(const struct audit_tree *t, const struct finding *finding, struct wanted one);

/* "C:\Users\anna\NTUSER.DAT", on whatever system: "anna". */
const char *audit_tree_user(struct arena *arena, const char *source);

/* Whether an add-in is loaded when Outlook starts, or when it is asked for. */
bool audit_tree_loads(const struct machine_addin *addin);

#endif
