/* This file walks through a small XML document of a stranger. */
#include "wire/xml_walk.h"

#include "base/checked.h"
#include "base/names.h"

#include <expat.h>
#include <string.h>

static const struct name_row outcome_texts[] = {
	{ XML_OUTCOME_FINE, "fine" },
	{ XML_OUTCOME_MALFORMED, "not well-formed XML" },
	{ XML_OUTCOME_FORBIDDEN, "XML with a DOCTYPE, which is not read" },
	{ XML_OUTCOME_LIMIT, "XML that is too long or too deep" },
	{ XML_OUTCOME_NOMEM, "memory ended" },
};

struct walk {
	XML_Parser parser;
	const struct xml_visitor *visitor;
	struct xml_path path;
	size_t n_elements;
	/* Of the element whose text is being gathered: its children end it. */
	char text[XML_WALK_TEXT_MAX];
	size_t text_len;
	bool is_long;
	enum xml_outcome outcome;
};

static void stop(struct walk *walk, enum xml_outcome outcome)
{
	walk->outcome = outcome;
	XML_StopParser(walk->parser, XML_FALSE);
}

static void on_doctype(void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public,
		       int has_subset)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	stop(context, XML_OUTCOME_FORBIDDEN);
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct walk *walk = context;
	const char *colon = strchr(name, ':');
	struct str local = str_of(colon ? colon + 1 : name);
	char *kept;

	if (walk->outcome != XML_OUTCOME_FINE)
		return;
	if (walk->path.depth == XML_WALK_DEPTH_MAX || ++walk->n_elements > XML_WALK_ELEMENTS_MAX) {
		stop(walk, XML_OUTCOME_LIMIT);
		return;
	}
	kept = walk->path.names[walk->path.depth++];
	kept[0] = '\0';
	if (local.len < XML_WALK_NAME_MAX)
		memcpy(kept, local.at, local.len + 1);
	walk->text_len = 0;
	walk->is_long = false;
	if (walk->visitor->open)
		walk->visitor->open(walk->visitor->context, &walk->path, attributes);
}

static void on_end(void *context, const XML_Char *name)
{
	struct walk *walk = context;

	(void)name;
	if (walk->outcome != XML_OUTCOME_FINE)
		return;
	walk->visitor->close(
		walk->visitor->context, &walk->path,
		str_trim((struct str){ .at = walk->text, .len = walk->is_long ? 0 : walk->text_len }));
	walk->text_len = 0;
	walk->is_long = false;
	walk->path.depth--;
}

static void on_text(void *context, const XML_Char *text, int len)
{
	struct walk *walk = context;

	if (walk->outcome != XML_OUTCOME_FINE || len <= 0)
		return;
	walk->is_long = walk->is_long || (size_t)len > sizeof walk->text - walk->text_len;
	if (walk->is_long)
		return;
	memcpy(walk->text + walk->text_len, text, (size_t)len);
	walk->text_len += (size_t)len;
}

enum xml_outcome xml_walk(struct view document, const struct xml_visitor *visitor)
{
	struct walk walk = { .visitor = visitor, .outcome = XML_OUTCOME_FINE };
	enum XML_Status status;

	if (document.len > XML_WALK_BYTES_MAX)
		return XML_OUTCOME_LIMIT;
	walk.parser = XML_ParserCreate(NULL);
	if (!walk.parser)
		return XML_OUTCOME_NOMEM;
	XML_SetUserData(walk.parser, &walk);
	XML_SetElementHandler(walk.parser, on_start, on_end);
	XML_SetCharacterDataHandler(walk.parser, on_text);
	XML_SetStartDoctypeDeclHandler(walk.parser, on_doctype);
	status = XML_Parse(walk.parser, (const char *)document.at, (int)document.len, XML_TRUE);
	if (status != XML_STATUS_OK && walk.outcome == XML_OUTCOME_FINE)
		walk.outcome = XML_GetErrorCode(walk.parser) == XML_ERROR_NO_MEMORY ? XML_OUTCOME_NOMEM
										    : XML_OUTCOME_MALFORMED;
	XML_ParserFree(walk.parser);
	return walk.outcome;
}

bool xml_path_is(const struct xml_path *path, const char *names)
{
	struct str rest = str_of(names);

	for (size_t i = 0; i < path->depth; i++)
		if (!rest.at || !str_is(str_cut(&rest, '/'), path->names[i]))
			return false;
	return !rest.at;
}

struct str xml_attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes && attributes[i]; i += 2)
		if (strcmp(attributes[i], name) == 0)
			return str_of(attributes[i + 1]);
	return str_of("");
}

const char *xml_outcome_text(enum xml_outcome outcome)
{
	return name_of(outcome_texts, COUNT_OF(outcome_texts), (int)outcome);
}
