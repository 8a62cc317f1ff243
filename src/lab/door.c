/* This file listens on loopback and takes guests in. */
#include "lab/door.h"

#include "account/ip.h"
#include "lab/guest.h"

#include <stdlib.h>
#include <string.h>

enum { BACKLOG = 64 };

struct door {
	struct door_setup setup;
	struct tls_server_setup *tls;
	uv_tcp_t listener;
	bool closing, listener_open;
	uint16_t port;
	struct guest *guests;
	/* DOOR_FULL: two connections of our own. The first is held by libuv because
	 * it is never accepted, the second fills the kernel's queue of one; from
	 * then on Linux drops every SYN. */
	uv_tcp_t fillers[2];
	uv_connect_t connects[2];
	unsigned n_fillers, n_filled;
};

enum status door_sockaddr(const char *address, uint16_t port, struct sockaddr_storage *out)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	struct ip ip;

	memset(out, 0, sizeof(*out));
	if (!ip_parse(str_of(address), &ip))
		return ST_USAGE;
	if (ip.family == 4 && ip.bytes[0] == 127)
		return uv_ip4_addr(address, port, (struct sockaddr_in *)out) == 0 ? ST_OK : ST_USAGE;
	if (ip.family == 6 && memcmp(ip.bytes, loopback, sizeof(loopback)) == 0)
		return uv_ip6_addr(address, port, (struct sockaddr_in6 *)out) == 0 ? ST_OK : ST_USAGE;
	return ST_USAGE;
}

uint16_t door_port_of(const struct sockaddr_storage *address)
{
	uint8_t bytes[2];

	/* The port stands at the same place in both families, in network order. */
	memcpy(bytes, &((const struct sockaddr_in *)address)->sin_port, 2);
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

uint16_t door_port(const struct door *door)
{
	return door->port;
}

bool door_is_ready(const struct door *door)
{
	return door->setup.behaviour->door != DOOR_FULL || door->n_filled == 2;
}

static size_t drop_gone(struct door *door)
{
	size_t n = 0;

	for (struct guest **at = &door->guests; *at;) {
		struct guest *guest = *at;

		if (guest_is_gone(guest)) {
			*at = guest->next;
			guest_drop(&guest);
		} else {
			at = &guest->next;
			n++;
		}
	}
	return n;
}

static void on_filled(uv_connect_t *request, int status)
{
	struct door *door = request->data;

	if (status == 0)
		door->n_filled++;
}

static void fill_queue(struct door *door)
{
	struct sockaddr_storage address;
	unsigned i = door->n_fillers;

	if (i == 2 || door->closing || door_sockaddr(door->setup.address, door->port, &address) != ST_OK ||
	    uv_tcp_init(door->listener.loop, &door->fillers[i]) != 0)
		return;
	door->n_fillers++;
	door->connects[i].data = door;
	(void)uv_tcp_connect(&door->connects[i], &door->fillers[i], (const struct sockaddr *)&address,
			     on_filled);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct door *door = listener->data;
	struct guest *guest;

	if (status != 0)
		return;
	if (door->setup.behaviour->door == DOOR_FULL) {
		fill_queue(door);
		return;
	}
	/* Over the limit nobody is taken in; libuv holds one and asks no more. */
	if (drop_gone(door) >= DOOR_GUESTS_MAX)
		return;
	guest = guest_accept(listener, &door->setup, door->tls);
	if (guest) {
		guest->next = door->guests;
		door->guests = guest;
	}
}

/* Bound without listening a port refuses, and nobody else gets it. */
static int listen_as_told(struct door *door)
{
	switch (door->setup.behaviour->door) {
	case DOOR_REFUSES:
		return 0;
	case DOOR_FULL:
		return uv_listen((uv_stream_t *)&door->listener, 0, on_connection);
	case DOOR_OPEN:
	case DOOR_RESETS:
	case DOOR_CLOSES:
	case DOOR_SILENT:
	default:
		return uv_listen((uv_stream_t *)&door->listener, BACKLOG, on_connection);
	}
}

static int bind_and_listen(struct door *door, const struct sockaddr_storage *address)
{
	struct sockaddr_storage bound;
	int len = sizeof(bound);
	int failed = uv_tcp_bind(&door->listener, (const struct sockaddr *)address, 0);

	if (!failed)
		failed = listen_as_told(door);
	if (!failed)
		failed = uv_tcp_getsockname(&door->listener, (struct sockaddr *)&bound, &len);
	if (!failed)
		door->port = door_port_of(&bound);
	return failed;
}

enum status door_open(uv_loop_t *loop, const struct door_setup *setup, struct door **out,
		      const char **why_out)
{
	struct door *door = calloc(1, sizeof(*door));
	struct sockaddr_storage address;
	int failed;

	*out = door;
	*why_out = "memory ended";
	if (!door)
		return ST_NOMEM;
	door->setup = *setup;
	door->tls = tls_server_setup_new(setup->pki, setup->behaviour->tls, setup->behaviour->chain);
	*why_out = "OpenSSL refuses this set-up of a server";
	if (!door->tls)
		return ST_IO;
	*why_out = "not a loopback address";
	if (door_sockaddr(setup->address, setup->port, &address) != ST_OK)
		return ST_USAGE;
	failed = uv_tcp_init(loop, &door->listener);
	if (!failed) {
		door->listener.data = door;
		door->listener_open = true;
		failed = bind_and_listen(door, &address);
	}
	if (!failed && setup->behaviour->door == DOOR_FULL)
		fill_queue(door);
	*why_out = failed ? uv_strerror(failed) : NULL;
	return failed ? ST_IO : ST_OK;
}

void door_close(struct door *door)
{
	if (!door || door->closing)
		return;
	door->closing = true;
	if (door->listener_open)
		uv_close((uv_handle_t *)&door->listener, NULL);
	for (unsigned i = 0; i < door->n_fillers; i++)
		uv_close((uv_handle_t *)&door->fillers[i], NULL);
	for (struct guest *guest = door->guests; guest; guest = guest->next)
		guest_close(guest);
}

void door_drop(struct door **door)
{
	if (!*door)
		return;
	drop_gone(*door);
	tls_server_setup_drop(&(*door)->tls);
	free(*door);
	*door = NULL;
}
