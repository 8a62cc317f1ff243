/* This file asks a proxy for a connection to somebody else: SOCKS 5 (RFC 1928) without a login, or HTTP
 * CONNECT (RFC 9110 section 9.3.6).
 *
 * Bytes that come behind the proxy's agreement are the server's and are left alone.
 */
#ifndef POSTMEND_WIRE_TUNNEL_H
#define POSTMEND_WIRE_TUNNEL_H

#include "base/view.h"
#include "record/steps.h"

#include <stdint.h>

enum { TUNNEL_OUT_MAX = 1200, TUNNEL_IN_MAX = 2048, TUNNEL_HOST_MAX = 255 };

enum tunnel_kind { TUNNEL_SOCKS5, TUNNEL_HTTP };
enum tunnel_state { TUNNEL_BUSY, TUNNEL_OPEN, TUNNEL_FAILED };

struct tunnel {
	enum tunnel_kind kind;
	enum tunnel_state state;
	/* Of TUNNEL_FAILED: what the proxy met on the way to the server, or STEP_ERROR_PROTOCOL and _LIMIT
	 * where the proxy itself is at fault, which says nothing of the server. */
	enum step_error error;
	const char *why;
	const char *host; /* lives as long as the tunnel */
	uint16_t port;
	bool asked; /* SOCKS: the request went out behind the greeting */
	uint8_t in[TUNNEL_IN_MAX], out[TUNNEL_OUT_MAX];
	size_t in_len, out_len;
};

/* A host of more than TUNNEL_HOST_MAX bytes fails at once. */
void tunnel_init(struct tunnel *tunnel, enum tunnel_kind kind, const char *host, uint16_t port);

/* What waits to be sent; taken as sent. Valid until the next call. */
struct view tunnel_to_send(struct tunnel *tunnel);

/* Takes bytes of the proxy off the head of *bytes. */
enum tunnel_state tunnel_feed(struct tunnel *tunnel, struct view *bytes);

#endif
