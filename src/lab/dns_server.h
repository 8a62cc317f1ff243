/* This file answers DNS questions from a zone on loopback, over UDP and TCP. */
#ifndef POSTMEND_LAB_DNS_SERVER_H
#define POSTMEND_LAB_DNS_SERVER_H

#include "base/status.h"
#include "lab/zone.h"

#include <uv.h>

struct dns_server;

/* Both transports on the same port; 0: the system chooses. The zone lives
 * longer than the server. */
[[nodiscard]] enum status dns_server_open(uv_loop_t *loop, const struct zone *zone, const char *address,
					  uint16_t port, struct dns_server **out);
uint16_t dns_server_port(const struct dns_server *server);

/* Stops; the memory goes with dns_server_drop(), after the loop has run out. */
void dns_server_close(struct dns_server *server);
void dns_server_drop(struct dns_server **server);

#endif
