/* This file writes a new store in parts that are no larger than the user wants: --split. */
#ifndef POSTMEND_APP_MEND_SPLIT_H
#define POSTMEND_APP_MEND_SPLIT_H

#include "app/mend_write.h"

/* Writes NAME.1.pst, NAME.2.pst and so on for the output NAME.pst. All get their names when all are whole,
 * the first one last; whatever else comes of it, none is left. */
[[nodiscard]] enum status mend_split(struct mend *m, const char **why_out);

#endif
