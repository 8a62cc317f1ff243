/* This file is "profile add-ins bisect": which add-in breaks Outlook? */
#ifndef POSTMEND_APP_ADDIN_BISECT_H
#define POSTMEND_APP_ADDIN_BISECT_H

#include "app/gather.h"
#include "record/bisect_facts.h"

/* Gives the hive back what an interrupted search left switched off; *was_out: then gather anew. */
[[nodiscard]] enum status addin_bisect_put_back(struct gather *gather, bool *was_out, const char **why_out);

/* Of what was gathered. ST_USAGE and words when there is nothing to search in, ST_CANCEL when the user ended
 * it; the registry is as it was found in any case. A finding says what came out. */
[[nodiscard]] enum status addin_bisect(struct gather *gather, struct bisect_facts *out, const char **why_out);

#endif
