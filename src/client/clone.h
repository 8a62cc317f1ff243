/* This file copies a profile of Outlook within its hive, with one account alone, as values to be written.
 *
 * Left out are the other mail accounts with their services, stores that this
 * account does not deliver to, all passwords, and of Exchange the copy of the
 * mailbox, which belongs to the old profile.
 */
#ifndef POSTMEND_CLIENT_CLONE_H
#define POSTMEND_CLIENT_CLONE_H

#include "client/account.h"
#include "hive/hive.h"

enum { CLONE_VALUES_MAX = 4000, CLONE_NAME_MAX = 64 };

struct clone_value {
	const char *key, *name; /* of the new profile */
	uint32_t type;
	struct view data;
};

struct clone {
	struct clone_value *values;
	size_t n_values;
	const char *profile;         /* the new one's key */
	size_t n_accounts, n_stores; /* of the old one that were left out */
};

/* NULL, or why it cannot be: ends the sentence "the profile is not copied: ". `account` was read from this
 * hive, one of Outlook's profiles. What is copied lives in the arena. */
[[nodiscard]] const char *clone_profile(struct arena *arena, const struct hive *hive,
					const struct client_account *account, const char *name,
					struct clone *out);

#endif
