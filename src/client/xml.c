/* This file walks through XML that mail programs keep their settings in. */
#include "client/xml.h"

#include "base/arena.h"

#include <expat.h>
#include <string.h>

struct walk {
	XML_Parser parser;
	const struct xml_reader *reader;
	unsigned depth, n_elements;
	bool is_limit, is_entity;
	size_t len;
	char text[XML_TEXT_MAX];
};

static void stop(struct walk *walk, bool *why)
{
	*why = true;
	XML_StopParser(walk->parser, XML_FALSE);
}

static void on_open(void *data, const char *name, const char **attributes)
{
	struct walk *walk = data;
	const char *type = "";

	if (++walk->n_elements > XML_ELEMENTS_MAX || ++walk->depth > XML_DEPTH_MAX) {
		stop(walk, &walk->is_limit);
		return;
	}
	for (; *attributes; attributes += 2)
		if (strcmp(attributes[0], "type") == 0)
			type = attributes[1];
	walk->len = 0;
	walk->reader->open(walk->reader->context, name, type, walk->depth);
}

static void on_close(void *data, const char *name)
{
	struct walk *walk = data;
	struct str text = { .at = walk->text, .len = walk->len };

	walk->reader->close(walk->reader->context, name, str_trim(text), walk->depth);
	walk->depth--;
	walk->len = 0;
}

static void on_text(void *data, const char *text, int len)
{
	struct walk *walk = data;
	size_t n = (size_t)len, room = sizeof walk->text - walk->len;

	n = n < room ? n : room;
	memcpy(walk->text + walk->len, text, n);
	walk->len += n;
}

/* Declarations stand between the brackets of a DOCTYPE; property lists have none. */
static void on_doctype(void *data, const char *name, const char *system, const char *public,
		       int has_declarations)
{
	struct walk *walk = data;

	(void)name, (void)system, (void)public;
	if (has_declarations)
		stop(walk, &walk->is_entity);
}

const char *xml_read(struct view document, const struct xml_reader *reader)
{
	struct walk walk = { .parser = XML_ParserCreate(NULL), .reader = reader };
	enum XML_Status status;

	if (!walk.parser)
		return "memory ended";
	if (document.len > XML_BYTES_MAX) {
		XML_ParserFree(walk.parser);
		return "it is too long";
	}
	XML_SetUserData(walk.parser, &walk);
	XML_SetElementHandler(walk.parser, on_open, on_close);
	XML_SetCharacterDataHandler(walk.parser, on_text);
	XML_SetStartDoctypeDeclHandler(walk.parser, on_doctype);
	status = XML_Parse(walk.parser, (const char *)document.at, (int)document.len, XML_TRUE);
	XML_ParserFree(walk.parser);
	if (walk.is_entity)
		return "it declares entities of its own";
	if (walk.is_limit)
		return "it is too deep or too long";
	return status == XML_STATUS_OK ? NULL : "it is no well-formed XML";
}
