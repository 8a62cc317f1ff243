/* This file carries questions to resolvers, by c-ares on the loop's polls. */
#include "os/dns.h"

#include "os/loop_uv.h"
#include "os/tcp.h"

#include <ares.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DNS_CLASS_IN = 1, DNS_TRIES = 2, DNS_TICK_MS = 50, RESOLVER_MAX = 128 };

/* One socket of c-ares and the poll that watches it. */
struct watch {
	uv_poll_t poll;
	struct dns *dns;
	ares_socket_t socket;
	struct watch *next;
};

struct dns {
	struct loop *loop;
	ares_channel channel;
	struct watch *watches;
	uv_timer_t *tick; /* c-ares has no timer of its own */
	size_t n_asked;   /* under way */
	unsigned n_resolvers;
	bool own_resolver, dropping;
};

struct question {
	struct dns *dns;
	dns_fn *on_answer;
	void *context;
};

static void free_handle(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct watch *watch = poll->data;
	bool read = status < 0 || (events & UV_READABLE), write = status < 0 || (events & UV_WRITABLE);

	/* A refused connection shows as an error here on one system and as
	 * writable on the other; c-ares finds out by trying. */
	ares_process_fd(watch->dns->channel, read ? watch->socket : ARES_SOCKET_BAD,
			write ? watch->socket : ARES_SOCKET_BAD);
}

static struct watch *watch_of(struct dns *dns, ares_socket_t socket)
{
	struct watch *watch = dns->watches;

	while (watch && watch->socket != socket)
		watch = watch->next;
	return watch;
}

static struct watch *watch_new(struct dns *dns, ares_socket_t socket)
{
	struct watch *watch = calloc(1, sizeof *watch);

	if (!watch)
		return NULL;
	if (uv_poll_init_socket(loop_uv(dns->loop), &watch->poll, socket) != 0) {
		free(watch);
		return NULL;
	}
	watch->poll.data = watch;
	watch->dns = dns;
	watch->socket = socket;
	watch->next = dns->watches;
	dns->watches = watch;
	return watch;
}

static void watch_drop(struct dns *dns, struct watch *watch)
{
	for (struct watch **at = &dns->watches; *at; at = &(*at)->next)
		if (*at == watch) {
			*at = watch->next;
			break;
		}
	uv_close((uv_handle_t *)&watch->poll, free_handle);
}

static void on_socket(void *context, ares_socket_t socket, int readable, int writable)
{
	struct dns *dns = context;
	struct watch *watch = watch_of(dns, socket);

	if (!readable && !writable) {
		if (watch)
			watch_drop(dns, watch);
		return;
	}
	if (!watch)
		watch = watch_new(dns, socket);
	/* Without a watch the question ends by its time. */
	if (watch)
		uv_poll_start(&watch->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
			      on_ready);
}

static void on_tick(uv_timer_t *tick)
{
	struct dns *dns = tick->data;

	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static bool is_port(const char *text)
{
	struct str port = str_of(text);
	uint64_t number;

	return str_to_u64(port, UINT16_MAX, &number) && number > 0;
}

/* Takes "HOST", "HOST:PORT", "[HOST]" or "[HOST]:PORT" apart; port is "" when
 * not given. `host` has room for all of it. */
static bool split(char *host, const char **port_out, int *family_out)
{
	char *end;

	*port_out = "";
	if (host[0] == '[') {
		memmove(host, host + 1, strlen(host));
		end = strchr(host, ']');
		if (!end || (end[1] != '\0' && end[1] != ':'))
			return false;
		*port_out = end[1] ? end + 2 : "";
		if (end[1] && !is_port(*port_out))
			return false;
		*end = '\0';
	} else if (!tcp_is_address(host, family_out) && (end = strrchr(host, ':')) != NULL) {
		*port_out = end + 1;
		*end = '\0';
		if (!is_port(*port_out) || strchr(host, ':'))
			return false;
	}
	return tcp_is_address(host, family_out);
}

static enum status set_resolver(struct dns *dns, const char *resolver, const char **why_out)
{
	char host[RESOLVER_MAX], whole[RESOLVER_MAX + 16];
	const char *port;
	int family;

	*why_out = "the resolver is no address: expected IP, IP:PORT or [IPv6]:PORT";
	if (snprintf(host, sizeof host, "%s", resolver) >= (int)sizeof host || !split(host, &port, &family))
		return ST_USAGE;
	/* The form that c-ares reads in one way only. */
	snprintf(whole, sizeof whole, family == 6 ? "[%.100s]:%.5s" : "%.100s:%.5s", host,
		 *port ? port : "53");
	return ares_set_servers_ports_csv(dns->channel, whole) == ARES_SUCCESS ? ST_OK : ST_USAGE;
}

static unsigned count_resolvers(const struct dns *dns)
{
	struct ares_addr_port_node *servers = NULL;
	unsigned n = 0;

	if (ares_get_servers_ports(dns->channel, &servers) == ARES_SUCCESS)
		for (struct ares_addr_port_node *server = servers; server; server = server->next)
			n++;
	ares_free_data(servers);
	return n ? n : 1;
}

/* c-ares asks each server in turn, then all again with twice the time. With one
 * resolver alone its answer is wanted whatever it says; of several, one that
 * could not find out is passed over for the next. */
static int open_channel(struct dns *dns, moment patience, unsigned n_resolvers)
{
	struct ares_options options = {
		.flags = n_resolvers == 1 ? ARES_FLAG_NOCHECKRESP : 0,
		.timeout = (int)(patience / 1000 / n_resolvers / 3),
		.tries = DNS_TRIES,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = dns,
	};

	if (options.timeout < 100)
		options.timeout = 100;
	return ares_init_options(&dns->channel, &options,
				 ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
					 ARES_OPT_SOCK_STATE_CB);
}

static enum status start(struct dns *dns, const char *resolver, moment patience, const char **why_out)
{
	static const char unreadable[] = "the system's resolver settings cannot be read";

	dns->n_resolvers = 1;
	*why_out = unreadable;
	if (open_channel(dns, patience, 1) != ARES_SUCCESS)
		return ST_IO;
	if (resolver)
		return set_resolver(dns, resolver, why_out);
	dns->n_resolvers = count_resolvers(dns);
	if (dns->n_resolvers == 1)
		return ST_OK;
	ares_destroy(dns->channel);
	dns->channel = NULL;
	return open_channel(dns, patience, dns->n_resolvers) == ARES_SUCCESS ? ST_OK : ST_IO;
}

enum status dns_new(struct loop *loop, const char *resolver, moment patience, struct dns **out,
		    const char **why_out)
{
	struct dns *dns = calloc(1, sizeof *dns);
	enum status status;

	*out = NULL;
	*why_out = "memory ended";
	if (!dns || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		free(dns);
		return ST_NOMEM;
	}
	dns->loop = loop;
	dns->own_resolver = resolver != NULL;
	dns->tick = calloc(1, sizeof *dns->tick);
	status = dns->tick ? start(dns, resolver, patience, why_out) : ST_NOMEM;
	if (status != ST_OK) {
		if (dns->channel)
			ares_destroy(dns->channel);
		free(dns->tick);
		free(dns);
		ares_library_cleanup();
		return status;
	}
	uv_timer_init(loop_uv(loop), dns->tick);
	dns->tick->data = dns;
	*out = dns;
	return ST_OK;
}

static void on_tick_closed(uv_handle_t *handle)
{
	free(handle);
}

void dns_drop(struct dns **dns)
{
	if (!*dns)
		return;
	(*dns)->dropping = true;
	ares_destroy((*dns)->channel);
	while ((*dns)->watches)
		watch_drop(*dns, (*dns)->watches);
	uv_close((uv_handle_t *)(*dns)->tick, on_tick_closed);
	free(*dns);
	*dns = NULL;
	ares_library_cleanup();
}

/* When all of several resolvers were passed over without one being silent,
 * c-ares says that it was refused a connection. */
static enum dns_outcome outcome_of(const struct dns *dns, int status, int n_timeouts)
{
	switch (status) {
	case ARES_ECONNREFUSED:
		return dns->n_resolvers > 1 && n_timeouts == 0 ? DNS_SERVFAIL : DNS_TIMEOUT;
	case ARES_ENODATA:
		return DNS_NO_DATA;
	case ARES_ENOTFOUND:
		return DNS_NO_NAME;
	case ARES_ESERVFAIL:
		return DNS_SERVFAIL;
	case ARES_EREFUSED:
	case ARES_ENOTIMP:
		return DNS_REFUSED;
	case ARES_EBADNAME:
	case ARES_EBADRESP:
	case ARES_EFORMERR:
		return DNS_MALFORMED;
	default: /* no answer, in one way or another: ETIMEOUT, ECONNREFUSED */
		return DNS_TIMEOUT;
	}
}

static void on_answer(void *context, int status, int n_timeouts, unsigned char *answer, int len)
{
	struct question *question = context;
	struct dns *dns = question->dns;
	struct view bytes = { 0 };

	if (--dns->n_asked == 0 && !dns->dropping)
		uv_timer_stop(dns->tick);
	if (answer && len > 0)
		bytes = view_of(answer, (size_t)len);
	if (!dns->dropping)
		question->on_answer(question->context,
				    bytes.len ? DNS_ANSWERED : outcome_of(dns, status, n_timeouts), bytes);
	free(question);
}

void dns_ask(struct dns *dns, const char *name, uint16_t type, dns_fn *on_answer_fn, void *context)
{
	struct question *question = calloc(1, sizeof *question);

	if (!question) {
		on_answer_fn(context, DNS_TIMEOUT, (struct view){ 0 });
		return;
	}
	*question = (struct question){ .dns = dns, .on_answer = on_answer_fn, .context = context };
	if (dns->n_asked++ == 0)
		uv_timer_start(dns->tick, on_tick, DNS_TICK_MS, DNS_TICK_MS);
	ares_query(dns->channel, name, DNS_CLASS_IN, type, on_answer, question);
}

static bool is_localhost(struct str name)
{
	/* RFC 6761 section 6.3. */
	return str_is_nocase(name, "localhost") || str_ends_nocase(name, STR(".localhost"));
}

bool dns_knows(const struct dns *dns, const char *name, int family, char address_out[DNS_ADDRESS_MAX])
{
	struct hostent *host = NULL;
	int af = family == 4 ? AF_INET : AF_INET6;
	bool found = false;

	if (is_localhost(str_of(name))) {
		snprintf(address_out, DNS_ADDRESS_MAX, "%s", family == 4 ? "127.0.0.1" : "::1");
		return true;
	}
	/* With a resolver of the user's own the answer is to be its answer. */
	if (dns->own_resolver || ares_gethostbyname_file(dns->channel, name, af, &host) != ARES_SUCCESS ||
	    !host)
		return false;
	if (host->h_addrtype == af && host->h_addr_list[0])
		found = uv_inet_ntop(af, host->h_addr_list[0], address_out, DNS_ADDRESS_MAX) == 0;
	ares_free_hostent(host);
	return found;
}
