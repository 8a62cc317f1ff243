/* This file renders what "explain" knows, as text and as JSON. */
#ifndef POSTMEND_REPORT_EXPLANATION_H
#define POSTMEND_REPORT_EXPLANATION_H

#include "diagnose/explain.h"
#include "report/report.h"

struct explanation_report {
	const char *version;
	const char *what; /* as it was asked; hostile */
	const struct explanation *explanation;
	moment elapsed;
};

/* Each appends to `out` and fails only by buf_failed(out). */
void explanation_text(const struct explanation_report *report, const struct report_style *style,
		      struct buf *out);
void explanation_json(const struct explanation_report *report, const struct report_style *style,
		      struct buf *out);

#endif
