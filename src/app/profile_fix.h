/* This file mends what "profile check" found: it writes the right values and keeps what takes them back. */
#ifndef POSTMEND_APP_PROFILE_FIX_H
#define POSTMEND_APP_PROFILE_FIX_H

#include "app/copy_look.h"
#include "app/gather.h"
#include "record/settings_change.h"

enum { PROFILE_COPIES_MAX = 64 };

/* Copies of mailboxes that were looked through because they were to be put aside. */
struct profile_copies {
	struct copy_look looks[PROFILE_COPIES_MAX];
	size_t n;
	struct item_list items; /* of all of them */
};

/* Of findings that were judged: those that --fix names are mended, or planned. ST_USAGE and words when it
 * names none; ST_IO and words when the system refused, and then nothing was changed. */
[[nodiscard]] enum status profile_fix(struct gather *gather, struct settings_change *out,
				      struct profile_copies *copies, const char **why_out);

/* What the looks found joins the findings. */
void profile_copies_tell(struct gather *gather, const struct profile_copies *copies);

/* Says at each finding that can be mended how. */
void profile_fix_advise(struct gather *gather);

#endif
