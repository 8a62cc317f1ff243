/* This file writes a contact as a card of version 3.0. */
#include "content/item_contact.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "mail/card_line.h"
#include "pst/msg/tags.h"

#include <string.h>

enum { LINE_CAP = 1 << 20 };

/* Properties with numbers of their own ([MS-OXOCNTC]). */
enum {
	TAG_SUFFIX = 0x3A05,
	TAG_GIVEN = 0x3A06,
	TAG_SURNAME = 0x3A11,
	TAG_COMPANY = 0x3A16,
	TAG_TITLE = 0x3A17,
	TAG_DEPARTMENT = 0x3A18,
	TAG_MIDDLE = 0x3A44,
	TAG_PREFIX = 0x3A45,
	TAG_NICKNAME = 0x3A4F,
	TAG_BIRTHDAY = 0x3A42,
	TAG_PERSONAL_PAGE = 0x3A50,
	TAG_BUSINESS_PAGE = 0x3A51,
};

static const struct {
	uint16_t id;
	const char *head;
} phones[] = {
	{ 0x3A08, "TEL;TYPE=WORK,VOICE" }, { 0x3A1B, "TEL;TYPE=WORK,VOICE" },
	{ 0x3A09, "TEL;TYPE=HOME,VOICE" }, { 0x3A2F, "TEL;TYPE=HOME,VOICE" },
	{ 0x3A1C, "TEL;TYPE=CELL,VOICE" }, { 0x3A1E, "TEL;TYPE=CAR,VOICE" },
	{ 0x3A21, "TEL;TYPE=PAGER" },      { 0x3A1A, "TEL;TYPE=PREF,VOICE" },
	{ 0x3A1F, "TEL;TYPE=VOICE" },      { 0x3A24, "TEL;TYPE=WORK,FAX" },
	{ 0x3A25, "TEL;TYPE=HOME,FAX" },   { 0x3A23, "TEL;TYPE=FAX" },
	{ 0x3A2D, "TEL;TYPE=ISDN" },       { 0x3A2E, "X-MS-TEL;TYPE=ASSISTANT" },
};

/* In the order of ADR: box, extended, street, city, state, code, country. */
static const uint16_t home_address[] = { 0x3A5E, 0, 0x3A5D, 0x3A59, 0x3A5C, 0x3A5B, 0x3A5A };
static const uint16_t postal_address[] = { 0x3A2B, 0, 0x3A29, 0x3A27, 0x3A28, 0x3A2A, 0x3A26 };
static const uint16_t other_address[] = { 0x3A64, 0, 0x3A63, 0x3A5F, 0x3A62, 0x3A61, 0x3A60 };
enum { ADDRESS_PARTS = 7 };

static bool is_said(const char *text)
{
	return text && *text;
}

/* Parts between semicolons; nothing when all are empty. */
static void put_parts(struct buf *out, const char *head, const char *const *parts, size_t n)
{
	bool any = false;
	struct buf line;

	buf_init(&line, LINE_CAP);
	buf_printf(&line, "%s:", head);
	for (size_t i = 0; i < n; i++) {
		any = any || is_said(parts[i]);
		if (i)
			buf_add_byte(&line, ';');
		card_line_escape(&line, str_of(parts[i]));
	}
	if (any)
		card_line_put(out, buf_str(&line));
	buf_fini(&line);
}

static bool put_address(const struct item_values *v, struct buf *out, const char *head, const uint16_t *ids)
{
	const char *parts[ADDRESS_PARTS];
	size_t before = out->len;

	for (size_t i = 0; i < ADDRESS_PARTS; i++)
		parts[i] = item_value_text(v, ids[i]);
	put_parts(out, head, parts, ADDRESS_PARTS);
	return out->len > before;
}

static void put_addresses(const struct item_values *v, struct buf *out)
{
	const uint16_t *ids = v->names->ids;
	const uint16_t work[ADDRESS_PARTS] = { ids[ITEM_WORK_BOX],    0,
					       ids[ITEM_WORK_STREET], ids[ITEM_WORK_CITY],
					       ids[ITEM_WORK_STATE],  ids[ITEM_WORK_CODE],
					       ids[ITEM_WORK_COUNTRY] };
	bool any = put_address(v, out, "ADR;TYPE=WORK", work);

	any = put_address(v, out, "ADR;TYPE=HOME", home_address) || any;
	any = put_address(v, out, "ADR;TYPE=POSTAL", other_address) || any;
	/* The address for letters is one of the others, where those are kept. */
	if (!any)
		any = put_address(v, out, "ADR;TYPE=WORK,PREF", postal_address);
	if (!any)
		card_line_text(out, "LABEL;TYPE=WORK", item_value_text(v, ids[ITEM_WORK_ADDRESS]));
}

static void put_mails(const struct item_values *v, struct buf *out)
{
	static const struct {
		enum item_name address, name;
	} mails[] = { { ITEM_EMAIL_1, ITEM_EMAIL_1_NAME },
		      { ITEM_EMAIL_2, ITEM_EMAIL_2_NAME },
		      { ITEM_EMAIL_3, ITEM_EMAIL_3_NAME } };

	for (size_t i = 0; i < COUNT_OF(mails); i++) {
		const char *text = item_value_text(v, v->names->ids[mails[i].address]);
		const char *name = item_value_text(v, v->names->ids[mails[i].name]);

		/* Of people of an Exchange server the name may hold what the address does not. */
		if (is_said(text) && !strchr(text, '@') && name && strchr(name, '@'))
			text = name;
		card_line_text(out, text && strchr(text, '@') ? "EMAIL;TYPE=INTERNET" : "EMAIL;TYPE=X-OTHER",
			       text);
	}
}

static void put_names(const struct item_values *v, struct buf *out)
{
	const char *parts[] = { item_value_text(v, TAG_SURNAME), item_value_text(v, TAG_GIVEN),
				item_value_text(v, TAG_MIDDLE), item_value_text(v, TAG_PREFIX),
				item_value_text(v, TAG_SUFFIX) };
	const char *company[] = { item_value_text(v, TAG_COMPANY), item_value_text(v, TAG_DEPARTMENT) };
	const char *name = item_value_text(v, TAG_DISPLAY_NAME);
	size_t before;

	for (size_t i = 0; i < 2 && !is_said(name); i++)
		name = is_said(parts[i]) ? parts[i] : company[i];
	if (!is_said(name))
		name = item_value_text(v, v->names->ids[ITEM_EMAIL_1]);
	card_line_text(out, "FN", is_said(name) ? name : "(without a name)");
	before = out->len;
	put_parts(out, "N", parts, COUNT_OF(parts));
	/* The field must be there. */
	if (out->len == before)
		buf_add_text(out, "N:;;;;\r\n");
	card_line_text(out, "NICKNAME", item_value_text(v, TAG_NICKNAME));
	put_parts(out, "ORG", company, is_said(company[1]) ? 2 : 1);
	card_line_text(out, "TITLE", item_value_text(v, TAG_TITLE));
}

static void put_birthday(const struct item_values *v, struct buf *out)
{
	struct calendar c;
	wall_time time;

	if (!item_value_time(v, TAG_BIRTHDAY, &time))
		return;
	/* It is a midnight somewhere. */
	c = calendar_of(time + 12 * 3600);
	buf_printf(out, "BDAY;VALUE=DATE:%04u-%02u-%02u\r\n", (unsigned)c.year, c.month, c.day);
}

void item_contact_put(const struct item_values *v, const char *uid, const char *note, struct buf *out)
{
	wall_time changed;

	buf_add_text(out, "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//postmend//store export//EN\r\n");
	put_names(v, out);
	put_mails(v, out);
	for (size_t i = 0; i < COUNT_OF(phones); i++)
		card_line_text(out, phones[i].head, item_value_text(v, phones[i].id));
	put_addresses(v, out);
	put_birthday(v, out);
	card_line_text(out, "URL", item_value_text(v, v->names->ids[ITEM_WEB_PAGE]));
	card_line_text(out, "URL;TYPE=WORK", item_value_text(v, TAG_BUSINESS_PAGE));
	card_line_text(out, "URL;TYPE=HOME", item_value_text(v, TAG_PERSONAL_PAGE));
	card_line_text(out, "X-MS-IMADDRESS", item_value_text(v, v->names->ids[ITEM_MESSENGER]));
	card_line_text(out, "NOTE", note);
	card_line_text(out, "UID", uid);
	if (item_value_time(v, TAG_MODIFICATION_TIME, &changed)) {
		char text[CALENDAR_SIZE];

		calendar_print_iso(changed, text);
		buf_printf(out, "REV:%s\r\n", text);
	}
	buf_add_text(out, "END:VCARD\r\n");
}
