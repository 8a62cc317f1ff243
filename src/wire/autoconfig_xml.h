/* This file reads the configuration document of the ISPDB's format, version 1.1
 * (draft-ietf-mailmaint-autoconfig): where a domain's mail servers are. */
#ifndef POSTMEND_WIRE_AUTOCONFIG_XML_H
#define POSTMEND_WIRE_AUTOCONFIG_XML_H

#include "account/address.h"
#include "base/arena.h"
#include "wire/config_server.h"
#include "wire/xml_walk.h"

struct autoconfig {
	enum xml_outcome outcome;
	bool is_autoconfig;       /* it has a clientConfig with an emailProvider */
	const char *display_name; /* hostile; NULL when none */
	/* In the order of the document, but plain-text ones last. */
	struct config_servers servers;
};

/* ST_OK whatever the document is; ST_NOMEM. Of several emailProviders the first counts. */
[[nodiscard]] enum status autoconfig_xml_read(struct arena *arena, struct view document,
					      const struct address *address, struct autoconfig *out);

#endif
