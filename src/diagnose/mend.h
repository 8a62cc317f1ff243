/* This file judges what became of a store that was read into a new one. */
#ifndef POSTMEND_DIAGNOSE_MEND_H
#define POSTMEND_DIAGNOSE_MEND_H

#include "diagnose/diagnose.h"
#include "record/mend_facts.h"

/* What was lost or marked is trouble that is left. Of a plan, what has to be mended at all is. ST_NOMEM. */
[[nodiscard]] enum status diagnose_mend(struct arena *arena, const struct mend_facts *facts, bool cancelled,
					const struct finding_sink *sink, struct diagnosis *out);

#endif
