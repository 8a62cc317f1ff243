/* This file renders a search for the add-in that breaks a mail program. */
#ifndef POSTMEND_REPORT_BISECT_H
#define POSTMEND_REPORT_BISECT_H

#include "record/bisect_facts.h"
#include "report/json_out.h"
#include "report/paper.h"

/* "bisect": { … } */
void bisect_json(struct json_out *json, const struct bisect_facts *facts);
void bisect_text(struct paper *paper, const struct bisect_facts *facts);

#endif
