/* This file renders a repair in place. */
#ifndef POSTMEND_REPORT_IN_PLACE_H
#define POSTMEND_REPORT_IN_PLACE_H

#include "record/in_place_facts.h"
#include "record/store_facts.h"
#include "report/json_out.h"
#include "report/page.h"
#include "report/paper.h"

/* "output": …, "in_place": { … } and the counts of messages. */
void in_place_json(struct json_out *json, const struct in_place_facts *facts,
		   const struct store_facts *store);
void in_place_text(struct paper *paper, const struct in_place_facts *facts);
void in_place_html(struct page *page, const struct in_place_facts *facts);

#endif
