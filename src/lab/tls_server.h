/* This file is the server's end of TLS, as a machine over bytes.
 *
 * The client's end is "os/tls.h"; this one exists to misbehave.
 */
#ifndef POSTMEND_LAB_TLS_SERVER_H
#define POSTMEND_LAB_TLS_SERVER_H

#include "base/buf.h"
#include "lab/behaviour.h"
#include "lab/pki.h"

enum tls_server_state { TLS_SERVER_HANDSHAKE, TLS_SERVER_UP, TLS_SERVER_ENDED };

/* What all connections of a door share. Lives longer than its servers; the pki
 * lives longer than the context. NULL when OpenSSL refused. */
struct tls_server_setup;
[[nodiscard]] struct tls_server_setup *tls_server_setup_new(struct pki *pki, enum tls_manner manner,
							    enum pki_chain chain);
void tls_server_setup_drop(struct tls_server_setup **setup);

struct tls_server;
[[nodiscard]] struct tls_server *tls_server_new(struct tls_server_setup *setup);
void tls_server_drop(struct tls_server **server);

/* Takes bytes of the wire; what the client said is added to `plain`, what goes
 * to the wire to `wire`. */
enum tls_server_state tls_server_feed(struct tls_server *server, struct view bytes, struct buf *plain,
				      struct buf *wire);

/* Encrypts; only in TLS_SERVER_UP. */
void tls_server_write(struct tls_server *server, struct view plain, struct buf *wire);

/* Says close_notify. */
void tls_server_close(struct tls_server *server, struct buf *wire);

#endif
