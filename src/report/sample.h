/* This file makes the reports that tests render; only tests use it. */
#ifndef POSTMEND_REPORT_SAMPLE_H
#define POSTMEND_REPORT_SAMPLE_H

#include "report/report.h"

/* A mailbox whose certificate has expired and whose server tries to paint the
 * screen, write markup and turn text around. All memory is the arena's. */
struct report sample_trouble(struct arena *arena);

/* The same server in good health, as a bare probe. */
struct report sample_healthy(struct arena *arena);

#endif
