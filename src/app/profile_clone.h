/* This file is "profile clone NAME": a profile for tests beside the old one, with one account in it. */
#ifndef POSTMEND_APP_PROFILE_CLONE_H
#define POSTMEND_APP_PROFILE_CLONE_H

#include "app/gather.h"
#include "record/settings_change.h"

/* Copies the profile of the account (its name or address; NULL: the default profile's first one). ST_USAGE
 * and words when there is no such account or the name will not do. */
[[nodiscard]] enum status profile_clone(struct gather *gather, const char *name, const char *account,
					struct settings_change *out, const char **words_out);

#endif
