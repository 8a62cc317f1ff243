/* This file renders what became of mends of mail programs' settings. */
#ifndef POSTMEND_REPORT_SETTINGS_CHANGE_H
#define POSTMEND_REPORT_SETTINGS_CHANGE_H

#include "record/settings_change.h"
#include "report/json_out.h"
#include "report/page.h"
#include "report/paper.h"

void settings_change_text(struct paper *paper, const struct settings_change *change);
void settings_change_html(struct page *page, const struct settings_change *change);

/* "mends": { … } */
void settings_change_json(struct json_out *json, const struct settings_change *change);

#endif
