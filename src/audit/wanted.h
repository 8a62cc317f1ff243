/* This file says what would be right at the place where a finding's value stands, for whoever mends it.
 *
 * A finding may want several changes: all of them mend it, in their order. One
 * whose right value nobody can know from here wants none.
 *
 * Changes of an account are told in the words of the model (WANTED_HOST to
 * WANTED_LEAVE_DAYS): how its program spells them is the writer's business, the
 * place only says where the value that was judged stands; all its members are
 * NULL and 0 where the program's default was judged. All others are told as
 * bytes of the settings: WANTED_VALUE is a registry value to be set (key, value,
 * type, number or text) or a preference (value, line), WANTED_GONE a registry
 * value to be deleted, WANTED_RENAMED a file (source) to be put aside; one that
 * is the copy of a server's mailbox only after somebody looked what it alone has.
 */
#ifndef POSTMEND_AUDIT_WANTED_H
#define POSTMEND_AUDIT_WANTED_H

#include "client/account.h"
#include "finding/finding.h"

enum { WANTED_MAX = 16384 };

enum wanted_what {
	WANTED_HOST,       /* text */
	WANTED_USER,       /* text */
	WANTED_PORT,       /* number */
	WANTED_SECURITY,   /* number: enum client_security */
	WANTED_LOGIN,      /* number: enum client_login */
	WANTED_TIMEOUT,    /* number: seconds */
	WANTED_LEAVE_DAYS, /* number: 0 for "never removed" */
	WANTED_VALUE,
	WANTED_GONE,
	WANTED_RENAMED,
};

struct wanted {
	const struct finding *finding; /* while it is being added; afterwards … */
	const char *finding_key;       /* … its key: one that counts again is not kept by itself */
	const char *source;            /* path of the hive or file, as it was named */
	struct client_place place;
	enum wanted_what what;
	const struct client_account *account; /* NULL where it is of no account */
	bool is_outgoing;                     /* of the account's two servers */
	uint32_t type;                        /* WANTED_VALUE in a hive: HIVE_DWORD, HIVE_SZ … */
	uint32_t number;
	const char *text; /* NULL: the number counts */
	bool is_copy;     /* WANTED_RENAMED: of a server's mailbox */
	bool has_data;    /* neither of these but bytes, as they are: */
	struct view data;
};

struct wanted_list {
	struct wanted *at;
	size_t n;
};

/* False when memory ended. */
[[nodiscard]] bool wanted_init(struct wanted_list *list, struct arena *arena);

/* A list that is full, or NULL, takes no more. */
void wanted_add(struct wanted_list *list, const struct wanted *one);

/* "host", "port" …: words of JSON. */
const char *wanted_name(enum wanted_what what);

#endif
