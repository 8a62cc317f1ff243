/* This file writes down where the doors are. */
#include "lab/ready.h"

#include <jansson.h>
#include <stdlib.h>

/* A plant in the words of a client. */
struct words {
	const char *name, *url, *host, *control, *user;
	uint16_t port;
	const struct site *site;       /* whose resolver and HTTPS port a client needs; or NULL */
	const struct site *control_of; /* the same for the control */
};

static const char *address_of(const struct world *world)
{
	return arena_printf(world->arena, "%s@%s", world->user, world->domain);
}

static void door_words(const struct world *world, const struct plant *plant, struct words *out)
{
	enum form form = plant->planned->form;
	const struct door *door = plant->door;
	const char *host = world_host(NULL, world->arena);

	if (!door)
		door = form_protocol(form) == PROTOCOL_SMTP ? plant->site->outgoing : plant->site->incoming;
	out->host = world->address;
	out->port = door_port(door);
	out->url = world_url(world->arena, form, host, out->port, world->address);
	out->control = world_url(world->arena, form, host, door_port(world->controls[form]), world->address);
	if (!plant->door) {
		out->site = plant->site;
		out->control_of = world->healthy;
	}
}

static void site_words(const struct world *world, const struct plant *plant, struct words *out)
{
	const struct site *site = plant->site;

	out->site = site;
	out->control_of = world->healthy;
	if (plant->planned->fault->needs == NEEDS_ADDRESS) {
		out->control = address_of(world);
		return;
	}
	out->host = world_host(site, world->arena);
	out->port = door_port(site->incoming);
	out->url = world_url(world->arena, site->setup.incoming, out->host, out->port, NULL);
	out->control = world_url(world->arena, FORM_IMAPS, world_host(world->healthy, world->arena),
				 door_port(world->healthy->incoming), NULL);
}

static struct words words_of(const struct world *world, const struct plant *plant)
{
	const struct fault *fault = plant->planned->fault;
	struct words words = { .user = fault->user ? fault->user : world->user };

	words.name = fault->variant ? arena_printf(world->arena, "%s/%s", fault->slug, fault->variant)
				    : fault->slug;
	if (plant->planned->form == FORM_DNS)
		site_words(world, plant, &words);
	else
		door_words(world, plant, &words);
	return words;
}

static const char *resolver_of(const struct world *world, const struct site *site)
{
	bool six = str_find_char(str_of(world->address), ':') != SIZE_MAX;

	return arena_printf(world->arena, six ? "[%s]:%u" : "%s:%u", world->address,
			    dns_server_port(site->dns));
}

static const struct site *shown_site(const struct world *world)
{
	return world->mailbox ? world->mailbox : world->healthy;
}

static json_t *fault_json(const struct world *world, const struct plant *plant)
{
	const struct fault *fault = plant->planned->fault;
	struct words words = words_of(world, plant);
	json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*, s:s, s:s}", "fault", words.name,
				   "expect", fault->slug, "needs", needs_name(fault->needs), "door",
				   form_name(plant->planned->form), "url", words.url, "host", words.host,
				   "control", words.control, "user", words.user);

	if (object && !world_plant_works(plant))
		json_object_set_new(object, "works", json_false());
	if (object && words.port)
		json_object_set_new(object, "port", json_integer(words.port));
	if (object && words.site) {
		json_object_set_new(object, "address", json_string(address_of(world)));
		json_object_set_new(object, "resolver", json_string(resolver_of(world, words.site)));
		json_object_set_new(object, "https_port", json_integer(door_port(words.site->https)));
		json_object_set_new(object, "control_resolver",
				    json_string(resolver_of(world, words.control_of)));
		json_object_set_new(object, "control_https_port",
				    json_integer(door_port(words.control_of->https)));
	}
	return object;
}

static json_t *controls_json(const struct world *world)
{
	json_t *object = json_object();

	for (enum form form = 0; form < FORM_COUNT; form++) {
		const char *url;

		if (!world->controls[form])
			continue;
		url = world_url(world->arena, form, world_host(NULL, world->arena),
				door_port(world->controls[form]), world->address);
		json_object_set_new(object, form_name(form), json_string(url ? url : ""));
	}
	return object;
}

static json_t *servers_json(const struct world *world)
{
	const struct site *site = shown_site(world);
	const char *host = world_host(NULL, world->arena);

	return json_pack("[s, s]",
			 world_url(world->arena, site->setup.incoming, host, door_port(site->incoming),
				   world->address),
			 world_url(world->arena, site->setup.outgoing, host, door_port(site->outgoing),
				   world->address));
}

bool ready_json(const struct world *world, struct buf *out)
{
	const struct site *site = shown_site(world);
	json_t *faults = json_array(), *root;
	char *text;

	for (size_t i = 0; i < world->n_plants; i++)
		json_array_append_new(faults, fault_json(world, &world->plants[i]));
	root = json_pack("{s:o, s:o, s:o, s:s*, s:s, s:i, s:s, s:s, s:s, s:s}", "faults", faults, "controls",
			 controls_json(world), "servers", servers_json(world), "ca_file",
			 world->options->ca_file, "resolver", resolver_of(world, site), "https_port",
			 (int)door_port(site->https), "address", address_of(world), "user", world->user,
			 "host", world->address, "name", world_host(NULL, world->arena));
	text = root ? json_dumps(root, JSON_COMPACT) : NULL;
	json_decref(root);
	if (!text)
		return false;
	buf_add_text(out, text);
	buf_add_byte(out, '\n');
	free(text);
	return !buf_failed(out) && !arena_failed(world->arena);
}

static void add_plant_text(const struct world *world, const struct plant *plant, struct buf *out)
{
	struct words words = words_of(world, plant);

	buf_printf(out, "\n%s: %s\n", words.name, plant->planned->fault->summary);
	if (!world_plant_works(plant))
		buf_add_text(out, "  (not on this system: it lets no door stay silent)\n");
	buf_printf(out, "  fault    %s", words.url ? words.url : address_of(world));
	if (words.site)
		buf_printf(out, " --resolver %s", resolver_of(world, words.site));
	if (words.site && !words.url)
		buf_printf(out, " --https-port %u", door_port(words.site->https));
	buf_printf(out, "\n  control  %s", words.control);
	if (words.control_of && !plant->door)
		buf_printf(out, " --resolver %s", resolver_of(world, words.control_of));
	buf_add_text(out, "\n");
}

bool ready_text(const struct world *world, struct buf *out)
{
	const struct site *site = shown_site(world);
	const char *host = world_host(NULL, world->arena);

	buf_printf(out, "Practice servers on %s; log in as %s; Ctrl-C ends them.\n", world->address,
		   world->user);
	if (world->options->ca_file)
		buf_printf(out, "Trust the certificates in %s.\n", world->options->ca_file);
	buf_printf(out, "The %s mailbox: postmend %s --resolver %s --https-port %u%s%s\n",
		   world->mailbox ? "practice" : "healthy", address_of(world), resolver_of(world, site),
		   door_port(site->https), world->options->ca_file ? " --ca-file " : "",
		   world->options->ca_file ? world->options->ca_file : "");
	for (size_t i = 0; i < world->n_plants; i++)
		add_plant_text(world, &world->plants[i], out);
	for (enum form form = 0; world->plan.controls && form < FORM_COUNT; form++)
		buf_printf(out, "  healthy  %s\n",
			   world_url(world->arena, form, host, door_port(world->controls[form]),
				     world->address));
	return !buf_failed(out) && !arena_failed(world->arena);
}
