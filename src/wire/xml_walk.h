/* This file walks through a small XML document of a stranger.
 *
 * Documents with a DOCTYPE are refused, so there are no entities of their own.
 * Depth, elements and text are bounded, and the input too: what expat keeps is
 * a small multiple of it. Name-space prefixes are dropped.
 */
#ifndef POSTMEND_WIRE_XML_WALK_H
#define POSTMEND_WIRE_XML_WALK_H

#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	XML_WALK_BYTES_MAX = 256 * 1024,
	XML_WALK_DEPTH_MAX = 16,
	XML_WALK_ELEMENTS_MAX = 4096,
	XML_WALK_TEXT_MAX = 2048, /* of one element; longer text is given as none */
	XML_WALK_NAME_MAX = 32,   /* longer names are kept as "" and match nothing */
};

enum xml_outcome {
	XML_OUTCOME_FINE,
	XML_OUTCOME_MALFORMED, /* not well-formed XML */
	XML_OUTCOME_FORBIDDEN, /* a DOCTYPE */
	XML_OUTCOME_LIMIT,     /* one of the bounds above */
	XML_OUTCOME_NOMEM,
};

struct xml_path {
	char names[XML_WALK_DEPTH_MAX][XML_WALK_NAME_MAX];
	size_t depth; /* of the element at hand, the root has 1 */
};

struct xml_visitor {
	void *context;
	/* At an element's start; attributes as pairs that end with NULL. May be NULL. */
	void (*open)(void *context, const struct xml_path *path, const char **attributes);
	/* At its end, with the text that stood directly in it, trimmed. */
	void (*close)(void *context, const struct xml_path *path, struct str text);
};

enum xml_outcome xml_walk(struct view document, const struct xml_visitor *visitor);

/* True when the path is exactly these names: "Autodiscover/Response/Account". */
bool xml_path_is(const struct xml_path *path, const char *names);

/* The value of an attribute, or "". */
struct str xml_attribute(const char **attributes, const char *name);

/* "not well-formed XML" …; for people. */
const char *xml_outcome_text(enum xml_outcome outcome);

#endif
