/* This file opens a door on loopback: a listener whose guests talk to a session.
 *
 * A door takes at most DOOR_GUESTS_MAX guests at a time and each for at most
 * ten minutes. Everything of it lives on one libuv loop and one thread.
 */
#ifndef POSTMEND_LAB_DOOR_H
#define POSTMEND_LAB_DOOR_H

#include "base/status.h"
#include "lab/behaviour.h"
#include "lab/pki.h"
#include "lab/session.h"

#include <uv.h>

enum { DOOR_GUESTS_MAX = 128 };

struct door_setup {
	const struct behaviour *behaviour;
	enum speaks protocol; /* what a healthy server of this door speaks */
	bool tls;             /* from the first byte */
	bool plain_login;     /* a healthy server of this door takes passwords without TLS */
	const struct practice *practice;
	struct pki *pki;
	const char *address; /* of loopback */
	uint16_t port;       /* 0: the system chooses */
};

struct door;

/* Everything in the setup lives longer than the door. ST_IO and the system's
 * words in *why_out when the port cannot be had. */
[[nodiscard]] enum status door_open(uv_loop_t *loop, const struct door_setup *setup, struct door **out,
				    const char **why_out);
uint16_t door_port(const struct door *door);

/* False while a door that shall not answer still has to fill its queue. */
bool door_is_ready(const struct door *door);

/* Stops; the memory goes with door_drop(), after the loop has run out. */
void door_close(struct door *door);
void door_drop(struct door **door);

/* ST_USAGE for anything but 127.0.0.0/8 and ::1. */
[[nodiscard]] enum status door_sockaddr(const char *address, uint16_t port, struct sockaddr_storage *out);
uint16_t door_port_of(const struct sockaddr_storage *address);

#endif
