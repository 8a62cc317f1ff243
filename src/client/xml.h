/* This file walks through XML that mail programs keep their settings in: .oeaccount files, property lists.
 *
 * Property lists have a DOCTYPE, so it is allowed here, but entities of its own
 * are not. Depth, elements and text are bounded.
 */
#ifndef POSTMEND_CLIENT_XML_H
#define POSTMEND_CLIENT_XML_H

#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>

enum {
	XML_BYTES_MAX = 4 << 20,
	XML_DEPTH_MAX = 32,
	XML_ELEMENTS_MAX = 65536,
	XML_TEXT_MAX = 4096,
	XML_NAME_MAX = 64
};

struct xml_reader {
	void *context;
	/* `depth` of the root is 1. `type` is the attribute of this name, or "". */
	void (*open)(void *context, const char *name, const char *type, unsigned depth);
	/* With the text that stood directly in it, cut at XML_TEXT_MAX. */
	void (*close)(void *context, const char *name, struct str text, unsigned depth);
};

/* NULL, or what is wrong: "it is no well-formed XML" …; what was read before counts. */
const char *xml_read(struct view document, const struct xml_reader *reader);

#endif
