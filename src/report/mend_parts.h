/* This file renders what became of a store that was read into a new one. */
#ifndef POSTMEND_REPORT_MEND_PARTS_H
#define POSTMEND_REPORT_MEND_PARTS_H

#include "report/page.h"
#include "report/paper.h"
#include "report/report.h"

void mend_text(struct paper *paper, const struct report *report);
void mend_html(struct page *page, const struct report *report);

/* One action: what to do with the new store. */
const char *mend_next(const struct mend_facts *facts);

#endif
