/* This file knows the forms that one user name can have.
 *
 * Servers want the whole address, or the part before the @, or the name without
 * its Windows domain; the name is the same, and a server that wants another form
 * says no more than that name or password are wrong.
 */
#ifndef POSTMEND_ACCOUNT_USER_NAME_H
#define POSTMEND_ACCOUNT_USER_NAME_H

#include "base/arena.h"

enum user_form {
	USER_FORM_NONE,
	USER_FORM_ADDRESS,        /* anna@example.org */
	USER_FORM_LOCAL_PART,     /* anna */
	USER_FORM_WITHOUT_DOMAIN, /* anna, where EXAMPLE\anna was given */
};

/* "address", "local-part", "without-domain", "none"; and in words for people. */
const char *user_form_name(enum user_form form);
const char *user_form_words(enum user_form form);

/* The other form of the name and in *form_out which one it is. NULL, and
 * USER_FORM_NONE, when there is none: for a name without @ it is the account's
 * address, which may be NULL, and only when that begins with the name. */
[[nodiscard]] const char *user_form_other(struct arena *arena, const char *user, const char *address,
					  enum user_form *form_out);

#endif
