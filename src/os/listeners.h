/* This file tells which programs of this computer listen on its own ports. */
#ifndef POSTMEND_OS_LISTENERS_H
#define POSTMEND_OS_LISTENERS_H

#include "account/listener.h"
#include "base/arena.h"
#include "base/status.h"

enum { LISTENERS_MAX = 256 };

/* Of all TCP sockets that wait for connections on one of these ports those that
 * programs of this computer reach without a network: at a loopback address or at
 * every address. ST_IO when the system does not tell, ST_NOMEM. A socket that
 * several processes share is the first one's, as a rule the one that opened it. */
[[nodiscard]] enum status listeners_find(struct arena *arena, const uint16_t *ports, size_t n_ports,
					 struct listener **out, size_t *n_out);

#endif
