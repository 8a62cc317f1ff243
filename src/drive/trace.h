/* This file writes down every byte of a run, but for the secrets.
 *
 * One JSON object a line: {"ms":12.345,"peer":"…","what":"send","text":"…"}.
 * Bytes beyond ASCII stand as \u00XX, one for each.
 */
#ifndef POSTMEND_DRIVE_TRACE_H
#define POSTMEND_DRIVE_TRACE_H

#include "base/moment.h"
#include "base/secret.h"
#include "base/status.h"
#include "base/str.h"

struct trace;

[[nodiscard]] enum status trace_open(const char *path, struct trace **out, const char **why_out);
void trace_close(struct trace **trace);

/* A server may send back what it was given: this never appears. Up to four;
 * they live as long as the trace. */
void trace_hide(struct trace *trace, const struct secret *secret);

/* Each does nothing when the trace is NULL. */
void trace_bytes(struct trace *trace, moment at, const char *peer, const char *what, struct view bytes);
void trace_event(struct trace *trace, moment at, const char *peer, const char *what, const char *text);

#endif
