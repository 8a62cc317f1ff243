/* This file is one connection at a door: moves bytes between libuv, TLS and a session. */
#ifndef POSTMEND_LAB_GUEST_H
#define POSTMEND_LAB_GUEST_H

#include "lab/door.h"
#include "lab/tls_server.h"

enum { GUEST_READ_MAX = 16 * 1024, GUEST_WIRE_MAX = 24 * 1024 * 1024 };

struct guest {
	struct guest *next;
	const struct door_setup *setup;
	struct tls_server_setup *tls_setup;
	uv_tcp_t tcp;
	uv_timer_t tick, life; /* tick: greeting and drip */
	uv_write_t write;
	uv_shutdown_t shutdown;
	struct session session;
	struct tls_server *tls;
	struct buf plain;  /* out of TLS, waiting for the greeting to be said */
	struct buf wire;   /* to be sent */
	struct buf flying; /* being sent */
	bool deaf;         /* what comes is dropped */
	bool cuts;         /* the next bytes end it */
	bool waits;        /* for the delay of the greeting */
	bool writing, ticking, finishing, closing;
	unsigned handles; /* open ones; 0: may be freed */
	char room[GUEST_READ_MAX];
};

/* Takes the connection that waits at the listener. NULL when that failed. */
[[nodiscard]] struct guest *guest_accept(uv_stream_t *listener, const struct door_setup *setup,
					 struct tls_server_setup *tls_setup);
void guest_close(struct guest *guest);
bool guest_is_gone(const struct guest *guest);
void guest_drop(struct guest **guest);

#endif
