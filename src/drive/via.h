/* This file opens a stream's connection: straight, or by somebody who stands elsewhere.
 *
 * A way is "socks5://HOST[:PORT]", "http://HOST[:PORT]" or "ssh:HOST", where HOST is what the system's ssh
 * takes for one. Names of servers are resolved where the way ends. The proxy's own name must be an address or
 * one that the resolver knows.
 */
#ifndef POSTMEND_DRIVE_VIA_H
#define POSTMEND_DRIVE_VIA_H

#include "drive/run.h"
#include "os/tcp.h"

struct via;

/* Once, before anything is opened: reads drive->options.via and finds the proxy's
 * address. ST_USAGE and a sentence in *why_out when the words are none or it has none. */
[[nodiscard]] enum status via_prepare(struct drive *drive, const char **why_out);

/* Connects to the target by drive->options.via, or straight where that is NULL.
 * Events as in "os/tcp.h". NULL when memory ended. */
[[nodiscard]] struct via *via_open(struct drive *drive, const struct tcp_target *target,
				   const struct tcp_events *events);

void via_send(struct via *via, struct view bytes);

/* What the system counted; unknown where somebody else connects for us. */
void via_count(const struct via *via, struct flow_facts *out);

/* NULL is fine; sets it to NULL. May be called from any of the events. */
void via_close(struct via **at);

#endif
