/* This file finds out, where no mail port could be reached, whether the web port of the same machines can. */
#ifndef POSTMEND_DRIVE_WEB_H
#define POSTMEND_DRIVE_WEB_H

#include "drive/run.h"

/* Connects to port 443 of up to four addresses, and hangs up at once; nothing is sent. Fills facts->path.
 * Does nothing where one of the endpoints was reached or all have one address. */
void web_try(struct drive *drive, struct case_facts *facts);

#endif
