/* This file fills the autoconfig form in. */
#include "lab/autoconfig.h"

static const char *const socket_types[] = {
	[SECURITY_TLS] = "SSL",
	[SECURITY_STARTTLS] = "STARTTLS",
	[SECURITY_NONE] = "plain",
};

static const char *server(struct arena *arena, const struct zone_setup *setup, enum form form, uint16_t port)
{
	const char *way = form_protocol(form) == PROTOCOL_SMTP ? "outgoing" : "incoming";

	if (!port)
		return "";
	return arena_printf(arena,
			    "    <%sServer type=\"%s\">\n"
			    "      <hostname>mail.%s</hostname>\n"
			    "      <port>%u</port>\n"
			    "      <socketType>%s</socketType>\n"
			    "      <username>%%EMAILADDRESS%%</username>\n"
			    "      <authentication>password-cleartext</authentication>\n"
			    "    </%sServer>\n",
			    way, protocol_name(form_protocol(form)), setup->domain, port,
			    socket_types[form_security(form)], way);
}

const char *autoconfig_document(struct arena *arena, const struct zone_setup *setup)
{
	const char *incoming = server(arena, setup, setup->incoming, setup->incoming_port);
	const char *outgoing = server(arena, setup, setup->outgoing, setup->outgoing_port);

	if (!incoming || !outgoing)
		return NULL;
	return arena_printf(arena,
			    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<clientConfig version=\"1.1\">\n"
			    "  <emailProvider id=\"%s\">\n"
			    "    <domain>%s</domain>\n"
			    "    <displayName>Practice Mail</displayName>\n"
			    "%s%s"
			    "  </emailProvider>\n"
			    "</clientConfig>\n",
			    setup->domain, setup->domain, incoming, outgoing);
}
