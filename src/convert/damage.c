/* This file notes what an item lost on the way. */
#include "convert/damage.h"

#include <stdio.h>
#include <string.h>

enum { NOTE_MAX = 200, MORE_ROOM = 16 };

static const char *const words[DAMAGE_KINDS] = {
	[DAMAGE_PROPERTIES_LOST] = "its own properties are lost",
	[DAMAGE_PROPERTIES_DOUBTFUL] = "some of its properties are lost or in doubt",
	[DAMAGE_FROM_LIST] =
		"its own properties are lost; subject, sender and dates are from its folder's list",
	[DAMAGE_VALUE_LOST] = "lost",
	[DAMAGE_VALUE_DOUBTFUL] = "in doubt",
	[DAMAGE_PARTS_LOST] = "attachments, recipients and long texts are lost",
	[DAMAGE_RECIPIENTS_LOST] = "the list of recipients is lost",
	[DAMAGE_RECIPIENTS_DOUBTFUL] = "the list of recipients is in doubt",
	[DAMAGE_ATTACHMENT_LOST] = "attachment lost",
	[DAMAGE_ATTACHMENT_DOUBTFUL] = "attachment in doubt",
	[DAMAGE_ATTACHMENT_CUT] = "attachment cut off",
	[DAMAGE_EMBEDDED_LOST] = "the message in an attachment is lost",
	[DAMAGE_PARTS_UNKNOWN] =
		"found by its content alone: attachments and recipients, if it had any, are lost",
	[DAMAGE_OLDER] = "this is an older version; the newest is lost",
	/* One text: the parentheses say so. */
	[DAMAGE_NAMES_LOST] = ("what some of its properties mean is lost or in doubt: categories, dates of "
			       "appointments and the like"),
	[DAMAGE_UNSENT] = "it waited to be sent and is a draft now",
};

/* Names of files and properties may hold anything; a semicolon would end the note. */
static void put_name(char *to, size_t size, const char *what)
{
	size_t len = 0;

	for (; *what && len + 1 < size; what++)
		to[len++] = *what == ';' || (unsigned char)*what < ' ' ? ' ' : *what;
	to[len] = 0;
}

void damage_note(struct damage *damage, enum damage_kind kind, const char *what)
{
	char name[NOTE_MAX / 2], note[NOTE_MAX];
	size_t len = strlen(damage->text), more;

	damage->kinds |= 1U << kind;
	if (what) {
		put_name(name, sizeof name, what);
		snprintf(note, sizeof note, "%s: %s", words[kind], name);
	} else {
		snprintf(note, sizeof note, "%s", words[kind]);
	}
	if (strstr(damage->text, note))
		return;
	damage->n++;
	more = strlen(note) + 2;
	if (len + more + MORE_ROOM >= sizeof damage->text)
		return;
	snprintf(damage->text + len, sizeof damage->text - len, "%s%s", len ? "; " : "", note);
}
