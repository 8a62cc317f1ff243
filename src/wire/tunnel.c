/* This file asks a proxy for a connection to somebody else: SOCKS 5 or HTTP CONNECT. */
#include "wire/tunnel.h"

#include "account/ip.h"
#include "base/checked.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

enum {
	SOCKS_VERSION = 5,
	SOCKS_CONNECT = 1,
	SOCKS_IPV4 = 1,
	SOCKS_NAME = 3,
	SOCKS_IPV6 = 4,
	SOCKS_NO_LOGIN = 0
};
enum { SOCKS_REPLY_HEAD = 4, SOCKS_PORT_LEN = 2, HTTP_STATUS_LEN = 12 };

static enum tunnel_state fail(struct tunnel *t, enum step_error error, const char *why)
{
	t->state = TUNNEL_FAILED;
	t->error = error;
	t->why = why;
	return t->state;
}

static void add(struct tunnel *t, const void *bytes, size_t len)
{
	if (t->out_len + len > sizeof t->out)
		return;
	memcpy(t->out + t->out_len, bytes, len);
	t->out_len += len;
}

static void add_byte(struct tunnel *t, unsigned byte)
{
	add(t, &(uint8_t){ (uint8_t)byte }, 1);
}

static void ask_http(struct tunnel *t)
{
	bool colon = strchr(t->host, ':') != NULL;
	char text[TUNNEL_OUT_MAX];
	int len = snprintf(text, sizeof text, "CONNECT %s%s%s:%u HTTP/1.1\r\nHost: %s%s%s:%u\r\n\r\n",
			   colon ? "[" : "", t->host, colon ? "]" : "", (unsigned)t->port, colon ? "[" : "",
			   t->host, colon ? "]" : "", (unsigned)t->port);

	if (len > 0 && (size_t)len < sizeof text)
		add(t, text, (size_t)len);
}

void tunnel_init(struct tunnel *t, enum tunnel_kind kind, const char *host, uint16_t port)
{
	static const uint8_t hello[] = { SOCKS_VERSION, 1, SOCKS_NO_LOGIN };

	*t = (struct tunnel){ .kind = kind, .host = host, .port = port };
	if (strlen(host) > TUNNEL_HOST_MAX)
		fail(t, STEP_ERROR_UNREACHABLE, "the server's name is too long for a proxy");
	else if (kind == TUNNEL_HTTP)
		ask_http(t);
	else
		add(t, hello, sizeof hello);
}

struct view tunnel_to_send(struct tunnel *t)
{
	struct view all = view_of(t->out, t->out_len);

	t->out_len = 0;
	return all;
}

static void ask_socks(struct tunnel *t)
{
	struct ip ip;

	t->asked = true;
	add_byte(t, SOCKS_VERSION);
	add_byte(t, SOCKS_CONNECT);
	add_byte(t, 0);
	if (ip_parse(str_of(t->host), &ip)) {
		add_byte(t, ip.family == 6 ? SOCKS_IPV6 : SOCKS_IPV4);
		add(t, ip.bytes, ip.family == 6 ? 16 : 4);
	} else {
		add_byte(t, SOCKS_NAME);
		add_byte(t, (unsigned)strlen(t->host));
		add(t, t->host, strlen(t->host));
	}
	add_byte(t, t->port >> 8);
	add_byte(t, t->port & 0xffU);
}

/* RFC 1928 section 6. */
static const struct {
	uint8_t code;
	enum step_error error;
	const char *why;
} socks_errors[] = {
	{ 1, STEP_ERROR_UNREACHABLE, "the proxy could not connect" },
	{ 2, STEP_ERROR_PROTOCOL, "the proxy does not allow this connection" },
	{ 3, STEP_ERROR_UNREACHABLE, "the proxy has no way to the server's network" },
	{ 4, STEP_ERROR_UNREACHABLE, "the proxy does not reach the server" },
	{ 5, STEP_ERROR_REFUSED, "the server refused the proxy's connection" },
	{ 6, STEP_ERROR_TIMEOUT, "the server did not answer the proxy" },
	{ 7, STEP_ERROR_PROTOCOL, "the proxy does not connect to others" },
	{ 8, STEP_ERROR_PROTOCOL, "the proxy does not know this kind of address" },
};

static enum tunnel_state judge_socks(struct tunnel *t, uint8_t code)
{
	for (size_t i = 0; i < COUNT_OF(socks_errors); i++)
		if (socks_errors[i].code == code)
			return fail(t, socks_errors[i].error, socks_errors[i].why);
	return fail(t, STEP_ERROR_PROTOCOL, "the proxy refuses without a reason");
}

/* How long the reply is that begins with these bytes; 0: not yet known. */
static size_t reply_len(const struct tunnel *t)
{
	if (t->in_len < SOCKS_REPLY_HEAD + 1)
		return 0;
	if (t->in[3] == SOCKS_IPV4)
		return SOCKS_REPLY_HEAD + 4 + SOCKS_PORT_LEN;
	if (t->in[3] == SOCKS_IPV6)
		return SOCKS_REPLY_HEAD + 16 + SOCKS_PORT_LEN;
	return t->in[3] == SOCKS_NAME ? SOCKS_REPLY_HEAD + 1U + t->in[4] + SOCKS_PORT_LEN : SIZE_MAX;
}

static enum tunnel_state step_socks(struct tunnel *t)
{
	if (t->in[0] != SOCKS_VERSION)
		return fail(t, STEP_ERROR_PROTOCOL, "what answers is no SOCKS 5 proxy");
	if (!t->asked && t->in_len == 2) {
		t->in_len = 0;
		if (t->in[1] != SOCKS_NO_LOGIN)
			return fail(t, STEP_ERROR_PROTOCOL, "the proxy wants a login of its own");
		ask_socks(t);
		return t->state;
	}
	if (!t->asked || t->in_len < 2)
		return t->state;
	if (t->in[1] != 0)
		return judge_socks(t, t->in[1]);
	if (reply_len(t) == SIZE_MAX)
		return fail(t, STEP_ERROR_PROTOCOL, "the proxy's answer makes no sense");
	if (reply_len(t) == t->in_len)
		t->state = TUNNEL_OPEN;
	return t->state;
}

static enum tunnel_state step_http(struct tunnel *t)
{
	struct str text = { .at = (const char *)t->in, .len = t->in_len };
	uint64_t status = 0;

	if (t->in_len >= HTTP_STATUS_LEN &&
	    (!str_starts(text, STR("HTTP/1.")) || !str_to_u64(str_head(str_skip(text, 9), 3), 999, &status)))
		return fail(t, STEP_ERROR_PROTOCOL, "what answers is no HTTP proxy");
	if (t->in_len < 4 || memcmp(t->in + t->in_len - 4, "\r\n\r\n", 4) != 0)
		return t->state;
	if (status >= 200 && status < 300)
		t->state = TUNNEL_OPEN;
	else if (status == 502 || status == 503)
		fail(t, STEP_ERROR_UNREACHABLE, "the proxy does not reach the server");
	else if (status == 504)
		fail(t, STEP_ERROR_TIMEOUT, "the server did not answer the proxy");
	else
		fail(t, STEP_ERROR_PROTOCOL,
		     status == 407 ? "the proxy wants a login of its own"
				   : "the proxy does not allow this connection");
	return t->state;
}

enum tunnel_state tunnel_feed(struct tunnel *t, struct view *bytes)
{
	while (t->state == TUNNEL_BUSY && bytes->len > 0) {
		if (t->in_len == sizeof t->in)
			return fail(t, STEP_ERROR_LIMIT, "the proxy says more than a proxy may");
		t->in[t->in_len++] = bytes->at[0];
		*bytes = view_of(bytes->at + 1, bytes->len - 1);
		if (t->kind == TUNNEL_HTTP)
			step_http(t);
		else
			step_socks(t);
	}
	return t->state;
}
