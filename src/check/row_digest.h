/* This file makes one number of the properties that a table's row and its object share. */
#ifndef POSTMEND_CHECK_ROW_DIGEST_H
#define POSTMEND_CHECK_ROW_DIGEST_H

#include "check/mailbox_facts.h"

/* The columns of a table that mirror properties of the rows' objects. */
[[nodiscard]] bool row_digest_is_mirrored(uint32_t tag);
[[nodiscard]] bool row_digest_has(const struct column_list *columns, uint32_t tag);

/* What a property adds; sums do not depend on order. Empty values add nothing:
 * writers leave their cells out. A true Boolean is any byte but 0. */
uint64_t row_digest_of(uint32_t tag, struct view value);

#endif
