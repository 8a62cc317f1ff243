/* This file mends what "profile check" found: it writes the right values and keeps what takes them back. */
#ifndef POSTMEND_APP_PROFILE_FIX_H
#define POSTMEND_APP_PROFILE_FIX_H

#include "app/gather.h"
#include "record/settings_change.h"

/* Of findings that were judged: those that --fix names are mended, or planned. ST_USAGE and words when it
 * names none; ST_IO and words when the system refused, and then nothing was changed. */
[[nodiscard]] enum status profile_fix(struct gather *gather, struct settings_change *out,
				      const char **why_out);

/* Says at each finding that can be mended how. */
void profile_fix_advise(struct gather *gather);

#endif
