/* This file carries DNS messages between libuv and a zone. */
#include "lab/dns_server.h"

#include "lab/door.h"

#include <stdlib.h>
#include <string.h>

enum { ASKERS_MAX = 32, MESSAGE_MAX = 4096, ASKER_LIFE_MS = 10'000 };

/* One connection over TCP: a length of two bytes before each message. */
struct asker {
	struct dns_server *server;
	uv_tcp_t tcp;
	uv_timer_t life;
	uv_write_t write;
	struct buf in, out, flying;
	bool used, writing, closing;
	unsigned handles;
	char room[MESSAGE_MAX];
};

struct dns_server {
	const struct zone *zone;
	uv_udp_t udp;
	uv_tcp_t tcp;
	bool udp_open, tcp_open, closing;
	uint16_t port;
	char room[MESSAGE_MAX];
	struct asker askers[ASKERS_MAX];
};

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct dns_server *server = handle->data;

	(void)suggested;
	*out = uv_buf_init(server->room, sizeof(server->room));
}

static void on_datagram(uv_udp_t *udp, ssize_t n, const uv_buf_t *bytes, const struct sockaddr *from,
			unsigned flags)
{
	struct dns_server *server = udp->data;
	struct buf answer;

	if (n <= 0 || !from || (flags & UV_UDP_PARTIAL))
		return;
	buf_init(&answer, ZONE_ANSWER_MAX);
	if (zone_answer(server->zone, view_of(bytes->base, (size_t)n), ZONE_UDP_MAX, &answer)) {
		uv_buf_t sent = uv_buf_init((char *)answer.at, (unsigned)answer.len);

		/* A full socket loses the answer, as UDP may. */
		(void)uv_udp_try_send(udp, &sent, 1, from);
	}
	buf_fini(&answer);
}

static void on_asker_closed(uv_handle_t *handle)
{
	struct asker *asker = handle->data;

	if (--asker->handles)
		return;
	buf_fini(&asker->in);
	buf_fini(&asker->out);
	buf_fini(&asker->flying);
	asker->used = false;
}

static void asker_close(struct asker *asker)
{
	if (asker->closing)
		return;
	asker->closing = true;
	uv_close((uv_handle_t *)&asker->tcp, on_asker_closed);
	uv_close((uv_handle_t *)&asker->life, on_asker_closed);
}

static void on_life_over(uv_timer_t *timer)
{
	asker_close(timer->data);
}

static void send_out(struct asker *asker);

static void on_written(uv_write_t *request, int status)
{
	struct asker *asker = request->data;

	asker->writing = false;
	buf_clear(&asker->flying);
	if (status != 0)
		asker_close(asker);
	else
		send_out(asker);
}

static void send_out(struct asker *asker)
{
	struct buf sent = asker->flying;
	uv_buf_t bytes;

	if (asker->writing || asker->closing || asker->out.len == 0)
		return;
	asker->flying = asker->out;
	asker->out = sent;
	asker->writing = true;
	bytes = uv_buf_init((char *)asker->flying.at, (unsigned)asker->flying.len);
	if (uv_write(&asker->write, (uv_stream_t *)&asker->tcp, &bytes, 1, on_written) != 0)
		asker_close(asker);
}

static void answer_one(struct asker *asker, struct view query)
{
	struct buf answer;

	buf_init(&answer, ZONE_ANSWER_MAX);
	if (zone_answer(asker->server->zone, query, ZONE_ANSWER_MAX, &answer)) {
		buf_add_byte(&asker->out, (uint8_t)(answer.len >> 8));
		buf_add_byte(&asker->out, (uint8_t)answer.len);
		buf_add(&asker->out, buf_view(&answer));
	}
	buf_fini(&answer);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
	struct asker *asker = stream->data;
	struct buf *in = &asker->in;

	if (n < 0) {
		asker_close(asker);
		return;
	}
	buf_add(in, view_of(bytes->base, (size_t)n));
	while (in->len >= 2) {
		size_t len = (size_t)in->at[0] << 8 | in->at[1];

		if (in->len < 2 + len)
			break;
		answer_one(asker, view_of(in->at + 2, len));
		buf_drop_head(in, 2 + len);
	}
	if (buf_failed(in) || buf_failed(&asker->out))
		asker_close(asker);
	else
		send_out(asker);
}

static void give_asker_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct asker *asker = handle->data;

	(void)suggested;
	*out = uv_buf_init(asker->room, sizeof(asker->room));
}

static struct asker *free_asker(struct dns_server *server)
{
	for (size_t i = 0; i < ASKERS_MAX; i++)
		if (!server->askers[i].used)
			return &server->askers[i];
	return NULL;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct dns_server *server = listener->data;
	struct asker *asker = free_asker(server);

	if (status != 0 || !asker || uv_tcp_init(listener->loop, &asker->tcp) != 0)
		return;
	uv_timer_init(listener->loop, &asker->life);
	asker->server = server;
	asker->tcp.data = asker->life.data = asker->write.data = asker;
	asker->used = true;
	asker->writing = asker->closing = false;
	asker->handles = 2;
	buf_init(&asker->in, 4 * MESSAGE_MAX);
	buf_init(&asker->out, 4 * MESSAGE_MAX);
	buf_init(&asker->flying, 4 * MESSAGE_MAX);
	if (uv_accept(listener, (uv_stream_t *)&asker->tcp) != 0 ||
	    uv_read_start((uv_stream_t *)&asker->tcp, give_asker_room, on_read) != 0)
		asker_close(asker);
	else
		uv_timer_start(&asker->life, on_life_over, ASKER_LIFE_MS, 0);
}

static int open_udp(uv_loop_t *loop, struct dns_server *server, const char *address, uint16_t port)
{
	struct sockaddr_storage wanted, bound;
	int len = sizeof(bound);

	if (door_sockaddr(address, port, &wanted) != ST_OK)
		return UV_EINVAL;
	if (uv_udp_init(loop, &server->udp) != 0)
		return UV_ENOMEM;
	server->udp.data = server;
	server->udp_open = true;
	if (uv_udp_bind(&server->udp, (const struct sockaddr *)&wanted, 0) != 0 ||
	    uv_udp_getsockname(&server->udp, (struct sockaddr *)&bound, &len) != 0)
		return UV_EADDRINUSE;
	server->port = door_port_of(&bound);
	return uv_udp_recv_start(&server->udp, give_room, on_datagram);
}

static int open_tcp(uv_loop_t *loop, struct dns_server *server, const char *address)
{
	struct sockaddr_storage wanted;

	if (door_sockaddr(address, server->port, &wanted) != ST_OK || uv_tcp_init(loop, &server->tcp) != 0)
		return UV_EINVAL;
	server->tcp.data = server;
	server->tcp_open = true;
	if (uv_tcp_bind(&server->tcp, (const struct sockaddr *)&wanted, 0) != 0)
		return UV_EADDRINUSE;
	return uv_listen((uv_stream_t *)&server->tcp, ASKERS_MAX, on_connection);
}

enum status dns_server_open(uv_loop_t *loop, const struct zone *zone, const char *address, uint16_t port,
			    struct dns_server **out)
{
	struct dns_server *server = calloc(1, sizeof(*server));

	*out = server;
	if (!server)
		return ST_NOMEM;
	server->zone = zone;
	if (open_udp(loop, server, address, port) != 0 || open_tcp(loop, server, address) != 0)
		return ST_IO;
	return ST_OK;
}

uint16_t dns_server_port(const struct dns_server *server)
{
	return server->port;
}

void dns_server_close(struct dns_server *server)
{
	if (!server || server->closing)
		return;
	server->closing = true;
	if (server->udp_open)
		uv_close((uv_handle_t *)&server->udp, NULL);
	if (server->tcp_open)
		uv_close((uv_handle_t *)&server->tcp, NULL);
	for (size_t i = 0; i < ASKERS_MAX; i++)
		if (server->askers[i].used)
			asker_close(&server->askers[i]);
}

void dns_server_drop(struct dns_server **server)
{
	free(*server);
	*server = NULL;
}
