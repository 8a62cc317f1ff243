/* This file holds what mail programs have set up: one model for all of them.
 *
 * Every value knows where it stands, so that a reader can find it and a mend can
 * change it. A password is never read: only whether one is stored. Texts are as
 * the program has them, hostile, and live as long as the arena.
 */
#ifndef POSTMEND_CLIENT_ACCOUNT_H
#define POSTMEND_CLIENT_ACCOUNT_H

#include "account/listener.h"
#include "base/arena.h"
#include "base/str.h"
#include "client/machine.h"
#include "client/place.h"
#include "client/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CLIENT_ACCOUNTS_MAX = 4096,
	CLIENT_PROFILES_MAX = 1024,
	CLIENT_STORES_MAX = 4096,
	CLIENT_REMARKS_MAX = 1024
};

struct client_server {
	enum client_protocol protocol;
	struct client_text host, user;
	struct client_number port, timeout; /* seconds */
	uint16_t port_used;                 /* the one set, or the program's default; 0 unknown */
	enum client_security security;
	enum client_login login;
	enum client_password password;
	struct client_place security_place, login_place;
};

struct client_account {
	enum client_program program;
	const char *profile; /* NULL where the program has none */
	const char *source;  /* path of the hive or file as it was named */
	struct client_text name, address, display_name;
	enum client_protocol protocol; /* of incoming mail; SMTP where there is none */
	bool has_incoming, has_outgoing, is_default;
	struct client_server incoming, outgoing;
	bool leaves_copy, deletes_when_emptied; /* POP3: on the server */
	struct client_number delete_after_days;
	struct client_place leave_place;
	struct client_text store;            /* path of what its mail is delivered to */
	struct client_number exchange_flags; /* of its profile section: see "client/outlook.h" */
};

struct client_store {
	enum client_program program;
	const char *profile, *source;
	struct client_text name, path; /* path NULL: not told */
	bool is_offline;               /* a copy of a server's mailbox (.ost) */
};

struct client_book {
	const char *profile, *source;
	struct client_text name;
	const char *service; /* CONTAB, EMABLT … */
};

struct client_profile {
	enum client_program program;
	const char *name, *source;
	struct client_place place;
	bool is_default;
	bool has_mail_list;   /* Outlook: its list of mail accounts is there … */
	size_t n_listed_mail; /* … and names so many */
};

/* What Windows' firewall says of itself through its own interface, where it was asked: bits of enum
 * windows_rule_profile. */
struct client_firewall {
	bool was_asked;
	unsigned in_use, told_enabled, enabled, told_shut, shut;
};

/* What could not be read or understood. */
struct client_remark {
	const char *source;
	unsigned line; /* 0: the whole */
	const char *text;
};

struct client_found {
	struct arena *arena;
	struct client_account *accounts;
	struct client_profile *profiles;
	struct client_store *stores;
	struct client_book *books;
	struct client_remark *remarks;
	size_t n_accounts, n_profiles, n_stores, n_books, n_remarks;
	struct machine *machine;
	const struct listener
		*listeners; /* on ports of mail and of accounts with a server of this computer */
	size_t n_listeners;
	struct client_firewall firewall;
	bool are_listeners_known; /* only of the computer that runs */
	bool is_cut;              /* one of the bounds above was met */
};

/* False when memory ended. */
[[nodiscard]] bool client_found_init(struct client_found *found, struct arena *arena);

/* A new one, all zero; a spare that nobody sees when there is no room. Never NULL. */
struct client_account *client_add_account(struct client_found *found, enum client_program program,
					  const char *source);
struct client_profile *client_add_profile(struct client_found *found, enum client_program program,
					  const char *source);
struct client_store *client_add_store(struct client_found *found, enum client_program program,
				      const char *source);
struct client_book *client_add_book(struct client_found *found, const char *source);
void client_add_remark(struct client_found *found, const char *source, unsigned line, const char *text);

/* A server of this computer: a proxy or a bridge. */
bool client_server_is_local(const struct client_server *server);

/* Fills in what the program does where nothing is said: ports. */
void client_settle(struct client_account *account);

#endif
