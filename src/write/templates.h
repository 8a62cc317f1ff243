/* This file lists the tables that every store has from its first day
 * ([MS-PST] 2.4.4.4.1, 2.4.4.5.1, 2.4.5.3.1, 2.4.6.1.1; the others are as Outlook writes them). */
#ifndef POSTMEND_WRITE_TEMPLATES_H
#define POSTMEND_WRITE_TEMPLATES_H

#include "write/table_out.h"

enum template_table {
	TEMPLATE_HIERARCHY,
	TEMPLATE_CONTENTS,
	TEMPLATE_ASSOCIATED,
	TEMPLATE_SEARCH_CONTENTS,
	TEMPLATE_ATTACHMENTS,
	TEMPLATE_RECIPIENTS,
	TEMPLATE_UNDOCUMENTED_6B6,
	TEMPLATE_UNDOCUMENTED_6D7,
	TEMPLATE_UNDOCUMENTED_6F8,
	TEMPLATE_RECEIVE_FOLDERS,
	TEMPLATE_OUTGOING,
	TEMPLATE_COUNT,
};

extern const struct columns templates[TEMPLATE_COUNT];

#endif
