/* This file is TLS as bytes in and bytes out: an engine without a socket.
 *
 * Every chain is verified, but a bad one does not end the handshake: what the
 * server showed is wanted as facts. Whether secrets may pass is decided by
 * tls_is_verified() of the result and by nothing else.
 *
 *	tls = tls_new(context, arena, "mail.example.org");
 *	for (;;) {
 *		state = tls_handshake(tls);
 *		send(tls_to_send(tls)); tls_sent(tls, n);
 *		if (state != TLS_STATE_HANDSHAKE) break;
 *		tls_feed(tls, received);
 *	}
 */
#ifndef POSTMEND_OS_TLS_H
#define POSTMEND_OS_TLS_H

#include "base/arena.h"
#include "base/status.h"
#include "base/view.h"
#include "record/tls_facts.h"

/* More bytes than this from the peer are no handshake: TLS_END_LIMIT. A
 * certificate message has the library's own bound (100 KiB), same end. */
enum { TLS_HANDSHAKE_MAX = 256 * 1024 };

/* What all handshakes of a run share: anchors and the library's settings. */
struct tls_context;

/* The anchors are those of `ca_file` (PEM) alone, or the system's when NULL.
 * Versions and security level are those that the system's library is set up
 * with, TLS 1.2 at the least where it is not. ST_USAGE and a sentence in
 * *why_out for a file that holds no certificates. */
[[nodiscard]] enum status tls_context_new(const char *ca_file, struct tls_context **out,
					  const char **why_out);
void tls_context_drop(struct tls_context **context);

enum tls_state { TLS_STATE_HANDSHAKE, TLS_STATE_UP, TLS_STATE_FAILED };

struct tls;

/* `name` is asked for by SNI, unless `ask` is false, and checked against the leaf: a
 * DNS name, or an address (then without SNI). The facts are made in the arena. NULL when
 * memory ended. */
[[nodiscard]] struct tls *tls_new(struct tls_context *context, struct arena *arena, const char *name,
				  bool ask);
void tls_drop(struct tls **tls);

/* Takes bytes that came from the peer. */
void tls_feed(struct tls *tls, struct view bytes);

/* Goes on as far as the bytes reach. The first answer other than
 * TLS_STATE_HANDSHAKE completes the facts. */
enum tls_state tls_handshake(struct tls *tls);

/* Ends a handshake that something else ended: TLS_END_CLOSED, _TIMEOUT. */
void tls_give_up(struct tls *tls, enum tls_end end);

/* What waits to be sent to the peer, and that n bytes of it were taken. */
struct view tls_to_send(struct tls *tls);
void tls_sent(struct tls *tls, size_t n);

/* Plain text in, once up. False when the connection no longer takes any. */
bool tls_write(struct tls *tls, struct view plain);

/* Plain text out: its length, 0 when there is none now; *ended_out becomes true
 * when there will be none any more: the peer closed or broke TLS. An alert
 * that came late (TLS 1.3 tells so that a client certificate is missing) is
 * added to the facts. */
size_t tls_read(struct tls *tls, uint8_t *room, size_t len, bool *ended_out);

/* Says goodbye to the peer (close_notify): send what waits afterwards. */
void tls_say_end(struct tls *tls);

/* Complete when the handshake is over; `took` is the caller's to set. */
struct tls_facts *tls_result(struct tls *tls);

#endif
