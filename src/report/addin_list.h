/* This file renders Outlook's add-ins: what is registered where, whether it loads, and what Outlook noted
 * about it. */
#ifndef POSTMEND_REPORT_ADDIN_LIST_H
#define POSTMEND_REPORT_ADDIN_LIST_H

#include "client/account.h"
#include "report/json_out.h"
#include "report/page.h"
#include "report/paper.h"

void addin_list_text(struct paper *paper, const struct client_found *found);
void addin_list_html(struct page *page, const struct client_found *found);

/* "add_ins": [ … ], "notes": [ … ] */
void addin_list_json(struct json_out *json, const struct client_found *found);

#endif
