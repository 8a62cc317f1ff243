/* This file opens a stream's connection: straight, or by somebody who stands elsewhere. */
#include "drive/via.h"

#include "base/checked.h"
#include "drive/questions.h"
#include "wire/dns_msg.h"
#include "wire/tunnel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOCKS_PORT = 1080, HTTP_PORT = 3128, HOST_ROOM = 256, ARGUMENTS = 8, PROXY_NAME_S = 5 };

enum way_kind { WAY_STRAIGHT, WAY_TUNNEL, WAY_SSH };

struct way_words {
	enum way_kind kind;
	enum tunnel_kind tunnel;
	char host[HOST_ROOM];
	uint16_t port;
};

struct via {
	struct drive *drive;
	struct tcp *tcp;
	struct tcp_events events;
	struct way_words way;
	char target[HOST_ROOM];
	struct tcp_target to;
	struct tunnel tunnel;
	bool open, closed;
	unsigned depth;
};

static const struct {
	const char *scheme;
	enum way_kind kind;
	enum tunnel_kind tunnel;
	uint16_t port;
} schemes[] = {
	{ "socks5://", WAY_TUNNEL, TUNNEL_SOCKS5, SOCKS_PORT },
	{ "http://", WAY_TUNNEL, TUNNEL_HTTP, HTTP_PORT },
	{ "ssh:", WAY_SSH, TUNNEL_SOCKS5, 0 },
};

/* HOST, HOST:PORT, [V6], [V6]:PORT. */
static bool read_host(struct str text, struct way_words *out)
{
	bool bracket = str_starts(text, STR("["));
	struct str rest = bracket ? str_skip(text, 1) : text, host = str_cut(&rest, bracket ? ']' : ':');
	uint64_t port = out->port;

	if (bracket && rest.at && rest.len > 0 && !str_starts(rest, STR(":")))
		return false;
	if (bracket && rest.at)
		rest = str_skip(rest, rest.len > 0);
	if (rest.at && rest.len > 0 && (!str_to_u64(rest, 65535, &port) || port == 0))
		return false;
	if (host.len == 0 || host.len >= HOST_ROOM)
		return false;
	memcpy(out->host, host.at, host.len);
	out->host[host.len] = '\0';
	out->port = (uint16_t)port;
	return true;
}

/* A word for ssh: it must not look like an option of it. */
static bool read_ssh(struct str text, struct way_words *out)
{
	if (text.len == 0 || text.len >= HOST_ROOM || text.at[0] == '-')
		return false;
	memcpy(out->host, text.at, text.len);
	out->host[text.len] = '\0';
	return true;
}

static bool read_way(const char *words, struct way_words *out)
{
	*out = (struct way_words){ .kind = WAY_STRAIGHT };
	if (!words)
		return true;
	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		struct str text = str_of(words), scheme = str_of(schemes[i].scheme);

		if (!str_starts_nocase(text, scheme))
			continue;
		*out = (struct way_words){
			.kind = schemes[i].kind,
			.tunnel = schemes[i].tunnel,
			.port = schemes[i].port,
		};
		text = str_skip(text, scheme.len);
		return out->kind == WAY_SSH ? read_ssh(text, out) : read_host(text, out);
	}
	return false;
}

bool drive_knows_via(const char *words)
{
	struct way_words way;

	return read_way(words, &way);
}

static enum status via_check(struct arena *arena, const char *words, struct way_words *out,
			     const char **why_out)
{
	if (read_way(words, out))
		return ST_OK;
	*why_out = arena_printf(
		arena, "--via: expected socks5://HOST[:PORT], http://HOST[:PORT] or ssh:HOST, not \"%.200s\"",
		words);
	return ST_USAGE;
}

static void enter(struct via *via)
{
	via->depth++;
}

static void leave(struct via *via)
{
	if (--via->depth == 0 && via->closed)
		free(via);
}

static void opened(struct via *via, enum step_error error, const char *text)
{
	via->open = error == STEP_ERROR_NONE;
	via->events.on_connect(via->events.context, error, text);
}

static void on_connect(void *context, enum step_error error, const char *text)
{
	struct via *via = context;

	enter(via);
	if (error != STEP_ERROR_NONE && via->way.kind != WAY_STRAIGHT)
		opened(via, STEP_ERROR_PROTOCOL, "the way by somebody else does not stand");
	else if (error != STEP_ERROR_NONE || via->way.kind != WAY_TUNNEL)
		opened(via, error, text);
	else
		tcp_send(via->tcp, tunnel_to_send(&via->tunnel));
	leave(via);
}

static void on_bytes(void *context, struct view bytes)
{
	struct via *via = context;

	enter(via);
	if (!via->open) {
		enum tunnel_state state = tunnel_feed(&via->tunnel, &bytes);

		tcp_send(via->tcp, tunnel_to_send(&via->tunnel));
		if (state != TUNNEL_BUSY)
			opened(via, via->tunnel.error, via->tunnel.why);
	}
	if (via->open && !via->closed && bytes.len > 0)
		via->events.on_bytes(via->events.context, bytes);
	leave(via);
}

static void on_end(void *context, enum step_error error, const char *text)
{
	struct via *via = context;

	enter(via);
	if (via->open)
		via->events.on_end(via->events.context, error, text);
	else if (via->tunnel.state == TUNNEL_BUSY)
		opened(via, STEP_ERROR_PROTOCOL, "the proxy hung up");
	leave(via);
}

static const struct tcp_events *mine(struct via *via, struct tcp_events *room)
{
	*room = (struct tcp_events){
		.context = via,
		.on_connect = on_connect,
		.on_bytes = on_bytes,
		.on_end = on_end,
	};
	return room;
}

struct finding_address {
	struct drive *drive;
	bool answered;
};

static void on_answer(void *context, const struct dns_facts *facts)
{
	struct finding_address *finding = context;

	finding->answered = true;
	for (size_t i = 0; i < facts->n_records && !finding->drive->via_address; i++)
		if (facts->records[i].type == DNS_TYPE_A)
			finding->drive->via_address = facts->records[i].text;
	loop_stop(finding->drive->loop);
}

enum status via_prepare(struct drive *drive, const char **why_out)
{
	struct finding_address *finding = arena_alloc(drive->arena, sizeof *finding);
	struct way_words way;
	int family;

	if (!finding)
		return ST_NOMEM;
	if (via_check(drive->arena, drive->options.via, &way, why_out) != ST_OK)
		return ST_USAGE;
	if (way.kind != WAY_TUNNEL)
		return ST_OK;
	if (tcp_is_address(way.host, &family)) {
		drive->via_address = arena_strdup(drive->arena, way.host);
		return drive->via_address ? ST_OK : ST_NOMEM;
	}
	finding->drive = drive;
	questions_ask(drive->questions, way.host, DNS_TYPE_A, on_answer, finding);
	if (!finding->answered)
		run_wait(drive, run_until(drive, MOMENT_S(PROXY_NAME_S)));
	if (drive->via_address)
		return ST_OK;
	*why_out = arena_printf(drive->arena, "--via: the proxy's name \"%.200s\" has no address", way.host);
	return ST_USAGE;
}

static struct tcp *begin_tunnel(struct via *via)
{
	const struct tcp_target proxy = { .address = via->drive->via_address, .port = via->way.port };
	struct tcp_events room;

	tunnel_init(&via->tunnel, via->way.tunnel, via->target, via->to.port);
	return tcp_connect(via->drive->loop, &proxy, mine(via, &room));
}

/* The system's own ssh with the user's own set-up; it may ask for nothing. */
static struct tcp *begin_ssh(struct via *via)
{
	char end[HOST_ROOM + 16];
	const char *argv[ARGUMENTS] = { "ssh", "-o", "BatchMode=yes", "-W", end, "--", via->way.host };
	struct tcp_events room;

	snprintf(end, sizeof end, strchr(via->target, ':') ? "[%s]:%u" : "%s:%u", via->target,
		 (unsigned)via->to.port);
	return tcp_run(via->drive->loop, argv, mine(via, &room));
}

struct via *via_open(struct drive *drive, const struct tcp_target *target, const struct tcp_events *events)
{
	struct via *via = calloc(1, sizeof *via);
	struct tcp_events room;

	if (!via)
		return NULL;
	via->drive = drive;
	via->events = *events;
	via->to = *target;
	if (!read_way(drive->options.via, &via->way) || strlen(target->address) >= HOST_ROOM) {
		free(via);
		return NULL;
	}
	memcpy(via->target, target->address, strlen(target->address) + 1);
	if (via->way.kind == WAY_STRAIGHT)
		via->tcp = tcp_connect(drive->loop, target, mine(via, &room));
	else
		via->tcp = via->way.kind == WAY_SSH ? begin_ssh(via) : begin_tunnel(via);
	if (!via->tcp) {
		free(via);
		return NULL;
	}
	return via;
}

void via_send(struct via *via, struct view bytes)
{
	tcp_send(via->tcp, bytes);
}

void via_count(const struct via *via, struct flow_facts *out)
{
	*out = (struct flow_facts){ 0 };
	if (via->way.kind == WAY_STRAIGHT)
		tcp_count(via->tcp, out);
}

void via_close(struct via **at)
{
	struct via *via = *at;

	if (!via)
		return;
	*at = NULL;
	tcp_close(&via->tcp);
	via->closed = true;
	enter(via);
	leave(via);
}
