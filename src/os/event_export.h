/* This file has Windows write a part of one of its event logs, which it keeps closed, into a file of ours. */
#ifndef POSTMEND_OS_EVENT_EXPORT_H
#define POSTMEND_OS_EVENT_EXPORT_H

#include "base/buf.h"

#include <stdbool.h>

/* The events of a channel ("Application") that a query chooses (XPath of Windows' event log), in the form of
 * an .evtx file; appended to a buf whose cap is the limit. False when this user may not see them, and on
 * systems that have no such logs. The file in between is removed. */
[[nodiscard]] bool event_export(const char *channel, const char *query, struct buf *into);

#endif
