/* This file shows a page in the user's browser. */
#ifndef POSTMEND_OS_BROWSER_H
#define POSTMEND_OS_BROWSER_H

#include <stdbool.h>

/* Opens a file whose name ends in .html or .htm, as a double-click on it would.
 * False when it is called otherwise or the system opens none; on Linux always. */
bool browser_open(const char *path);

#endif
