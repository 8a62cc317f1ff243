/* This file turns RTF into what it was before Outlook wrapped it, or into plain text.
 *
 * Outlook keeps HTML and plain text inside RTF ([MS-OXRTFEX]); both come out as
 * they were. RTF of its own becomes text.
 */
#ifndef POSTMEND_MAIL_RTF_H
#define POSTMEND_MAIL_RTF_H

#include "base/buf.h"

enum rtf_kind { RTF_NONE, RTF_HTML, RTF_TEXT, RTF_OWN };

/* What is inside: RTF_NONE when it is no RTF. */
enum rtf_kind rtf_kind_of(struct view rtf);

/* Appends UTF-8: HTML for RTF_HTML, else text with CR LF. */
void rtf_unwrap(struct view rtf, struct buf *out);

#endif
