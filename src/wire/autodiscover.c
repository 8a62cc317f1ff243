/* This file reads the answers of Exchange's Autodiscover, and writes its question. */
#include "wire/autodiscover.h"

#include "account/quote.h"
#include "base/checked.h"
#include "base/names.h"

#include <jansson.h>

#define RESPONSE "Autodiscover/Response"
#define ACCOUNT  RESPONSE "/Account"
#define PROTOCOL ACCOUNT "/Protocol"

static const struct name_row types[] = {
	{ PROTOCOL_IMAP, "IMAP" },
	{ PROTOCOL_POP3, "POP3" },
	{ PROTOCOL_SMTP, "SMTP" },
};

static const char *const exchange_types[] = { "EXCH", "EXPR", "EXHTTP", "MobileSync", "mapiHttp" };

struct reading {
	struct arena *arena;
	struct autodiscover *out;
	/* The protocol at hand. */
	struct config_server server;
	struct str host, port, encryption;
	bool is_known, is_ssl;
};

static void begin_protocol(struct reading *r, const char **attributes)
{
	struct str type = xml_attribute(attributes, "Type");

	r->server = (struct config_server){ .authentication = 0 };
	r->host = r->port = r->encryption = str_of("");
	r->is_known = false;
	r->is_ssl = true; /* [MS-OXDSCLI] 2.2.4.1.1.2.6.33: on unless told */
	for (size_t i = 0; i < COUNT_OF(exchange_types); i++)
		if (str_is(type, exchange_types[i]))
			r->out->is_exchange = true;
}

static void on_open(void *context, const struct xml_path *path, const char **attributes)
{
	struct reading *r = context;

	if (xml_path_is(path, RESPONSE))
		r->out->is_autodiscover = true;
	if (xml_path_is(path, PROTOCOL))
		begin_protocol(r, attributes);
}

static void read_type(struct reading *r, struct str text)
{
	int type;

	r->is_known = name_find(types, COUNT_OF(types), text, &type);
	if (r->is_known)
		r->server.endpoint.protocol = (enum protocol)type;
	for (size_t i = 0; i < COUNT_OF(exchange_types); i++)
		if (str_is(text, exchange_types[i]))
			r->out->is_exchange = true;
}

static void read_field(struct reading *r, struct str name, struct str text)
{
	if (str_is(name, "Type")) {
		read_type(r, text);
	} else if (str_is(name, "Server")) {
		r->host = arena_str(r->arena, text);
	} else if (str_is(name, "Port")) {
		r->port = arena_str(r->arena, text);
	} else if (str_is(name, "SSL")) {
		r->is_ssl = !str_is_nocase(text, "off");
	} else if (str_is(name, "Encryption")) {
		r->encryption = arena_str(r->arena, text);
	} else if (str_is(name, "LoginName")) {
		if (text.len && !quote_has_control(text))
			r->server.user_name = arena_text(r->arena, text);
	} else if (str_is(name, "SPA")) {
		r->server.authentication |=
			str_is_nocase(text, "on") ? AUTHENTICATION_NTLM : AUTHENTICATION_PASSWORD;
	}
}

/* The element Encryption is newer and decides where it stands. "SSL on" at a
 * port that begins in plain text means STARTTLS to every client. */
static enum security security_of(const struct reading *r)
{
	enum protocol protocol = r->server.endpoint.protocol;
	uint64_t port = 0;
	bool begins_plain;

	if (str_is_nocase(r->encryption, "None"))
		return SECURITY_NONE;
	if (str_is_nocase(r->encryption, "TLS"))
		return SECURITY_STARTTLS;
	if (r->encryption.len == 0 && !r->is_ssl)
		return SECURITY_NONE;
	begins_plain = str_to_u64(r->port, UINT16_MAX, &port) &&
		       (port == endpoint_default_port(protocol, SECURITY_STARTTLS) || port == 25);
	return begins_plain && !str_is_nocase(r->encryption, "SSL") ? SECURITY_STARTTLS : SECURITY_TLS;
}

static void end_protocol(struct reading *r)
{
	if (!r->is_known)
		return;
	r->server.endpoint.security = security_of(r);
	if (r->host.len && config_server_set(r->arena, &r->server, r->host, r->port))
		config_servers_add(&r->out->servers, &r->server);
	else
		r->out->servers.ignored++;
}

static void keep(struct reading *r, const char **where, struct str text)
{
	if (!*where && text.len && !quote_has_control(text))
		*where = arena_text(r->arena, text);
}

static void on_close(void *context, const struct xml_path *path, struct str text)
{
	struct reading *r = context;
	struct xml_path parent = *path;

	parent.depth--;
	if (xml_path_is(path, PROTOCOL))
		end_protocol(r);
	else if (xml_path_is(path, ACCOUNT "/RedirectAddr"))
		keep(r, &r->out->redirect_address, text);
	else if (xml_path_is(path, ACCOUNT "/RedirectUrl"))
		keep(r, &r->out->redirect_url, text);
	else if (xml_path_is(path, RESPONSE "/Error/ErrorCode"))
		keep(r, &r->out->error_code, text);
	else if (xml_path_is(&parent, PROTOCOL))
		read_field(r, str_of(path->names[path->depth - 1]), text);
}

enum status autodiscover_read(struct arena *arena, struct view document, struct autodiscover *out)
{
	struct reading r = { .arena = arena, .out = out };
	const struct xml_visitor visitor = { .context = &r, .open = on_open, .close = on_close };

	*out = (struct autodiscover){ .is_autodiscover = false };
	out->outcome = xml_walk(document, &visitor);
	if (arena_failed(arena) || out->outcome == XML_OUTCOME_NOMEM)
		return ST_NOMEM;
	if (out->outcome != XML_OUTCOME_FINE)
		*out = (struct autodiscover){ .outcome = out->outcome };
	config_servers_rank(&out->servers);
	return ST_OK;
}

static bool needs_escape(char c)
{
	return c == '<' || c == '>' || c == '&' || c == '"' || c == '\'';
}

const char *autodiscover_request(struct arena *arena, const char *address)
{
	/* A quoted local part may hold what XML takes for its own. */
	for (const char *c = address; *c; c++)
		if (needs_escape(*c))
			return NULL;
	return arena_printf(
		arena,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
		"<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/"
		"requestschema/2006\"><Request><EMailAddress>%s</EMailAddress>"
		"<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/"
		"responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>\r\n",
		address);
}

/* jansson goes down by recursion: what is deep is not given to it. */
static bool is_shallow(struct view document)
{
	size_t depth = 0;
	bool in_text = false;

	for (size_t i = 0; i < document.len; i++) {
		uint8_t c = document.at[i];

		if (in_text && c == '\\')
			i++;
		else if (c == '"')
			in_text = !in_text;
		else if (!in_text && (c == '{' || c == '['))
			depth++;
		else if (!in_text && (c == '}' || c == ']') && depth)
			depth--;
		if (depth > AUTODISCOVER_JSON_DEPTH_MAX)
			return false;
	}
	return true;
}

static const char *member(struct arena *arena, const json_t *object, const char *name)
{
	struct str text = str_of(json_string_value(json_object_get(object, name)));

	return text.len && !quote_has_control(text) ? arena_text(arena, text) : NULL;
}

enum status autodiscover_read_place(struct arena *arena, struct view document, struct autodiscover_place *out)
{
	json_t *root;

	*out = (struct autodiscover_place){ .url = NULL };
	if (document.len == 0 || document.len > AUTODISCOVER_JSON_MAX || !is_shallow(document))
		return ST_OK;
	root = json_loadb((const char *)document.at, document.len, JSON_REJECT_DUPLICATES, NULL);
	out->protocol = member(arena, root, "Protocol");
	out->url = member(arena, root, "Url");
	out->error = member(arena, root, "ErrorCode");
	json_decref(root);
	return arena_failed(arena) ? ST_NOMEM : ST_OK;
}
