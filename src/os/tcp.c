/* This file is a connection, by libuv. */
#include "os/tcp.h"

#include "base/wipe.h"
#include "os/loop_uv.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__
#include <netinet/tcp.h>
#endif

/* A connection is one handle; a program has a pipe for each direction. */
#ifdef _WIN32
const bool tcp_refusal_is_timely = false;
#else
const bool tcp_refusal_is_timely = true;
#endif

struct tcp {
	union {
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} uv, back;
	uv_stream_t *in, *out;
	uv_process_t program;
	uv_connect_t connecting;
	unsigned n_open; /* handles that are still to be closed */
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
	uv_read_stop(tcp->in);
	tcp->events.on_end(tcp->events.context, error_of(error), uv_strerror(error));
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room_out)
{
	struct tcp *tcp = handle->data;

	(void)wanted;
	*room_out = uv_buf_init(loop_room(tcp->loop), LOOP_ROOM);
}

/* A server that gathers small packets sends nothing more until we have acknowledged what came: some systems
 * take their time with that. */
static void acknowledge(const struct tcp *tcp)
{
#ifdef TCP_QUICKACK
	uv_os_fd_t fd;
	int yes = 1;

	if (tcp->in == (const uv_stream_t *)&tcp->uv.tcp && uv_fileno((const uv_handle_t *)tcp->in, &fd) == 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
#else
	(void)tcp;
#endif
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *room)
{
	struct tcp *tcp = stream->data;

	if (n > 0 && !tcp->closed)
		acknowledge(tcp);
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
		error = uv_read_start(tcp->in, on_room, on_read);
	if (error == 0)
		uv_tcp_nodelay(&tcp->uv.tcp, 1);
	tcp->events.on_connect(tcp->events.context, error ? error_of(error) : STEP_ERROR_NONE,
			       error ? uv_strerror(error) : NULL);
}

static void on_closed(uv_handle_t *handle)
{
	struct tcp *tcp = handle->data;

	if (--tcp->n_open == 0)
		free(tcp);
}

static void on_refused(void *context)
{
	struct tcp *tcp = context;

	tcp->events.on_connect(tcp->events.context, error_of(tcp->refused), uv_strerror(tcp->refused));
}

/* Before the connection: the other side is told the bound with our first packet. */
static int bound_segments(struct tcp *tcp, unsigned mss)
{
#ifdef TCP_MAXSEG
	uv_os_fd_t fd;
	int bytes = (int)mss;

	if (mss == 0)
		return 0;
	if (uv_fileno((uv_handle_t *)&tcp->uv.tcp, &fd) != 0)
		return UV_EINVAL;
	return setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &bytes, sizeof bytes) == 0 ? 0 : UV_ENOTSUP;
#else
	(void)tcp;
	return mss ? UV_ENOTSUP : 0;
#endif
}

static int begin(struct tcp *tcp, const struct tcp_target *target)
{
	struct sockaddr_storage to, from;
	int error = 0;

	if (!address_of(target->address, target->port, &to))
		return UV_EINVAL;
	error = uv_tcp_init_ex(loop_uv(tcp->loop), &tcp->uv.tcp, (unsigned)to.ss_family);
	if (error)
		return error;
	tcp->n_open = 1;
	tcp->uv.tcp.data = tcp;
	tcp->in = tcp->out = (uv_stream_t *)&tcp->uv.tcp;
	error = bound_segments(tcp, target->mss);
	if (error == 0 && target->from && !address_of(target->from, 0, &from))
		error = UV_EINVAL;
	if (error == 0 && target->from)
		error = uv_tcp_bind(&tcp->uv.tcp, (const struct sockaddr *)&from, 0);
	return error ? error
		     : uv_tcp_connect(&tcp->connecting, &tcp->uv.tcp, (const struct sockaddr *)&to,
				      on_connected);
}

static struct tcp *new_tcp(struct loop *loop, const struct tcp_events *events)
{
	struct tcp *tcp = calloc(1, sizeof *tcp);

	if (!tcp)
		return NULL;
	tcp->loop = loop;
	tcp->events = *events;
	tcp->connecting.data = tcp;
	return tcp;
}

struct tcp *tcp_connect(struct loop *loop, const struct tcp_target *target, const struct tcp_events *events)
{
	struct tcp *tcp = new_tcp(loop, events);

	if (!tcp)
		return NULL;
	tcp->refused = begin(tcp, target);
	if (tcp->refused == 0)
		return tcp;
	tcp->refusal = loop_timer_new(loop, on_refused, tcp);
	if (tcp->refusal)
		loop_timer_set(tcp->refusal, loop_now(loop));
	else
		tcp_close(&tcp);
	return tcp;
}

static void on_running(void *context)
{
	struct tcp *tcp = context;

	if (tcp->refused == 0)
		tcp->refused = uv_read_start(tcp->in, on_room, on_read);
	tcp->events.on_connect(tcp->events.context, tcp->refused ? error_of(tcp->refused) : STEP_ERROR_NONE,
			       tcp->refused ? uv_strerror(tcp->refused) : NULL);
}

static void on_program_exit(uv_process_t *program, int64_t code, int signal)
{
	(void)program;
	(void)code;
	(void)signal;
}

static int spawn(struct tcp *tcp, const char *const argv[])
{
	uv_stdio_container_t files[3] = {
		{ .flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = tcp->out },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = tcp->in },
		{ .flags = UV_IGNORE },
	};
	const uv_process_options_t options = {
		.file = argv[0],
		.args = (char **)(uintptr_t)argv,
		.stdio = files,
		.stdio_count = 3,
		.exit_cb = on_program_exit,
		.flags = UV_PROCESS_WINDOWS_HIDE,
	};

	tcp->program.data = tcp;
	return uv_spawn(loop_uv(tcp->loop), &tcp->program, &options);
}

struct tcp *tcp_run(struct loop *loop, const char *const argv[], const struct tcp_events *events)
{
	struct tcp *tcp = new_tcp(loop, events);

	if (!tcp)
		return NULL;
	uv_pipe_init(loop_uv(loop), &tcp->uv.pipe, 0);
	uv_pipe_init(loop_uv(loop), &tcp->back.pipe, 0);
	tcp->uv.pipe.data = tcp->back.pipe.data = tcp;
	tcp->out = (uv_stream_t *)&tcp->uv.pipe;
	tcp->in = (uv_stream_t *)&tcp->back.pipe;
	tcp->n_open = 3;
	tcp->refused = spawn(tcp, argv);
	tcp->refusal = loop_timer_new(loop, on_running, tcp);
	if (tcp->refusal)
		loop_timer_set(tcp->refusal, loop_now(loop));
	else
		tcp_close(&tcp);
	return tcp;
}

#ifdef __linux__
/* tcpi_rcv_ooopack, which the C library's struct is too old for. */
static unsigned count_disordered(uv_os_fd_t fd)
{
	enum { AT = 224 };
	unsigned char info[AT + sizeof(uint32_t)];
	socklen_t len = sizeof info;
	uint32_t n;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len) != 0 || len < sizeof info)
		return 0;
	memcpy(&n, info + AT, sizeof n);
	return n;
}
#endif

void tcp_count(const struct tcp *tcp, struct flow_facts *out)
{
	*out = (struct flow_facts){ 0 };
#ifdef __linux__
	struct tcp_info info = { 0 };
	socklen_t len = sizeof info;
	uv_os_fd_t fd;

	if (tcp->n_open != 1 || uv_fileno((const uv_handle_t *)tcp->in, &fd) != 0 ||
	    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return;
	*out = (struct flow_facts){
		.known = true,
		.retransmits = info.tcpi_total_retrans,
		.unacked = info.tcpi_unacked,
		.path_mtu = info.tcpi_pmtu,
		.segment = info.tcpi_snd_mss,
		.round_trip = (moment)info.tcpi_rtt,
		.disordered = count_disordered(fd),
	};
#else
	(void)tcp;
#endif
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
	if (uv_write(&sending->uv, tcp->out, &buf, 1, on_sent) != 0)
		free(sending);
}

void tcp_close(struct tcp **tcp)
{
	struct tcp *it = *tcp;

	if (!it)
		return;
	*tcp = NULL;
	it->closed = true;
	loop_timer_drop(&it->refusal);
	if (it->n_open == 0) {
		free(it);
		return;
	}
	if (it->n_open == 3) {
		/* Its input ends, and so does the program; one that does not is told to. */
		if (it->refused == 0)
			uv_process_kill(&it->program, SIGTERM);
		uv_close((uv_handle_t *)it->in, on_closed);
		uv_close((uv_handle_t *)&it->program, on_closed);
	}
	uv_close((uv_handle_t *)it->out, on_closed);
}
