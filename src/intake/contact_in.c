/* This file makes a contact of an address card (RFC 2426, and version 2.1). */
#include "base/buf.h"
#include "base/checked.h"
#include "intake/card_in.h"
#include "pst/msg/tags.h"

#include <string.h>

enum {
	P_NAME = 0x3001001F,
	P_SUBJECT = 0x0037001F,
	P_TOPIC = 0x0070001F,
	P_BODY = 0x1000001F,
	P_BIRTHDAY = 0x3A420040,
	P_CHANGED = 0x30080040,
	NAMES_N = 5,
	ADDRESS_PARTS = 7,
	EMAILS_MAX = 3,
};

/* Fields of one text each; named ones by their number, the first of which an address book asks. */
static const struct {
	const char *field, *type; /* type NULL: none of those below */
	uint32_t tag, named;
} texts[] = {
	{ "FN", NULL, P_NAME, 0 },
	{ "NICKNAME", NULL, 0x3A4F001F, 0 },
	{ "TITLE", NULL, 0x3A17001F, 0 },
	{ "URL", "WORK", 0x3A51001F, 0 },
	{ "URL", "HOME", 0x3A50001F, 0 },
	{ "URL", NULL, 0, 0x802B },
	{ "X-MS-IMADDRESS", NULL, 0, 0x8062 },
	{ "X-MS-TEL", NULL, 0x3A2E001F, 0 },
	{ "LABEL", NULL, 0, 0x801B },
};

/* The first row whose words a number has takes it, if it is still free. */
static const struct {
	const char *one, *two;
	uint16_t id;
} phones[] = {
	{ "FAX", "WORK", 0x3A24 }, { "FAX", "HOME", 0x3A25 }, { "FAX", NULL, 0x3A23 },
	{ "CELL", NULL, 0x3A1C },  { "CAR", NULL, 0x3A1E },   { "PAGER", NULL, 0x3A21 },
	{ "ISDN", NULL, 0x3A2D },  { "WORK", NULL, 0x3A08 },  { "WORK", NULL, 0x3A1B },
	{ "HOME", NULL, 0x3A09 },  { "HOME", NULL, 0x3A2F },  { "PREF", NULL, 0x3A1A },
	{ "VOICE", NULL, 0x3A1F }, { "", NULL, 0x3A1F },
};

static const uint16_t home_address[] = { 0x3A5E, 0, 0x3A5D, 0x3A59, 0x3A5C, 0x3A5B, 0x3A5A };
static const uint16_t postal_address[] = { 0x3A2B, 0, 0x3A29, 0x3A27, 0x3A28, 0x3A2A, 0x3A26 };
static const uint16_t other_address[] = { 0x3A64, 0, 0x3A63, 0x3A5F, 0x3A62, 0x3A61, 0x3A60 };
static const uint16_t work_address[] = { 0x804A, 0, 0x8045, 0x8046, 0x8047, 0x8048, 0x8049 };

/* Fields that say nothing an item would have to keep. */
static const char *const passed[] = { "BEGIN", "END",   "VERSION",     "PRODID", "UID",
				      "REV",   "CLASS", "SORT-STRING", "MAILER", "TZ" };

struct contact {
	struct intake *in;
	struct message_out *out;
	struct arena *arena;
	unsigned n_mails;
	bool is_beside;
	const char *lost;
};

static void lose(struct contact *c, const char *what)
{
	if (!c->lost)
		c->lost = what;
}

static void put(struct contact *c, uint32_t tag, const char *text)
{
	if (tag && text && *text)
		props_add_text(c->out->props, tag, text);
}

static uint32_t named(struct contact *c, uint32_t number)
{
	return card_in_tag(c->in, CARD_ADDRESS, number, PTYP_STRING);
}

static void put_parts(struct contact *c, const struct card_line *line, const uint32_t *tags, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = card_line_part(c->arena, line, i);

		if (tags[i])
			put(c, tags[i], text);
		else if (text && *text)
			lose(c, "a part of an address");
	}
}

static void put_name(struct contact *c, const struct card_line *line)
{
	static const uint32_t tags[NAMES_N] = { 0x3A11001F, 0x3A06001F, 0x3A44001F, 0x3A45001F, 0x3A05001F };

	put_parts(c, line, tags, NAMES_N);
}

static void put_company(struct contact *c, const struct card_line *line)
{
	static const uint32_t tags[] = { 0x3A16001F, 0x3A18001F };

	put_parts(c, line, tags, COUNT_OF(tags));
}

static void put_address(struct contact *c, const struct card_line *line)
{
	bool is_work = card_line_has_type(line, "WORK"), is_first = card_line_has_type(line, "PREF");
	const uint16_t *ids = card_line_has_type(line, "HOME") ? home_address
			      : is_work && is_first            ? postal_address
			      : is_work                        ? work_address
							       : other_address;
	uint32_t tags[ADDRESS_PARTS];

	for (size_t i = 0; i < ADDRESS_PARTS; i++)
		tags[i] = ids[i] == 0           ? 0
			  : ids == work_address ? named(c, ids[i])
						: (uint32_t)ids[i] << 16 | PTYP_STRING;
	if (props_find(c->out->props, (uint16_t)(tags[2] >> 16)) ||
	    props_find(c->out->props, (uint16_t)(tags[3] >> 16)))
		lose(c, "an address besides those that a contact can have");
	else
		put_parts(c, line, tags, ADDRESS_PARTS);
}

static void put_phone(struct contact *c, const struct card_line *line)
{
	for (size_t i = 0; i < COUNT_OF(phones); i++) {
		bool fits = (!*phones[i].one || card_line_has_type(line, phones[i].one)) &&
			    (!phones[i].two || card_line_has_type(line, phones[i].two));

		if (!fits || props_find(c->out->props, phones[i].id))
			continue;
		put(c, (uint32_t)phones[i].id << 16 | PTYP_STRING, card_line_words(c->arena, line));
		return;
	}
	lose(c, "a telephone number besides those that a contact can have");
}

static void put_mail(struct contact *c, const struct card_line *line)
{
	const char *text = card_line_words(c->arena, line);
	uint32_t first = 0x8080 + 0x10 * c->n_mails;

	if (!text || !*text)
		return;
	if (c->n_mails == EMAILS_MAX) {
		lose(c, "an address for mail besides the three that a contact can have");
		return;
	}
	c->n_mails++;
	put(c, named(c, first), text);
	put(c, named(c, first + 2), strchr(text, '@') ? "SMTP" : "EX");
	put(c, named(c, first + 3), text);
	put(c, named(c, first + 4), text);
}

static void put_time(struct contact *c, const struct card_line *line, uint32_t tag)
{
	wall_time time;

	if (card_time_read(line->value, &time))
		letter_in_time(c->out->props, tag, time);
	else
		lose(c, "a date");
}

static bool put_text(struct contact *c, const struct card_line *line)
{
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		if (!card_line_is(line, texts[i].field) ||
		    (texts[i].type && !card_line_has_type(line, texts[i].type)))
			continue;
		/* What stands for no name at all. */
		if (texts[i].tag == P_NAME && str_is(line->value, "(without a name)"))
			return true;
		put(c, texts[i].tag ? texts[i].tag : named(c, texts[i].named),
		    card_line_words(c->arena, line));
		return true;
	}
	return false;
}

static bool is_passed(const struct card_line *line)
{
	for (size_t i = 0; i < COUNT_OF(passed); i++)
		if (card_line_is(line, passed[i]))
			return true;
	/* What other programs say to themselves. */
	return str_starts_nocase(line->name, STR("X-"));
}

static void put_note(struct contact *c, const struct card_line *line)
{
	if (!c->is_beside || !props_find(c->out->props, P_BODY >> 16))
		put(c, P_BODY, card_line_words(c->arena, line));
}

static void take(struct contact *c, const struct card_line *line)
{
	if (put_text(c, line))
		return;
	if (card_line_is(line, "N"))
		put_name(c, line);
	else if (card_line_is(line, "ORG"))
		put_company(c, line);
	else if (card_line_is(line, "ADR"))
		put_address(c, line);
	else if (card_line_is(line, "TEL"))
		put_phone(c, line);
	else if (card_line_is(line, "EMAIL"))
		put_mail(c, line);
	else if (card_line_is(line, "BDAY"))
		put_time(c, line, P_BIRTHDAY);
	else if (card_line_is(line, "NOTE"))
		put_note(c, line);
	else if (card_line_is(line, "REV"))
		put_time(c, line, P_CHANGED);
	else if (card_line_is(line, "UID"))
		card_in_uid(c->in, c->out->props, card_line_words(c->arena, line), false);
	else if (!is_passed(line))
		lose(c, "a field that contacts of Outlook have no place for");
}

bool contact_in_next(struct card_lines *rest, struct card_lines *card)
{
	struct card_line line;

	while (card_lines_next(rest, &line))
		if (card_line_is(&line, "BEGIN") && str_is_nocase(str_trim(line.value), "VCARD")) {
			*card = *rest;
			while (card_lines_next(rest, &line) && !card_line_is(&line, "END"))
				;
			return true;
		}
	return false;
}

const char *contact_in_put(struct intake *in, struct card_lines card, struct message_out *out, bool is_beside)
{
	struct contact c = { .in = in, .out = out, .arena = in->item, .is_beside = is_beside };
	struct card_line line;

	props_add_text(out->props, (uint32_t)TAG_MESSAGE_CLASS << 16 | PTYP_STRING, "IPM.Contact");
	/* The letter's date is not when the contact was changed. */
	if (is_beside)
		props_add_int(out->props, P_CHANGED, 0);
	card.arena = in->item;
	while (card_lines_next(&card, &line) && !card_line_is(&line, "END")) {
		/* The item's name in lists; that of a letter beside it stands in its header too. */
		if (card_line_is(&line, "FN") && !is_beside) {
			put(&c, P_SUBJECT, card_line_words(c.arena, &line));
			put(&c, P_TOPIC, card_line_words(c.arena, &line));
		}
		if (card_line_is(&line, "FN"))
			put(&c, named(&c, 0x8005), card_line_words(c.arena, &line));
		take(&c, &line);
	}
	return c.lost;
}
