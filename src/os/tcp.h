/* This file is a connection: bytes out, bytes in, and how it ended.
 *
 * It connects to a literal address and never waits. Errors are those that a
 * step of the record knows; their text is the system's.
 */
#ifndef POSTMEND_OS_TCP_H
#define POSTMEND_OS_TCP_H

#include "base/status.h"
#include "base/view.h"
#include "os/loop.h"
#include "record/facts.h"

struct tcp;

/* Each is called from loop_run(); each may call tcp_close(). */
struct tcp_events {
	void *context;
	/* Once; STEP_ERROR_NONE when connected, else only tcp_close() is left. */
	void (*on_connect)(void *context, enum step_error error, const char *text);
	void (*on_bytes)(void *context, struct view bytes);
	/* At most once, after on_connect: STEP_ERROR_CLOSED is the peer's orderly
	 * end, anything else breaks the connection. Only tcp_close() is left. */
	void (*on_end)(void *context, enum step_error error, const char *text);
};

/* Where to and how. */
struct tcp_target {
	const char *address;
	uint16_t port;
	const char *from; /* an address of this computer to connect from, or NULL */
	unsigned mss;     /* bytes of a segment at most, both ways; 0 leaves that to the system */
};

/* Starts to connect. NULL when memory ended; every other failure comes as
 * on_connect, STEP_ERROR_LIMIT when descriptors ended. A system that knows no
 * bound for segments (Windows) refuses one: STEP_ERROR_UNREACHABLE. */
[[nodiscard]] struct tcp *tcp_connect(struct loop *loop, const struct tcp_target *target,
				      const struct tcp_events *events);

/* Runs a program and talks to its standard input and output as to a server;
 * argv as in process_capture(). It is connected as soon as it runs. */
[[nodiscard]] struct tcp *tcp_run(struct loop *loop, const char *const argv[],
				  const struct tcp_events *events);

/* What the system counted of this connection so far; `known` is false where it
 * does not tell. */
void tcp_count(const struct tcp *tcp, struct flow_facts *out);

/* Whether a refusal comes as soon as the peer says it: Windows asks three times, half a second apart, before
 * it believes one, so that its time says nothing of the path. */
extern const bool tcp_refusal_is_timely;

/* Copies and sends; a failure comes as on_end. */
void tcp_send(struct tcp *tcp, struct view bytes);

/* NULL is fine; sets it to NULL. What is not sent by then is lost. */
void tcp_close(struct tcp **tcp);

/* Whether the text is an address that this system can connect to (a zone such
 * as fe80::1%eth0 included). */
bool tcp_is_address(const char *text, int *family_out);

/* The text of an address of 4 or 16 bytes; false for any other length. */
enum { TCP_ADDRESS_MAX = 64 };
[[nodiscard]] bool tcp_address_text(struct view bytes, char text_out[TCP_ADDRESS_MAX]);

#endif
