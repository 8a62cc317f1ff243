/* This file judges made facts in tests: the causes in order, and nothing else. cmocka.h stands before it. */
#ifndef POSTMEND_DIAGNOSE_CASE_EXPECT_H
#define POSTMEND_DIAGNOSE_CASE_EXPECT_H

#include "diagnose/case_maker.h"

#include <string.h>

static inline void maker_diagnose(struct maker *m)
{
	m->sink = finding_sink_new(m->arena);
	assert_non_null(m->sink);
	assert_int_equal(diagnose(m->arena, &m->facts, m->sink, &m->diagnosis), ST_OK);
}

/* "tls-certificate-expired tcp-ipv6-silent": the causes in order. */
static inline const char *maker_causes(struct maker *m)
{
	const char *list = "";

	for (size_t i = 0; i < m->diagnosis.n_causes; i++)
		list = arena_printf(m->arena, "%s%s%s", list, i ? " " : "",
				    catalogue_row(m->diagnosis.causes[i]->code)->slug);
	return list;
}

/* Ends the test when the causes are others; drops the case. */
static inline void expect(struct maker *m, const char *name, const char *causes)
{
	maker_diagnose(m);
	if (strcmp(maker_causes(m), causes) != 0)
		fail_msg("%s: causes \"%s\", expected \"%s\"", name, maker_causes(m), causes);
	assert_int_equal(m->diagnosis.verdict, *causes ? VERDICT_TROUBLE : VERDICT_HEALTHY);
	assert_non_null(m->diagnosis.headline);
	for (size_t i = 0; i < m->diagnosis.n_causes; i++)
		if (m->diagnosis.causes[i]->n_evidence == 0)
			fail_msg("%s: no evidence", name);
	arena_drop(&m->arena);
}

#endif
