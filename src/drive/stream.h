/* This file is a connection with TLS on top when asked, a trace and a bound on what comes. */
#ifndef POSTMEND_DRIVE_STREAM_H
#define POSTMEND_DRIVE_STREAM_H

#include "drive/run.h"
#include "record/facts.h"

struct stream;

/* Each may close the stream; each that is NULL is not told. */
struct stream_events {
	void *context;
	void (*on_connect)(void *context, enum step_error error, const char *text);
	void (*on_bytes)(void *context, struct view bytes); /* plain text */
	void (*on_tls)(void *context, const struct tls_facts *facts);
	void (*on_raw)(void *context, size_t n); /* bytes as they come, in front of on_bytes */
	/* STEP_ERROR_CLOSED, _RESET, _LIMIT (more than DRIVE_BYTES_MAX) … */
	void (*on_end)(void *context, enum step_error error, const char *text);
};

struct stream_target {
	const char *address;
	uint16_t port;
	const char *label; /* for the trace */
	unsigned mss;      /* see "os/tcp.h"; 0 is the system's */
	bool no_name;      /* the start of TLS does not tell the server's name (SNI) */
};

/* NULL when memory ended. */
[[nodiscard]] struct stream *stream_open(struct drive *drive, const struct stream_target *target,
					 const struct stream_events *events);

/* Somebody else hears from now on. */
void stream_hand_over(struct stream *stream, const struct stream_events *events);

/* Begins a handshake for the name; ends in on_tls. Facts live in the arena. */
void stream_start_tls(struct stream *stream, struct arena *arena, const char *name);

/* Time is over: the handshake ends as TLS_END_TIMEOUT, in on_tls. */
void stream_end_tls(struct stream *stream);

/* What the system counted of the connection. */
void stream_count(const struct stream *stream, struct flow_facts *out);

bool stream_is_in_handshake(const struct stream *stream);

void stream_send(struct stream *stream, struct view bytes, bool has_secret);

/* NULL is fine; sets it to NULL. */
void stream_close(struct stream **at);

#endif
