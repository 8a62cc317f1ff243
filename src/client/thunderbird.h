/* This file reads the accounts of a Thunderbird profile, and which profiles there are. */
#ifndef POSTMEND_CLIENT_THUNDERBIRD_H
#define POSTMEND_CLIENT_THUNDERBIRD_H

#include "client/account.h"

enum { THUNDERBIRD_PROFILES_MAX = 64 };

struct thunderbird_profile {
	const char *name,
		*path; /* as profiles.ini has it: with slashes, relative to its own folder unless … */
	bool is_absolute, is_default;
};

/* profiles.ini. Returns how many of at most THUNDERBIRD_PROFILES_MAX. */
size_t thunderbird_read_profiles(struct client_found *found, struct view bytes,
				 struct thunderbird_profile out[THUNDERBIRD_PROFILES_MAX]);

/* prefs.js of one profile; `source` is its path. `has_logins` says that logins.json is there. */
void thunderbird_read_prefs(struct client_found *found, const struct thunderbird_profile *profile,
			    struct view bytes, const char *source, bool has_logins);

#endif
