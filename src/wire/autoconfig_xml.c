/* This file reads the configuration document of the ISPDB's format. */
#include "wire/autoconfig_xml.h"

#include "account/fill_in.h"
#include "base/checked.h"
#include "base/names.h"

#define PROVIDER "clientConfig/emailProvider"

static const struct name_row types[] = {
	{ PROTOCOL_IMAP, "imap" },
	{ PROTOCOL_POP3, "pop3" },
	{ PROTOCOL_SMTP, "smtp" },
};

static const struct name_row sockets[] = {
	{ SECURITY_TLS, "SSL" },
	{ SECURITY_STARTTLS, "STARTTLS" },
	{ SECURITY_NONE, "plain" },
};

/* "plain" and "secure" are the words of the first versions. */
static const struct name_row authentications[] = {
	{ AUTHENTICATION_PASSWORD, "password-cleartext" },
	{ AUTHENTICATION_PASSWORD, "plain" },
	{ AUTHENTICATION_PASSWORD_ENCRYPTED, "password-encrypted" },
	{ AUTHENTICATION_PASSWORD_ENCRYPTED, "secure" },
	{ AUTHENTICATION_NTLM, "NTLM" },
	{ AUTHENTICATION_OAUTH2, "OAuth2" },
	{ AUTHENTICATION_NONE, "none" },
	{ AUTHENTICATION_NONE, "client-IP-address" },
};

struct reading {
	struct arena *arena;
	const struct address *address;
	struct autoconfig *out;
	unsigned n_providers;
	/* The server at hand. */
	struct config_server server;
	struct str host, port;
	bool is_known, has_socket;
};

static bool is_server(const struct xml_path *path)
{
	return xml_path_is(path, PROVIDER "/incomingServer") || xml_path_is(path, PROVIDER "/outgoingServer");
}

static void on_open(void *context, const struct xml_path *path, const char **attributes)
{
	struct reading *r = context;
	int type = PROTOCOL_IMAP;

	if (xml_path_is(path, PROVIDER)) {
		r->out->is_autoconfig = true;
		r->n_providers++;
	}
	if (!is_server(path))
		return;
	r->server = (struct config_server){ .authentication = 0 };
	r->host = r->port = str_of("");
	r->has_socket = false;
	r->is_known = name_find(types, COUNT_OF(types), xml_attribute(attributes, "type"), &type) &&
		      (type == PROTOCOL_SMTP) == xml_path_is(path, PROVIDER "/outgoingServer");
	r->server.endpoint.protocol = (enum protocol)type;
}

static void read_field(struct reading *r, struct str name, struct str text)
{
	int value;

	if (str_is(name, "hostname")) {
		const char *host = fill_in_address(r->arena, text, r->address);

		r->host = str_of(host);
	} else if (str_is(name, "port")) {
		r->port = arena_str(r->arena, text);
	} else if (str_is(name, "socketType")) {
		r->has_socket = name_find(sockets, COUNT_OF(sockets), text, &value);
		if (r->has_socket)
			r->server.endpoint.security = (enum security)value;
	} else if (str_is(name, "username")) {
		r->server.user_name = fill_in_address(r->arena, text, r->address);
	} else if (str_is(name, "authentication")) {
		if (name_find(authentications, COUNT_OF(authentications), text, &value))
			r->server.authentication |= (uint32_t)value;
	}
}

static void end_server(struct reading *r)
{
	/* exchange, ews and other protocols are not ours and are no mistake. */
	if (!r->is_known)
		return;
	if (r->has_socket && r->host.len && config_server_set(r->arena, &r->server, r->host, r->port))
		config_servers_add(&r->out->servers, &r->server);
	else
		r->out->servers.ignored++;
}

static void on_close(void *context, const struct xml_path *path, struct str text)
{
	struct reading *r = context;
	struct xml_path parent;

	if (r->n_providers != 1)
		return;
	if (is_server(path)) {
		end_server(r);
		return;
	}
	if (xml_path_is(path, PROVIDER "/displayName") && !r->out->display_name && text.len)
		r->out->display_name = arena_text(r->arena, text);
	if (path->depth != 4)
		return;
	parent = *path;
	parent.depth--;
	if (is_server(&parent))
		read_field(r, str_of(path->names[3]), text);
}

enum status autoconfig_xml_read(struct arena *arena, struct view document, const struct address *address,
				struct autoconfig *out)
{
	struct reading r = { .arena = arena, .address = address, .out = out };
	const struct xml_visitor visitor = { .context = &r, .open = on_open, .close = on_close };

	*out = (struct autoconfig){ .is_autoconfig = false };
	out->outcome = xml_walk(document, &visitor);
	if (arena_failed(arena) || out->outcome == XML_OUTCOME_NOMEM)
		return ST_NOMEM;
	/* Half a document may lack what matters: it counts for nothing. */
	if (out->outcome != XML_OUTCOME_FINE)
		*out = (struct autoconfig){ .outcome = out->outcome };
	config_servers_rank(&out->servers);
	return ST_OK;
}
