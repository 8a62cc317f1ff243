/* This file renders what a look into a store has listed. */
#ifndef POSTMEND_REPORT_ITEMS_H
#define POSTMEND_REPORT_ITEMS_H

#include "report/json_out.h"
#include "report/page.h"
#include "report/paper.h"

void items_text(struct paper *paper, const struct item_list *list);
void items_html(struct page *page, const struct item_list *list);

/* "items": [ … ], all of them. */
void items_json(struct json_out *json, const struct item_list *list);

#endif
