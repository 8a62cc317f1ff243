/* This file makes the items that are no plain mail: contacts, appointments, receipts, rules, a message to be
 * sent. */
#include "make.h"

#include <assert.h>
#include <string.h>

static void add_contact(struct maker *maker, struct props *props, struct dice *dice)
{
	struct person p = words_person(props->arena, dice_below(dice, 256));

	(void)maker;
	props_add_text(props, 0x3001001F, p.name);
	props_add_text(props, 0x3A06001F, p.name);
	props_add_text(props, 0x3A08001F, "+44 20 7946 0000");
	props_add_text(props, named_tag(NAMED_CONTACT_EMAIL), p.address);
}

static void add_appointment(struct maker *maker, struct props *props, struct dice *dice)
{
	uint64_t start = make_time(dice_below(dice, 10000));

	(void)maker;
	props_add_int(props, named_tag(NAMED_START), start);
	props_add_int(props, named_tag(NAMED_END), start + UINT64_C(36000000000));
	props_add_text(props, named_tag(NAMED_LOCATION), "Room 3");
	props_add_int(props, named_tag(NAMED_BUSY), 2);
	props_add_int(props, named_tag(NAMED_REMINDER), 0);
}

static void add_receipt(struct maker *maker, struct props *props, struct dice *dice)
{
	(void)maker;
	props_add_int(props, 0x00320040, make_time(dice_below(dice, 10000)));
	props_add_text(props, 0x1001001F, "Your message was read");
}

/* A rule as messages of class IPM.Rule.Version2.Message hold it ([MS-OXORULE] 2.2.4). */
static void add_rule(struct maker *maker, struct props *props, struct dice *dice)
{
	/* No named properties; the subject contains "report": mark as read. */
	static const uint8_t condition[] = { 0, 0,    3, 1,    0, 0,   0, 0x1F, 0, 0x37,
					     0, 0x1F, 0, 0x37, 0, 'r', 0, 'e',  0, 'p',
					     0, 'o',  0, 'r',  0, 't', 0, 0,    0 };
	static const uint8_t actions[] = { 0, 0, 1,  0, 0, 0, 1, 0, 0, 0, 9, 0,
					   0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0 };

	(void)maker;
	(void)dice;
	props_add_int(props, 0x65E90003, 1);
	props_add_text(props, 0x65EB001F, "RuleOrganizer");
	props_add_text(props, 0x65EC001F, "Read the reports");
	props_add_int(props, 0x65ED0003, 0);
	props_add_int(props, 0x65F30003, 10);
	props_add_bytes(props, 0x0E990102, view_of(actions, sizeof actions));
	props_add_bytes(props, 0x0E9A0102, view_of(condition, sizeof condition));
}

/* Where the copy goes when it was sent. */
static void add_sent_mail(struct maker *maker, struct props *props, struct dice *dice)
{
	uint8_t id[ENTRY_ID_LEN];

	(void)dice;
	make_entry_id(maker, folder_out_nid(maker->sent->out), id);
	props_add_bytes(props, 0x0E0A0102, view_of(id, sizeof id));
}

enum place { PLACE_INBOX, PLACE_OUTBOX, PLACE_CONTACTS, PLACE_CALENDAR };

static const struct {
	enum place place;
	unsigned n;
	struct message_plan spec;
} kinds[] = {
	{ PLACE_INBOX, 2, { "REPORT.IPM.Note.IPNRN", 0, true, 0, 0, 0, add_receipt, 0, NULL } },
	{ PLACE_INBOX, 1, { "REPORT.IPM.Note.NDR", MESSAGE_READ, true, 0, 0, 0, add_receipt, 0, NULL } },
	{ PLACE_INBOX,
	  1,
	  { "IPM.RuleOrganizer", MESSAGE_ASSOCIATED, false, 0, 0, 0, make_good_rules, 0, NULL } },
	{ PLACE_INBOX,
	  2,
	  { "IPM.Rule.Version2.Message", MESSAGE_ASSOCIATED, false, 0, 0, 0, add_rule, 0, NULL } },
	{ PLACE_OUTBOX,
	  1,
	  { "IPM.Note", MESSAGE_READ | MESSAGE_SUBMIT | MESSAGE_UNSENT | MESSAGE_FROM_ME, true, 0, 0, 0,
	    add_sent_mail, 0, NULL } },
	{ PLACE_CONTACTS, 3, { "IPM.Contact", MESSAGE_READ, false, 0, 0, 0, add_contact, 0, NULL } },
	{ PLACE_CALENDAR, 3, { "IPM.Appointment", MESSAGE_READ, false, 0, 0, 0, add_appointment, 0, NULL } },
};

void make_kinds(struct maker *maker, struct folder *folder)
{
	const struct folder *places[] = { maker->inbox, maker->outbox, maker->contacts, maker->calendar };

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		for (unsigned n = 0; n < kinds[i].n && places[kinds[i].place] == folder; n++)
			make_message(maker, folder, &kinds[i].spec);
}
