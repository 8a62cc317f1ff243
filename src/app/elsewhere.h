/* This file looks at the same servers from a second point of view, so that what differs is the proof. */
#ifndef POSTMEND_APP_ELSEWHERE_H
#define POSTMEND_APP_ELSEWHERE_H

#include "app/visit.h"

/* After the probes: by --via, --second-resolver and --from, and through the system's proxy where nothing else
 * came through; and reads this computer's firewall. Adds to visit->facts. False after saying why not. */
[[nodiscard]] bool elsewhere_look(struct visit *visit);

#endif
