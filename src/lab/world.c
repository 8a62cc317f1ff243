/* This file opens and closes sites, controls and plants. */
#include "lab/world.h"

#include "base/checked.h"
#include "lab/autoconfig.h"

#include <string.h>

static const struct behaviour healthy;

enum { CLOCK_OFF_SECONDS = 5 * 86400 };

static enum speaks speaks_of(enum form form)
{
	static const enum speaks speaks[] = {
		[PROTOCOL_IMAP] = SPEAKS_IMAP,
		[PROTOCOL_POP3] = SPEAKS_POP3,
		[PROTOCOL_SMTP] = SPEAKS_SMTP,
	};

	return speaks[form_protocol(form)];
}

static enum status open_setup(struct world *world, struct door_setup *setup, struct door **out)
{
	enum status status;
	const char *why;

	setup->pki = world->pki;
	setup->port = world->next_port;
	if (!setup->address)
		setup->address = world->address;
	status = door_open(world->loop, setup, out, &why);
	if (status != ST_OK)
		world->why = arena_printf(world->arena, "cannot open a door on %s port %u: %s",
					  setup->address, setup->port, why);
	if (world->next_port)
		world->next_port++;
	return status;
}

static enum status open_form(struct world *world, enum form form, const struct behaviour *behaviour,
			     const struct practice *practice, struct door **out)
{
	struct door_setup setup = {
		.behaviour = behaviour,
		.protocol = speaks_of(form),
		.tls = form_security(form) == SECURITY_TLS,
		.plain_login = form_security(form) == SECURITY_NONE,
		.practice = practice,
	};

	return open_setup(world, &setup, out);
}

static enum status open_https(struct world *world, struct site *site)
{
	struct door_setup setup = {
		.behaviour = &healthy, .protocol = SPEAKS_HTTP, .tls = true, .practice = &site->practice
	};

	return open_setup(world, &setup, &site->https);
}

/* The same port on ::1, where nobody answers. A system without IPv6, or a lab on
 * ::1 itself, cannot show that: the fault is then told as one that does not work. */
static void open_silent_ipv6(struct world *world, struct site *site)
{
	static const struct behaviour full = { .door = DOOR_FULL };
	struct door_setup setup = { .behaviour = &full,
				    .protocol = SPEAKS_IMAP,
				    .practice = &site->practice,
				    .pki = world->pki,
				    .address = "::1",
				    .port = door_port(site->incoming) };
	const char *why;

	site->ipv6_works = door_open(world->loop, &setup, &site->silent_ipv6, &why) == ST_OK;
}

static enum status open_dns(struct world *world, struct site *site)
{
	enum status status;

	site->setup.incoming_port = door_port(site->incoming);
	site->setup.outgoing_port = door_port(site->outgoing);
	zone_init(&site->zone, &site->setup);
	site->practice.document = autoconfig_document(world->arena, &site->setup);
	if (!site->practice.document)
		return ST_NOMEM;
	/* The port of UDP may be somebody's over TCP: the system's next choice is another. */
	for (int tries = 0;; tries++) {
		status = dns_server_open(world->loop, &site->zone, world->address, world->next_port,
					 &site->dns);
		if (status != ST_IO || world->next_port || tries == 4)
			break;
		dns_server_close(site->dns);
		uv_run(world->loop, UV_RUN_NOWAIT);
		dns_server_drop(&site->dns);
	}
	if (status != ST_OK)
		world->why = arena_printf(world->arena, "cannot open a DNS server on %s port %u",
					  world->address, world->next_port);
	if (world->next_port)
		world->next_port++;
	return status;
}

/* setup: manner, forms. A NULL behaviour is healthy. */
static enum status open_site(struct world *world, const struct zone_setup *setup,
			     const struct behaviour *incoming, const struct behaviour *outgoing,
			     struct site **out)
{
	struct site *site = arena_alloc(world->arena, sizeof(*site));
	enum status status;

	*out = site;
	if (!site)
		return ST_NOMEM;
	site->setup = *setup;
	site->setup.domain = world->domain;
	site->setup.address = world->address;
	site->practice = world->practice;
	status = open_form(world, setup->incoming, incoming ? incoming : &healthy, &site->practice,
			   &site->incoming);
	if (status == ST_OK)
		status = open_form(world, setup->outgoing, outgoing ? outgoing : &healthy, &site->practice,
				   &site->outgoing);
	if (status == ST_OK)
		status = open_https(world, site);
	if (status == ST_OK && setup->manner == ZONE_IPV6_SILENT)
		open_silent_ipv6(world, site);
	return status == ST_OK ? open_dns(world, site) : status;
}

/* Where there is no IMAP there must be something else. */
static enum form incoming_of(enum zone_manner manner, enum form usual)
{
	return manner == ZONE_NOT_OFFERED && form_protocol(usual) == PROTOCOL_IMAP ? FORM_POP3S : usual;
}

static enum status open_mailbox(struct world *world)
{
	struct zone_setup setup = { .incoming = FORM_IMAPS, .outgoing = FORM_SMTP };
	const struct behaviour *incoming = NULL, *outgoing = NULL;

	for (size_t i = 0; i < world->plan.n; i++) {
		const struct planned *planned = &world->plan.rows[i];

		if (planned->form == FORM_DNS) {
			setup.manner = planned->fault->zone;
			if (!incoming) {
				setup.incoming = incoming_of(setup.manner, setup.incoming);
				incoming = &planned->fault->behaviour;
			}
		} else if (form_protocol(planned->form) == PROTOCOL_SMTP) {
			setup.outgoing = planned->form;
			outgoing = &planned->fault->behaviour;
		} else {
			setup.incoming = planned->form;
			incoming = &planned->fault->behaviour;
		}
	}
	return open_site(world, &setup, incoming, outgoing, &world->mailbox);
}

static enum status open_control(struct world *world, enum form form)
{
	if (world->controls[form])
		return ST_OK;
	return open_form(world, form, &healthy, &world->practice, &world->controls[form]);
}

static enum status open_plant(struct world *world, const struct planned *planned)
{
	struct plant *plant = &world->plants[world->n_plants++];
	const struct fault *fault = planned->fault;
	struct zone_setup setup = { .manner = fault->zone,
				    .incoming = incoming_of(fault->zone, FORM_IMAPS),
				    .outgoing = FORM_SMTP };
	enum status status = ST_OK;

	plant->planned = planned;
	if (planned->form != FORM_DNS)
		status = open_control(world, planned->form);
	if (status != ST_OK)
		return status;
	if (world->mailbox) {
		plant->site = world->mailbox;
		return ST_OK;
	}
	if (planned->form == FORM_DNS)
		return open_site(world, &setup, &fault->behaviour, NULL, &plant->site);
	return open_form(world, planned->form, &fault->behaviour, &world->practice, &plant->door);
}

enum status world_open(struct world *world, wall_time now)
{
	struct zone_setup setup = { .incoming = FORM_IMAPS, .outgoing = FORM_SMTP };
	enum status status;

	world->practice = (struct practice){
		.user = world->user, .password = world->password, .domain = world->domain, .now = now
	};
	world->pki = pki_new(world->domain, world->address, now);
	if (!world->pki)
		return ST_NOMEM;
	status = open_site(world, &setup, NULL, NULL, &world->healthy);
	if (status == ST_OK && world->options->mailbox)
		status = open_mailbox(world);
	for (size_t i = 0; status == ST_OK && i < world->plan.n; i++)
		status = open_plant(world, &world->plan.rows[i]);
	for (enum form form = 0; status == ST_OK && world->plan.controls && form < FORM_COUNT; form++)
		status = open_control(world, form);
	world_set_time(world, now);
	return status;
}

static bool site_is_ready(const struct site *site)
{
	return !site || (door_is_ready(site->incoming) && door_is_ready(site->outgoing) &&
			 (!site->ipv6_works || door_is_ready(site->silent_ipv6)));
}

static bool plant_is_ready(const struct plant *plant)
{
	return (!plant->door || door_is_ready(plant->door)) && site_is_ready(plant->site);
}

bool world_plant_works(const struct plant *plant)
{
	bool needs_ipv6 = plant->site && plant->site->setup.manner == ZONE_IPV6_SILENT;

	return plant_is_ready(plant) && (!needs_ipv6 || plant->site->ipv6_works);
}

bool world_is_ready(const struct world *world)
{
	bool ready = site_is_ready(world->mailbox);

	for (size_t i = 0; ready && i < world->n_plants; i++)
		ready = plant_is_ready(&world->plants[i]);
	return ready;
}

static void set_site_time(struct site *site, wall_time now)
{
	if (site)
		site->practice.now = now + (site->setup.manner == ZONE_CLOCK_WRONG ? CLOCK_OFF_SECONDS : 0);
}

void world_set_time(struct world *world, wall_time now)
{
	set_site_time(world->healthy, now);
	set_site_time(world->mailbox, now);
	for (size_t i = 0; i < world->n_plants; i++)
		set_site_time(world->plants[i].site, now);
}

static void close_site(struct site *site)
{
	if (!site)
		return;
	door_close(site->incoming);
	door_close(site->outgoing);
	door_close(site->https);
	door_close(site->silent_ipv6);
	dns_server_close(site->dns);
}

void world_close(struct world *world)
{
	close_site(world->healthy);
	close_site(world->mailbox);
	for (size_t i = 0; i < world->n_plants; i++) {
		door_close(world->plants[i].door);
		close_site(world->plants[i].site);
	}
	for (enum form form = 0; form < FORM_COUNT; form++)
		door_close(world->controls[form]);
}

static void drop_site(struct site *site)
{
	if (!site)
		return;
	door_drop(&site->incoming);
	door_drop(&site->outgoing);
	door_drop(&site->https);
	door_drop(&site->silent_ipv6);
	dns_server_drop(&site->dns);
}

void world_drop(struct world *world)
{
	drop_site(world->healthy);
	drop_site(world->mailbox);
	for (size_t i = 0; i < world->n_plants; i++) {
		door_drop(&world->plants[i].door);
		if (world->plants[i].site != world->mailbox)
			drop_site(world->plants[i].site);
	}
	for (enum form form = 0; form < FORM_COUNT; form++)
		door_drop(&world->controls[form]);
	pki_drop(&world->pki);
}

const char *world_url(struct arena *arena, enum form form, const char *host, uint16_t port,
		      const char *address)
{
	enum security security = form_security(form);
	const char *base = arena_printf(arena, "%s%s://%s:%u", protocol_name(form_protocol(form)),
					security == SECURITY_TLS ? "s" : "", host, port);
	const char *plain = security == SECURITY_NONE ? "security=none" : "";

	if (!base || (!*plain && !address))
		return base;
	return arena_printf(arena, "%s?%s%s%s%s", base, plain, *plain && address ? "&" : "",
			    address ? "address=" : "", address ? address : "");
}

const char *world_host(const struct site *site, struct arena *arena)
{
	if (site && site->setup.manner == ZONE_HOST_RETIRED)
		return "imap.cox.net";
	if (site && site->setup.manner == ZONE_PUBLIC_IS_PRIVATE)
		return "imap.gmail.com";
	return arena_printf(arena, "mail.%s", site ? site->setup.domain : "practice.example");
}
