/* This file makes what is in trouble without being damaged: stuck mail, hidden receipts, doubles, rules that
 * do not run. */
#include "make.h"

#include <assert.h>
#include <string.h>

enum { RULES_CAP = 16 << 10, NEWEST = 0x00140000, FAR_AHEAD = 400000 };

static void put(struct buf *b, uint64_t value, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_add_byte(b, (uint8_t)(value >> (8 * i)));
}

static void put_text(struct buf *b, const char *text)
{
	put(b, strlen(text), 1);
	for (; *text; text++)
		put(b, (uint8_t)*text, 2);
}

static void put_element(struct buf *b, uint32_t id, bool is_first)
{
	if (is_first) {
		put(b, 0xFFFF, 2);
		put(b, 0, 2);
		put(b, 12, 2);
		buf_add_text(b, "CRuleElement");
	} else {
		put(b, 0x8001, 2);
	}
	put(b, id, 4);
}

static void put_head(struct buf *b)
{
	put(b, 1, 4);
	put(b, 0, 4);
}

static void put_move(struct buf *b, const struct maker *maker, uint32_t nid, const char *folder)
{
	uint8_t key[STORE_KEY_LEN];

	store_out_file_key(maker->plan, key);
	put_element(b, 0x12C, false);
	put_head(b);
	put(b, 24, 4);
	put(b, 0, 4);
	buf_add(b, view_of(key, sizeof key));
	put(b, nid, 4);
	put(b, 0, 4);
	put_text(b, folder);
	put(b, 0, 4);
}

/* A rule as the lists below want it. */
struct rule_spec {
	const char *name, *words; /* in the subject; NULL: all mail */
	bool is_enabled, stops, is_cut;
	const char *folder; /* to move to; NULL: nothing is moved */
	uint32_t missing;   /* NID of a folder that is not there, or 0: the Inbox */
};

static void put_rule(struct buf *b, const struct maker *maker, const struct rule_spec *rule, bool is_first)
{
	struct buf body;
	unsigned n = 1U + (rule->words ? 1U : 0U) + (rule->folder ? 1U : 0U) + (rule->stops ? 1U : 0U);

	put(b, NEWEST, 4);
	put_text(b, rule->name);
	put(b, rule->is_enabled, 4);
	put(b, 0, 8);
	put(b, 0, 8);
	buf_init(&body, RULES_CAP);
	put(&body, n, 2);
	put_element(&body, 0x190, is_first);
	put_head(&body);
	put(&body, 1, 4);
	if (rule->words) {
		put_element(&body, 0xCD, false);
		put(&body, 1, 4);
		put(&body, 0, 4);
		put_text(&body, rule->words);
	}
	if (rule->folder)
		put_move(&body, maker, rule->missing ? rule->missing : folder_out_nid(maker->inbox->out),
			 rule->folder);
	if (rule->stops) {
		put_element(&body, 0x142, false);
		put(&body, rule->is_cut ? 9 : 0, 4);
	}
	put(b, body.len, 4);
	buf_add(b, buf_view(&body));
	buf_fini(&body);
}

static void make_rules(struct maker *maker, struct props *props, const struct rule_spec *rules, size_t n)
{
	struct buf b;

	buf_init(&b, RULES_CAP);
	put(&b, NEWEST, 4);
	put(&b, 0x06140000, 4);
	for (unsigned i = 0; i < 9; i++)
		put(&b, i == 7, 4);
	put(&b, n, 2);
	for (size_t i = 0; i < n; i++)
		put_rule(&b, maker, &rules[i], i == 0);
	put(&b, 0, 4);
	put(&b, 0, 4);
	put(&b, 0x40E5394000000000, 8);
	put(&b, 0, 4);
	assert(!buf_failed(&b));
	props_add_text(props, 0x3001001F, "Outlook Rules Organizer");
	props_add_bytes(props, 0x68020102, buf_view(&b));
	buf_fini(&b);
}

void make_good_rules(struct maker *maker, struct props *props, struct dice *dice)
{
	static const struct rule_spec rules[] = { { "Reports", "report", true, true, false, "Inbox", 0 } };

	(void)dice;
	make_rules(maker, props, rules, sizeof rules / sizeof rules[0]);
}

static void add_bad_rules(struct maker *maker, struct props *props, struct dice *dice)
{
	static const struct rule_spec rules[] = {
		{ "Off", "letter", false, false, false, "Inbox", 0 },
		{ "Nowhere", "meeting", true, false, false, "Gone", 0x7FFF02 },
		{ "Idle", "paper", true, false, false, NULL, 0 },
		{ "Cut", "garden", true, true, true, "Inbox", 0 },
		{ "Takes all", NULL, true, true, false, "Inbox", 0 },
		{ "Never", "river", true, false, false, "Inbox", 0 },
	};

	(void)dice;
	make_rules(maker, props, rules, sizeof rules / sizeof rules[0]);
}

static void add_cut_list(struct maker *maker, struct props *props, struct dice *dice)
{
	static const uint8_t bytes[] = { 0, 0, 0x14, 0, 0, 0, 0x14, 6 };

	(void)maker;
	(void)dice;
	props_add_text(props, 0x3001001F, "Outlook Rules Organizer");
	props_add_bytes(props, 0x68020102, view_of(bytes, sizeof bytes));
}

/* A rule for the server whose actions are lost, and one that the server marked. */
static void add_rule_without_actions(struct maker *maker, struct props *props, struct dice *dice)
{
	static const uint8_t condition[] = { 0, 0, 8, 0x1F, 0, 0x37, 0 };

	(void)maker;
	(void)dice;
	props_add_int(props, 0x65E90003, 1);
	props_add_text(props, 0x65EB001F, "RuleOrganizer");
	props_add_text(props, 0x65EC001F, "Lost");
	props_add_int(props, 0x65F30003, 11);
	props_add_bytes(props, 0x0E9A0102, view_of(condition, sizeof condition));
}

static void add_rule_in_error(struct maker *maker, struct props *props, struct dice *dice)
{
	static const uint8_t condition[] = { 0, 0, 8, 0x1F, 0, 0x37, 0 };
	static const uint8_t actions[] = { 0, 0, 1,  0, 0, 0, 1, 0, 0, 0, 9, 0,
					   0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0 };

	(void)maker;
	(void)dice;
	props_add_int(props, 0x65E90003, 3);
	props_add_text(props, 0x65EB001F, "RuleOrganizer");
	props_add_text(props, 0x65EC001F, "Failed");
	props_add_int(props, 0x65F30003, 12);
	props_add_bytes(props, 0x0E9A0102, view_of(condition, sizeof condition));
	props_add_bytes(props, 0x0E990102, view_of(actions, sizeof actions));
}

static void add_deferred(struct maker *maker, struct props *props, struct dice *dice)
{
	(void)maker;
	(void)dice;
	props_add_int(props, 0x3FEF0040, make_time(FAR_AHEAD));
}

enum place { PLACE_ROOT, PLACE_INBOX, PLACE_OUTBOX, PLACE_SENT };
enum { GOING = MESSAGE_READ | MESSAGE_SUBMIT | MESSAGE_UNSENT | MESSAGE_FROM_ME };
enum { HIDDEN = MESSAGE_ASSOCIATED | MESSAGE_READ };

static const struct {
	enum place place;
	bool again; /* the message before once more */
	struct message_plan spec;
} troubles[] = {
	{ PLACE_OUTBOX, false, { "IPM.Note", MESSAGE_READ | MESSAGE_UNSENT, true, 0, 0, 0, NULL, 0, NULL } },
	{ PLACE_OUTBOX, false, { "IPM.Note", GOING, true, 0, 0, 0, NULL, 1, NULL } },
	{ PLACE_OUTBOX, false, { "IPM.Note", GOING, false, 0, 0, 0, NULL, 0, NULL } },
	{ PLACE_OUTBOX, false, { "IPM.Note", GOING, true, 0, 0, 0, add_deferred, 0, NULL } },
	{ PLACE_SENT, false, { "IPM.Note", GOING, true, 0, 0, 0, NULL, 0, NULL } },
	{ PLACE_ROOT, false, { "REPORT.IPM.Note.IPNRN", GOING, true, 0, 0, 0, NULL, 0, NULL } },
	{ PLACE_INBOX, false, { "REPORT.IPM.Note.IPNNRN", HIDDEN, false, 0, 0, 0, NULL, 0, NULL } },
	{ PLACE_INBOX, false, { "IPM.Note", MESSAGE_READ, true, 2, 0, 0, NULL, 0, NULL } },
	{ PLACE_INBOX, true, { "IPM.Note", 0, true, 2, 0, 0, NULL, 0, NULL } },
	{ PLACE_INBOX,
	  false,
	  { "IPM.Note", MESSAGE_READ, true, 0, 0, 0, NULL, 0, "<shared@practice.example>" } },
	{ PLACE_INBOX,
	  false,
	  { "IPM.Note", MESSAGE_READ, true, 0, 0, 0, NULL, 0, "<shared@practice.example>" } },
	{ PLACE_INBOX, false, { "IPM.RuleOrganizer", HIDDEN, false, 0, 0, 0, add_bad_rules, 0, NULL } },
	{ PLACE_INBOX, false, { "IPM.RuleOrganizer", HIDDEN, false, 0, 0, 0, add_cut_list, 0, NULL } },
	{ PLACE_INBOX,
	  false,
	  { "IPM.Rule.Version2.Message", HIDDEN, false, 0, 0, 0, add_rule_without_actions, 0, NULL } },
	{ PLACE_INBOX,
	  false,
	  { "IPM.Rule.Version2.Message", HIDDEN, false, 0, 0, 0, add_rule_in_error, 0, NULL } },
};

void make_troubles(struct maker *maker, struct folder *folder)
{
	const struct folder *places[] = { maker->root, maker->inbox, maker->outbox, maker->sent };

	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		if (places[troubles[i].place] != folder)
			continue;
		if (troubles[i].again)
			maker->n_messages--;
		make_message(maker, folder, &troubles[i].spec);
	}
}
