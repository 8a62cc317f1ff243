/* This file is a connection, by libuv. */
#include "os/tcp.h"

#include "base/wipe.h"
#include "os/loop_uv.h"

#include <stdlib.h>
#include <string.h>

struct tcp {
	uv_tcp_t uv;
	uv_connect_t connecting;
	struct loop *loop;
	struct tcp_events events;
	struct loop_timer *refusal; /* brings a failure of the first call from the loop */
	int refused;
	bool closed; /* by us: only the memory is left */
	bool ended;  /* on_end was called */
	bool was_reset;
};

struct sending {
	uv_write_t uv;
	size_t len;
	char bytes[];
};

static const struct {
	int uv;
	enum step_error error;
} error_rows[] = {
	{ UV_ECONNREFUSED, STEP_ERROR_REFUSED },
	{ UV_ETIMEDOUT, STEP_ERROR_TIMEOUT },
	{ UV_ECONNRESET, STEP_ERROR_RESET },
	{ UV_EPIPE, STEP_ERROR_RESET },
	{ UV_ECONNABORTED, STEP_ERROR_RESET },
	{ UV_EOF, STEP_ERROR_CLOSED },
	{ UV_EMFILE, STEP_ERROR_LIMIT },
	{ UV_ENFILE, STEP_ERROR_LIMIT },
	{ UV_ENOMEM, STEP_ERROR_LIMIT },
	{ UV_ENOBUFS, STEP_ERROR_LIMIT },
	{ UV_EADDRNOTAVAIL, STEP_ERROR_UNREACHABLE },
};

/* What is in no row is a way that does not lead there: no route, no such
 * network, forbidden by a local filter. */
static enum step_error error_of(int uv)
{
	for (size_t i = 0; i < sizeof error_rows / sizeof error_rows[0]; i++)
		if (error_rows[i].uv == uv)
			return error_rows[i].error;
	return STEP_ERROR_UNREACHABLE;
}

static bool address_of(const char *text, uint16_t port, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	return uv_ip4_addr(text, port, (struct sockaddr_in *)out) == 0 ||
	       uv_ip6_addr(text, port, (struct sockaddr_in6 *)out) == 0;
}

bool tcp_is_address(const char *text, int *family_out)
{
	struct sockaddr_storage address;

	if (!address_of(text, 1, &address))
		return false;
	*family_out = address.ss_family == AF_INET ? 4 : 6;
	return true;
}

bool tcp_address_text(struct view bytes, char text_out[TCP_ADDRESS_MAX])
{
	return (bytes.len == 4 || bytes.len == 16) &&
	       uv_inet_ntop(bytes.len == 4 ? AF_INET : AF_INET6, bytes.at, text_out, TCP_ADDRESS_MAX) == 0;
}

static void end(struct tcp *tcp, int error)
{
	if (tcp->closed || tcp->ended)
		return;
	tcp->ended = true;
	uv_read_stop((uv_stream_t *)&tcp->uv);
	tcp->events.on_end(tcp->events.context, error_of(error), uv_strerror(error));
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room_out)
{
	struct tcp *tcp = handle->data;

	(void)wanted;
	*room_out = uv_buf_init(loop_room(tcp->loop), LOOP_ROOM);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
	struct tcp *tcp = stream->data;

	if (n > 0 && !tcp->closed)
		tcp->events.on_bytes(tcp->events.context, view_of(room->base, (size_t)n));
	else if (n < 0)
		end(tcp, (int)n);
}

static void on_connected(uv_connect_t *connecting, int error)
{
	struct tcp *tcp = connecting->data;

	/* Whoever answers a connection with a reset refuses it; a reset that is
	 * told here came right after the connection had been there. */
	tcp->was_reset = error == UV_ECONNRESET;
	if (tcp->closed)
		return;
	if (tcp->was_reset) {
		tcp->events.on_connect(tcp->events.context, STEP_ERROR_NONE, NULL);
		end(tcp, error);
		return;
	}
	if (error == 0)
		error = uv_read_start((uv_stream_t *)&tcp->uv, on_room, on_read);
	if (error == 0)
		uv_tcp_nodelay(&tcp->uv, 1);
	tcp->events.on_connect(tcp->events.context, error ? error_of(error) : STEP_ERROR_NONE,
			       error ? uv_strerror(error) : NULL);
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_refused(void *context)
{
	struct tcp *tcp = context;

	tcp->events.on_connect(tcp->events.context, error_of(tcp->refused), uv_strerror(tcp->refused));
}

struct tcp *tcp_connect(struct loop *loop, const char *address, uint16_t port,
			const struct tcp_events *events)
{
	struct tcp *tcp = calloc(1, sizeof *tcp);
	struct sockaddr_storage to;

	if (!tcp)
		return NULL;
	tcp->loop = loop;
	tcp->events = *events;
	uv_tcp_init(loop_uv(loop), &tcp->uv);
	tcp->uv.data = tcp;
	tcp->connecting.data = tcp;
	tcp->refused = UV_EINVAL;
	if (address_of(address, port, &to))
		tcp->refused = uv_tcp_connect(&tcp->connecting, &tcp->uv, (const struct sockaddr *)&to,
					      on_connected);
	if (tcp->refused == 0)
		return tcp;
	tcp->refusal = loop_timer_new(loop, on_refused, tcp);
	if (tcp->refusal)
		loop_timer_set(tcp->refusal, loop_now(loop));
	else
		tcp_close(&tcp);
	return tcp;
}

static void on_sent(uv_write_t *uv, int error)
{
	struct tcp *tcp = uv->data;
	struct sending *sending = (struct sending *)uv;

	/* Without TLS it may have been a secret. */
	wipe(sending->bytes, sending->len);
	free(sending);
	if (error && error != UV_ECANCELED)
		end(tcp, error);
}

void tcp_send(struct tcp *tcp, struct view bytes)
{
	struct sending *sending;
	uv_buf_t buf;

	if (bytes.len == 0 || tcp->ended || tcp->was_reset)
		return;
	sending = malloc(sizeof *sending + bytes.len);
	if (!sending)
		return;
	memcpy(sending->bytes, bytes.at, bytes.len);
	sending->uv.data = tcp;
	sending->len = bytes.len;
	buf = uv_buf_init(sending->bytes, (unsigned)bytes.len);
	/* A refusal here means that the connection has just ended; reading says so. */
	if (uv_write(&sending->uv, (uv_stream_t *)&tcp->uv, &buf, 1, on_sent) != 0)
		free(sending);
}

void tcp_close(struct tcp **tcp)
{
	if (!*tcp)
		return;
	(*tcp)->closed = true;
	loop_timer_drop(&(*tcp)->refusal);
	uv_close((uv_handle_t *)&(*tcp)->uv, on_closed);
	*tcp = NULL;
}
