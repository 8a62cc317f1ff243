/* This file opens everything that one run of the lab plays with.
 *
 * A site is one practice mailbox as its owner sees it: a DNS server that knows
 * the domain, an incoming and an outgoing server, autoconfig over HTTPS. There
 * is a healthy site always; a fault of the DNS or of discovery has a site of its
 * own; with --mailbox all faults are planted into one more.
 */
#ifndef POSTMEND_LAB_WORLD_H
#define POSTMEND_LAB_WORLD_H

#include "lab/dns_server.h"
#include "lab/door.h"
#include "lab/lab.h"
#include "lab/plan.h"

struct site {
	struct zone_setup setup;
	struct zone zone;
	struct practice practice;
	struct dns_server *dns;
	struct door *incoming, *outgoing, *https, *silent_ipv6;
	bool ipv6_works; /* the silent door could be opened */
};

struct plant {
	const struct planned *planned;
	struct door *door; /* of a fault with a door of its own, or NULL */
	struct site *site; /* its own, the mailbox, or NULL */
};

struct world {
	const struct lab_options *options;
	const char *address, *domain, *user, *password;
	struct arena *arena;
	uv_loop_t *loop;
	struct pki *pki;
	struct practice practice; /* of doors outside of sites */
	uint16_t next_port;       /* 0: the system chooses */
	struct door *controls[FORM_COUNT];
	struct site *healthy, *mailbox; /* mailbox NULL without --mailbox */
	struct plan plan;
	struct plant plants[PLAN_MAX];
	size_t n_plants;
	const char *why; /* a sentence when something failed */
};

/* `world` has options, arena, loop, plan and the practice words set. After a
 * failure world_close() is still due. */
[[nodiscard]] enum status world_open(struct world *world, wall_time now);
bool world_is_ready(const struct world *world);

/* False where this system cannot show the fault: it lets no door stay silent. */
bool world_plant_works(const struct plant *plant);

void world_set_time(struct world *world, wall_time now);
void world_close(struct world *world); /* then let the loop run out */
void world_drop(struct world *world);

/* imaps://mail.practice.example:1234?address=127.0.0.1; NULL when memory ended.
 * host NULL: the mail host; address NULL: the name must be resolved. */
[[nodiscard]] const char *world_url(struct arena *arena, enum form form, const char *host, uint16_t port,
				    const char *address);

/* The host that a client of this site is told to use. */
const char *world_host(const struct site *site, struct arena *arena);

#endif
