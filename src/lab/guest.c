/* This file carries one guest's bytes. */
#include "lab/guest.h"

#include <stdlib.h>

enum { LIFE_MAX_MS = 600'000, FAREWELL_MS = 2000, RESET_MS = 30 };

/* RFC 8446 section 6: alert, TLS 1.2 on the record, length 2, fatal, internal_error. */
static const uint8_t internal_error[] = { 21, 3, 3, 0, 2, 2, 80 };

static void pump(struct guest *guest);

static void on_handle_closed(uv_handle_t *handle)
{
	struct guest *guest = handle->data;

	guest->handles--;
}

void guest_close(struct guest *guest)
{
	if (guest->closing)
		return;
	guest->closing = true;
	uv_close((uv_handle_t *)&guest->tcp, on_handle_closed);
	uv_close((uv_handle_t *)&guest->tick, on_handle_closed);
	uv_close((uv_handle_t *)&guest->life, on_handle_closed);
}

bool guest_is_gone(const struct guest *guest)
{
	return guest->closing && guest->handles == 0;
}

void guest_drop(struct guest **guest)
{
	if (!*guest)
		return;
	session_fini(&(*guest)->session);
	tls_server_drop(&(*guest)->tls);
	buf_wipe_fini(&(*guest)->plain);
	buf_fini(&(*guest)->wire);
	buf_fini(&(*guest)->flying);
	free(*guest);
	*guest = NULL;
}

static void on_life_over(uv_timer_t *timer)
{
	guest_close(timer->data);
}

static void on_shut_down(uv_shutdown_t *request, int status)
{
	if (status != 0)
		guest_close(request->data);
}

/* A FIN, and time for the guest to say its own: a close with unread bytes would
 * be a reset, which is another fault. */
static void finish(struct guest *guest)
{
	if (guest->finishing || guest->closing)
		return;
	guest->finishing = guest->deaf = true;
	if (uv_shutdown(&guest->shutdown, (uv_stream_t *)&guest->tcp, on_shut_down) != 0)
		guest_close(guest);
	else
		uv_timer_start(&guest->life, on_life_over, FAREWELL_MS, 0);
}

static void on_written(uv_write_t *request, int status)
{
	struct guest *guest = request->data;

	guest->writing = false;
	buf_clear(&guest->flying);
	if (status != 0)
		guest_close(guest);
	else
		pump(guest);
}

static void send_wire(struct guest *guest)
{
	struct buf sent = guest->flying;
	uv_buf_t bytes;

	guest->flying = guest->wire;
	guest->wire = sent;
	guest->writing = true;
	bytes = uv_buf_init((char *)guest->flying.at, (unsigned)guest->flying.len);
	if (uv_write(&guest->write, (uv_stream_t *)&guest->tcp, &bytes, 1, on_written) != 0)
		guest_close(guest);
}

static void to_wire(struct guest *guest, struct view bytes)
{
	if (guest->tls)
		tls_server_write(guest->tls, bytes, &guest->wire);
	else
		buf_add(&guest->wire, bytes);
}

static void begin_tls(struct guest *guest)
{
	enum tls_manner manner = guest->setup->behaviour->tls;

	guest->session.start_tls = false;
	if (manner == TLS_SILENT)
		guest->deaf = true;
	else if (manner == TLS_CUT || manner == TLS_ALERTS)
		guest->cuts = true;
	else
		guest->tls = tls_server_new(guest->tls_setup);
	if (!guest->tls && !guest->deaf && !guest->cuts)
		guest_close(guest);
}

static void on_drip(uv_timer_t *timer)
{
	struct guest *guest = timer->data;
	struct buf *out = &guest->session.out;

	guest->ticking = false;
	if (out->len) {
		to_wire(guest, view_of(out->at, 1));
		buf_drop_head(out, 1);
	}
	pump(guest);
}

/* Moves what the session said towards the wire, at the pace asked for. */
static void take_out(struct guest *guest)
{
	struct buf *out = &guest->session.out;

	if (guest->setup->behaviour->drip && out->len) {
		if (!guest->ticking)
			uv_timer_start(&guest->tick, on_drip, guest->setup->behaviour->drip, 0);
		guest->ticking = true;
		return;
	}
	to_wire(guest, buf_view(out));
	buf_clear(out);
}

static void pump(struct guest *guest)
{
	struct session *session = &guest->session;

	if (guest->closing || guest->writing || guest->finishing)
		return;
	take_out(guest);
	if (session->start_tls && !guest->tls && session->out.len == 0)
		begin_tls(guest);
	if (guest->closing)
		return;
	if (guest->wire.len == 0 && session->out.len == 0 && session_more(session))
		take_out(guest);
	if (session->closing && session->out.len == 0 && guest->wire.len == 0) {
		finish(guest);
		return;
	}
	if (session->closing && session->out.len == 0 && guest->tls)
		tls_server_close(guest->tls, &guest->wire);
	if (buf_failed(&guest->wire))
		guest_close(guest);
	else if (guest->wire.len)
		send_wire(guest);
}

/* What the guest said while the greeting was delayed is answered after it. */
static void greet(struct guest *guest)
{
	guest->waits = false;
	session_open(&guest->session);
	if (guest->plain.len)
		session_on_bytes(&guest->session, buf_view(&guest->plain));
	buf_clear(&guest->plain);
}

static void on_greeting_time(uv_timer_t *timer)
{
	greet(timer->data);
	pump(timer->data);
}

static void open_session(struct guest *guest)
{
	unsigned delay = guest->setup->behaviour->greeting_delay;

	guest->waits = delay > 0;
	if (delay)
		uv_timer_start(&guest->tick, on_greeting_time, delay, 0);
	else
		greet(guest);
}

static void on_plain(struct guest *guest)
{
	if (guest->waits)
		return;
	session_on_bytes(&guest->session, buf_view(&guest->plain));
	buf_clear(&guest->plain);
}

static void on_tls_bytes(struct guest *guest, struct view bytes)
{
	enum tls_server_state state = tls_server_feed(guest->tls, bytes, &guest->plain, &guest->wire);

	if (state == TLS_SERVER_ENDED) {
		guest->session.closing = true;
		buf_clear(&guest->session.out);
		return;
	}
	if (state != TLS_SERVER_UP)
		return;
	if (!guest->session.tls) {
		bool after_starttls = guest->session.greeted;

		session_on_tls(&guest->session);
		if (!after_starttls)
			open_session(guest);
	}
	on_plain(guest);
}

static void on_bytes(struct guest *guest, struct view bytes)
{
	if (guest->deaf)
		return;
	if (guest->cuts && guest->setup->behaviour->tls == TLS_ALERTS && !guest->session.closing) {
		buf_add(&guest->wire, view_of(internal_error, sizeof(internal_error)));
		guest->session.closing = true;
		pump(guest);
		return;
	}
	if (guest->cuts) {
		finish(guest);
		return;
	}
	if (guest->tls)
		on_tls_bytes(guest, bytes);
	else {
		buf_add(&guest->plain, bytes);
		on_plain(guest);
	}
	if (buf_failed(&guest->plain))
		guest_close(guest);
	pump(guest);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
	struct guest *guest = stream->data;

	if (n < 0)
		guest_close(guest);
	else if (n > 0)
		on_bytes(guest, view_of(bytes->base, (size_t)n));
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct guest *guest = handle->data;

	(void)suggested;
	*out = uv_buf_init(guest->room, sizeof(guest->room));
}

/* The reset comes when the guest knows that it is connected: sooner some systems
 * would call it a failed connect. */
static void on_reset_time(uv_timer_t *timer)
{
	struct guest *guest = timer->data;

	if (guest->closing)
		return;
	guest->closing = true;
	uv_close((uv_handle_t *)&guest->tick, on_handle_closed);
	uv_close((uv_handle_t *)&guest->life, on_handle_closed);
	if (uv_tcp_close_reset(&guest->tcp, on_handle_closed) != 0)
		uv_close((uv_handle_t *)&guest->tcp, on_handle_closed);
}

/* Begins as the behaviour says: by silence, by TLS or by a greeting. */
static void welcome(struct guest *guest)
{
	const struct door_setup *setup = guest->setup;
	const struct behaviour *behaviour = setup->behaviour;

	guest->deaf = behaviour->door == DOOR_SILENT || behaviour->door == DOOR_RESETS;
	if (guest->deaf && behaviour->door == DOOR_RESETS)
		uv_timer_start(&guest->tick, on_reset_time, RESET_MS, 0);
	if (guest->deaf)
		return;
	if (behaviour->door == DOOR_CLOSES)
		finish(guest);
	else if (setup->tls ? !behaviour->plain_on_tls_port : behaviour->tls_on_plain_port)
		begin_tls(guest);
	else
		open_session(guest);
	pump(guest);
}

static struct guest *guest_new(uv_loop_t *loop, const struct door_setup *setup)
{
	struct guest *guest = calloc(1, sizeof(*guest));
	enum speaks speaks = setup->behaviour->speaks;

	if (!guest)
		return NULL;
	guest->setup = setup;
	guest->tcp.data = guest->tick.data = guest->life.data = guest;
	guest->write.data = guest->shutdown.data = guest;
	session_init(&guest->session, setup->behaviour, setup->practice,
		     session_dialect(speaks == SPEAKS_OWN ? setup->protocol : speaks));
	guest->session.plain_door = setup->plain_login;
	buf_init(&guest->plain, 4 * GUEST_READ_MAX);
	buf_init(&guest->wire, GUEST_WIRE_MAX);
	buf_init(&guest->flying, GUEST_WIRE_MAX);
	if (uv_tcp_init(loop, &guest->tcp) != 0) {
		guest_drop(&guest);
		return NULL;
	}
	uv_timer_init(loop, &guest->tick);
	uv_timer_init(loop, &guest->life);
	guest->handles = 3;
	return guest;
}

struct guest *guest_accept(uv_stream_t *listener, const struct door_setup *setup,
			   struct tls_server_setup *tls_setup)
{
	struct guest *guest = guest_new(listener->loop, setup);

	if (!guest)
		return NULL;
	guest->tls_setup = tls_setup;
	if (uv_accept(listener, (uv_stream_t *)&guest->tcp) != 0) {
		guest_close(guest);
		return guest;
	}
	uv_timer_start(&guest->life, on_life_over, LIFE_MAX_MS, 0);
	if (uv_read_start((uv_stream_t *)&guest->tcp, give_room, on_read) != 0)
		guest_close(guest);
	else
		welcome(guest);
	return guest;
}
