/* This file sorts what was found in a store for those who read it: by kind, gravest first. */
#ifndef POSTMEND_REPORT_STORE_PARTS_H
#define POSTMEND_REPORT_STORE_PARTS_H

#include "report/page.h"
#include "report/paper.h"
#include "report/report.h"

/* All findings of one code about one store. */
struct store_kind {
	enum code code;
	enum severity severity; /* of the gravest */
	uint64_t count;
	size_t n; /* findings that name their place */
};

/* Fills `out` and returns how many kinds there are. */
size_t store_kinds(const struct finding_sink *findings, const char *path, struct store_kind out[CODE_COUNT]);

/* The next finding of this kind with a place of its own from index *at on, or NULL. */
const struct finding *store_next_place(const struct finding_sink *findings, const char *path, enum code code,
				       size_t *at);

/* "node 0x200024, byte 19008 (0x4A40)" in `text`; NULL for the store as a whole. */
enum { STORE_PLACE_SIZE = 96 };
const char *store_place(const struct subject *subject, char text[STORE_PLACE_SIZE]);

/* "Unicode PST, version 23, permute cipher, 2.1 GB". */
enum { STORE_KIND_SIZE = 160 };
const char *store_describe(const struct store_facts *store, char text[STORE_KIND_SIZE]);

/* The subject line of a message, where the finding is about one; else NULL. */
const struct evidence *store_subject_line(const struct finding *finding);

/* The parts of a report about stores. */
void store_text(struct paper *paper, const struct report *report);
void store_html(struct page *page, const struct report *report);

#endif
