/* This file is a connection with TLS on top when asked, a trace and a bound on what comes. */
#include "drive/stream.h"

#include "drive/via.h"

#include <stdlib.h>

enum { PLAIN_ROOM = 16 * 1024 };

struct stream {
	struct drive *drive;
	struct stream_events events;
	struct via *tcp;
	struct tls *tls;
	moment tls_began;
	size_t n_bytes;
	const char *label;
	bool in_handshake, ended, closed, no_name;
	unsigned depth; /* of callbacks: memory goes when the last one is left */
};

static moment now(const struct stream *stream)
{
	return loop_now(stream->drive->loop);
}

static void enter(struct stream *stream)
{
	stream->depth++;
}

static void leave(struct stream *stream)
{
	if (--stream->depth > 0 || !stream->closed)
		return;
	tls_drop(&stream->tls);
	free(stream);
}

/* What TLS wants to say goes out. */
static void flush(struct stream *stream)
{
	struct view waiting;

	if (!stream->tls || !stream->tcp)
		return;
	waiting = tls_to_send(stream->tls);
	via_send(stream->tcp, waiting);
	tls_sent(stream->tls, waiting.len);
}

/* A word in the trace. */
static void note(struct stream *stream, const char *what, const char *text)
{
	trace_event(stream->drive->trace, now(stream), stream->label, what, text ? text : "");
}

static void end(struct stream *stream, enum step_error error, const char *text)
{
	if (stream->ended || stream->closed)
		return;
	stream->ended = true;
	note(stream, "end", text);
	if (stream->events.on_end)
		stream->events.on_end(stream->events.context, error, text);
}

static void hand_plain(struct stream *stream, struct view bytes)
{
	trace_bytes(stream->drive->trace, now(stream), stream->label, "receive", bytes);
	if (stream->events.on_bytes)
		stream->events.on_bytes(stream->events.context, bytes);
}

static void read_plain(struct stream *stream)
{
	uint8_t room[PLAIN_ROOM];
	bool ended = false;
	size_t n;

	while (!stream->closed && (n = tls_read(stream->tls, room, sizeof room, &ended)) > 0)
		hand_plain(stream, view_of(room, n));
	if (stream->closed)
		return;
	flush(stream);
	if (ended)
		end(stream, STEP_ERROR_CLOSED, "the server ended TLS");
}

static void tell_tls(struct stream *stream, const struct tls_facts *facts)
{
	if (stream->events.on_tls)
		stream->events.on_tls(stream->events.context, facts);
}

static void shaken(struct stream *stream)
{
	struct tls_facts *facts = tls_result(stream->tls);

	stream->in_handshake = false;
	facts->took = now(stream) - stream->tls_began;
	note(stream, "tls", facts->end == TLS_END_UP ? facts->version_name : facts->error_text);
	tell_tls(stream, facts);
}

static void shake(struct stream *stream)
{
	enum tls_state state = tls_handshake(stream->tls);

	flush(stream);
	if (state == TLS_STATE_HANDSHAKE)
		return;
	shaken(stream);
	if (!stream->closed && state == TLS_STATE_UP)
		read_plain(stream);
}

/* Plain text in place of a handshake is evidence of who is there. */
static bool is_plain(const struct stream *stream)
{
	return !stream->tls || tls_result(stream->tls)->end == TLS_END_NOT_TLS;
}

static void take(struct stream *stream, struct view bytes)
{
	if (!is_plain(stream)) {
		tls_feed(stream->tls, bytes);
		if (!stream->in_handshake) {
			read_plain(stream);
			return;
		}
		shake(stream);
	}
	if (!stream->closed && is_plain(stream))
		hand_plain(stream, bytes);
}

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct stream *stream = context;

	enter(stream);
	note(stream, "connect", error == STEP_ERROR_NONE ? "connected" : text);
	if (stream->events.on_connect)
		stream->events.on_connect(stream->events.context, error, text);
	leave(stream);
}

static void on_bytes(void *context, struct view bytes)
{
	struct stream *stream = context;

	if (stream->ended)
		return;
	stream->n_bytes += bytes.len;
	enter(stream);
	if (stream->events.on_raw)
		stream->events.on_raw(stream->events.context, bytes.len);
	if (stream->n_bytes >
	    (stream->drive->options.bytes_max ? stream->drive->options.bytes_max : DRIVE_BYTES_MAX))
		end(stream, STEP_ERROR_LIMIT, "more than 512 KiB in one conversation");
	else
		take(stream, bytes);
	leave(stream);
}

static void on_end(void *context, enum step_error error, const char *text)
{
	struct stream *stream = context;

	enter(stream);
	if (stream->in_handshake) {
		tls_give_up(stream->tls, TLS_END_CLOSED);
		shaken(stream);
	}
	end(stream, error, text);
	leave(stream);
}

struct stream *stream_open(struct drive *drive, const struct stream_target *target,
			   const struct stream_events *events)
{
	struct stream *stream = calloc(1, sizeof *stream);
	const struct tcp_events mine = {
		.context = stream,
		.on_connect = on_connect,
		.on_bytes = on_bytes,
		.on_end = on_end,
	};

	if (!stream)
		return NULL;
	stream->drive = drive;
	stream->events = *events;
	stream->label = target->label;
	stream->no_name = target->no_name;
	stream->tcp = via_open(drive,
			       &(struct tcp_target){
				       .address = target->address,
				       .port = target->port,
				       .from = drive->options.from,
				       .mss = target->mss,
			       },
			       &mine);
	if (!stream->tcp) {
		free(stream);
		return NULL;
	}
	return stream;
}

void stream_hand_over(struct stream *stream, const struct stream_events *events)
{
	stream->events = *events;
}

void stream_start_tls(struct stream *stream, struct arena *arena, const char *name)
{
	static const struct tls_facts no_memory = {
		.end = TLS_END_OTHER,
		.error_text = "memory ended",
		.alert = -1,
		.verify = TLS_VERIFY_NOT_REACHED,
	};

	enter(stream);
	stream->tls_began = now(stream);
	stream->tls = tls_new(stream->drive->tls, arena, name, !stream->no_name);
	stream->in_handshake = stream->tls != NULL;
	if (stream->tls)
		shake(stream);
	else
		tell_tls(stream, &no_memory);
	leave(stream);
}

void stream_end_tls(struct stream *stream)
{
	if (!stream->in_handshake)
		return;
	enter(stream);
	tls_give_up(stream->tls, TLS_END_TIMEOUT);
	shaken(stream);
	leave(stream);
}

void stream_count(const struct stream *stream, struct flow_facts *out)
{
	via_count(stream->tcp, out);
}

bool stream_is_in_handshake(const struct stream *stream)
{
	return stream->in_handshake;
}

void stream_send(struct stream *stream, struct view bytes, bool has_secret)
{
	if (stream->ended || stream->closed)
		return;
	if (has_secret)
		trace_event(stream->drive->trace, now(stream), stream->label, "send", "***");
	else
		trace_bytes(stream->drive->trace, now(stream), stream->label, "send", bytes);
	if (!stream->tls) {
		via_send(stream->tcp, bytes);
		return;
	}
	/* A TLS that no longer takes any tells so when it is read. */
	(void)tls_write(stream->tls, bytes);
	flush(stream);
}

void stream_close(struct stream **at)
{
	struct stream *stream = *at;

	if (!stream)
		return;
	*at = NULL;
	if (stream->tls && !stream->ended)
		tls_say_end(stream->tls);
	if (!stream->ended)
		flush(stream);
	via_close(&stream->tcp);
	stream->closed = true;
	enter(stream);
	leave(stream);
}
