/* This file verifies the signatures of letters that came back, with the keys that the DNS has. */
#ifndef POSTMEND_APP_TRIP_SIGNATURES_H
#define POSTMEND_APP_TRIP_SIGNATURES_H

#include "drive/drive.h"

/* Sets the verdict of each fate's signature; a resolver that fails or is silent leaves it untried. */
void trip_signatures_verify(struct arena *arena, struct drive *drive, struct trip_facts *trip);

#endif
