/* This file lists the rules in a store and says why they do not run. */
#include "rules/rules.h"
#include "rules/server.h"

#include "base/calendar.h"
#include "base/checked.h"
#include "base/cursor.h"
#include "base/str.h"
#include "content/desk.h"
#include "finding/finding.h"
#include "pst/msg/entry_id.h"
#include "pst/msg/special.h"
#include "pst/msg/tags.h"

#include <string.h>

enum {
	TAG_RULES_STREAM = 0x6802,
	TAG_RULE_STATE = 0x65E9,
	TAG_RULE_PROVIDER = 0x65EB,
	TAG_RULE_NAME = 0x65EC,
	TAG_RULE_SEQUENCE = 0x65F3,
	TAG_RULE_ACTIONS = 0x0E99,
	TAG_RULE_CONDITION = 0x0E9A,
	/* The same, where they are no longer than 32 KB. */
	TAG_RULE_ACTIONS_SHORT = 0x65EF,
	TAG_RULE_CONDITION_SHORT = 0x65F0,
};

/* PidTagRuleMessageState ([MS-OXORULE] 2.2.1.3.1.3). */
enum {
	STATE_ENABLED = 1,
	STATE_ERROR = 2,
	STATE_OUT_OF_OFFICE = 4,
	STATE_PARSE_ERROR = 0x40,
};

/* Exchange 2003 has 32 KB for a mailbox's rules, later ones 64 KB unless told, 256 KB at most. */
enum { QUOTA_USUAL = 64 << 10, SENTENCE_CAP = 64 << 10 };

/* Rules that one list holds, and what shadows those behind. */
struct organizer {
	struct desk *desk;
	struct listed_item base; /* of the message; of a file nearly empty */
	const char *store_key;   /* PidTagRecordKey of the store, STORE_UID_LEN bytes, or NULL */
	uint32_t stopped;        /* bits by enum rule_applies: nothing behind is asked any more */
};

static size_t count(const struct rule *rule, enum rule_part part)
{
	size_t n = 0;

	for (size_t i = 0; i < rule->n; i++)
		n += rule->elements[i].part == part;
	return n;
}

static bool needs_client(const struct rule *rule)
{
	/* Actions that only a running Outlook can do: alert, sound, print, program, script, custom. */
	static const uint32_t ids[] = {
		0x12F, 0x130, 0x136, 0x13F, 0x148, 0x14F, RULE_START_PROGRAM, RULE_RUN_SCRIPT, 0x151
	};

	for (size_t i = 0; i < COUNT_OF(ids); i++)
		if (rules_has(rule, ids[i]))
			return true;
	return rules_has(rule, RULE_THIS_COMPUTER) || rules_has(rule, RULE_THROUGH_ACCOUNT);
}

/* Where a rule moves to: a folder of this store that is gone, or another store's. */
static const char *judge_target(struct organizer *o, const struct rule_element *e, struct listed_item *item)
{
	struct desk *desk = o->desk;
	struct entry_id id;

	if (!o->store_key || !entry_id_decode(e->folder_id, &id))
		return NULL;
	if (id.uid.len != STORE_UID_LEN || memcmp(id.uid.at, o->store_key, STORE_UID_LEN) != 0) {
		finding_evidence(desk_report(desk, item, CODE_RULE_FOLDER_ELSEWHERE), "folder", e->words,
				 NULL, TRUST_PEER);
		return NULL;
	}
	if (facts_folder(desk->facts, id.nid.v))
		return NULL;
	finding_evidence(desk_report(desk, item, CODE_RULE_FOLDER_GONE), "folder", e->words, NULL,
			 TRUST_PEER);
	return "error";
}

static const char *judge_elements(struct organizer *o, const struct rule *rule, struct listed_item *item)
{
	const char *state = NULL;

	for (size_t i = 0; i < rule->n; i++) {
		const struct rule_element *e = &rule->elements[i];
		const char *found = NULL;

		if (e->id == RULE_MOVE || e->id == RULE_COPY)
			found = judge_target(o, e, item);
		else if (e->id == RULE_THROUGH_ACCOUNT)
			finding_evidence(desk_report(o->desk, item, CODE_RULE_ACCOUNT_ONLY), "account",
					 e->words, NULL, TRUST_PEER);
		else if (e->id == RULE_THIS_COMPUTER)
			(void)desk_report(o->desk, item, CODE_RULE_COMPUTER_ONLY);
		else if (e->id == RULE_RUN_SCRIPT || e->id == RULE_START_PROGRAM)
			finding_evidence(desk_report(o->desk, item, CODE_RULE_SCRIPT_OFF), "runs", e->words,
					 NULL, TRUST_PEER);
		state = found ? found : state;
	}
	return state;
}

static const char *judge_rule(struct organizer *o, const struct rule *rule, struct listed_item *item)
{
	uint32_t applies = rule->applies ? rule->applies : RULE_AFTER_ARRIVAL;
	const char *state;
	bool ends = rules_has(rule, RULE_STOP) || rules_has(rule, RULE_DELETE_FOR_GOOD);

	if (rule->is_broken) {
		(void)desk_report(o->desk, item, CODE_RULE_DAMAGED);
		return "damaged";
	}
	if (!rule->is_enabled) {
		(void)desk_report(o->desk, item, CODE_RULE_DISABLED);
		return "disabled";
	}
	/* What is switched off fails nowhere. */
	state = judge_elements(o, rule, item);
	if (needs_client(rule))
		(void)desk_report(o->desk, item, CODE_RULE_CLIENT_ONLY);
	if (state)
		return state;
	if (o->stopped & applies) {
		(void)desk_report(o->desk, item, CODE_RULE_SHADOWED);
		return "shadowed";
	}
	if (count(rule, RULE_ACTION) == 0) {
		(void)desk_report(o->desk, item, CODE_RULE_DOES_NOTHING);
		return "idle";
	}
	if (ends && count(rule, RULE_CONDITION) == 0 && count(rule, RULE_EXCEPTION) == 0)
		o->stopped |= applies;
	return "enabled";
}

static enum status list_rule(struct organizer *o, const struct rules *rules, const struct rule *rule)
{
	struct arena *arena = o->desk->setting->arena;
	struct listed_item item = o->base;
	struct buf sentence;

	buf_init(&sentence, SENTENCE_CAP);
	rules_put_sentence(rule, &sentence);
	item.tells = arena_text(arena, buf_str(&sentence));
	buf_fini(&sentence);
	item.subject = arena_strdup(arena, rule->name ? rule->name : "");
	item.n_why = 0;
	item.part = item.nid ? (uint32_t)(rule - rules->rules) + 1 : 0;
	item.is_on = rule->is_enabled;
	item.state = judge_rule(o, rule, &item);
	return item.tells && item.subject ? desk_list(o->desk, &item) : ST_NOMEM;
}

/* Whatever could not be read is one item more. */
static enum status list_damage(struct organizer *o, const struct rules *rules, size_t len)
{
	struct listed_item item = o->base;
	struct finding *f = desk_report(o->desk, &item, CODE_RULE_STREAM_DAMAGED);
	struct arena *arena = o->desk->setting->arena;
	bool lacks = rules->n < rules->n_announced;

	finding_evidence(f, "read_bytes", arena_printf(arena, "%zu", rules->n_read),
			 arena_printf(arena, "%zu", len), TRUST_OURS);
	if (lacks)
		finding_evidence(f, "rules", arena_printf(arena, "%zu", rules->n),
				 arena_printf(arena, "%zu", rules->n_announced), TRUST_OURS);
	item.state = "damaged";
	item.tells = rules->n == 0 ? "the list of rules cannot be read"
		     : lacks       ? "rules are missing: the list of rules cannot be read to its end"
				   : "behind the rules stands something that cannot be read";
	return desk_list(o->desk, &item);
}

static enum status list_stream(struct organizer *o, struct view stream, struct rules *rules)
{
	enum status st = rules_read(o->desk->setting->arena, stream, rules);
	bool has_broken = false;

	if (st == ST_OK && rules->has_time) {
		o->base.has_time = true;
		o->base.time = rules->saved;
	}
	for (size_t i = 0; st == ST_OK && i < rules->n; i++) {
		has_broken = has_broken || rules->rules[i].is_broken;
		st = list_rule(o, rules, &rules->rules[i]);
	}
	if (st == ST_OK && !rules->is_whole && !has_broken)
		st = list_damage(o, rules, stream.len);
	return st;
}

static enum status look_at_organizer(struct organizer *o, struct desk_message *m)
{
	struct property p;
	struct rules rules;
	struct view stream;

	o->base = m->listed;
	o->stopped = 0;
	if (!item_property(&m->item, TAG_RULES_STREAM, &p, &stream) || stream.len == 0) {
		struct rules none = { 0 };

		return list_damage(o, &none, 0);
	}
	o->base.size = stream.len;
	/* Findings and items outlive the reader's arena. */
	stream.at = arena_copy(o->desk->setting->arena, stream.at, stream.len);
	if (!stream.at)
		return ST_NOMEM;
	if (stream.len > QUOTA_USUAL)
		(void)desk_report(o->desk, &o->base, CODE_RULE_LIST_LARGE);
	o->base.n_why = 0;
	return list_stream(o, stream, &rules);
}

/* A rule for the server on its way. */
struct server_rule {
	struct organizer *o;
	struct desk_message *m;
	struct view condition, actions;
	struct server_action *rows;
	size_t n;
};

static bool take_part(const struct desk_message *m, const uint16_t *ids, struct view *out)
{
	for (size_t i = 0; i < 2; i++) {
		struct property p;

		if (item_property(&m->item, ids[i], &p, out) && p.type == PTYP_BINARY && out->len)
			return true;
	}
	return false;
}

/* Which of condition and actions is missing, empty or an error value. */
static const char *missing_part(struct server_rule *r)
{
	static const uint16_t conditions[] = { TAG_RULE_CONDITION, TAG_RULE_CONDITION_SHORT };
	static const uint16_t actions[] = { TAG_RULE_ACTIONS, TAG_RULE_ACTIONS_SHORT };

	if (!take_part(r->m, conditions, &r->condition))
		return "condition";
	return take_part(r->m, actions, &r->actions) ? NULL : "actions";
}

/* The folder's name where it is of this store; what it is that is wrong with it is reported. */
static const char *put_folder(struct server_rule *r, const struct server_action *a, struct buf *out)
{
	struct desk *desk = r->o->desk;
	const struct folder_fact *folder;
	struct entry_id id;

	if (!a->folder_id.len || !r->o->store_key || !entry_id_decode(a->folder_id, &id) ||
	    id.uid.len != STORE_UID_LEN || memcmp(id.uid.at, r->o->store_key, STORE_UID_LEN) != 0)
		return NULL;
	folder = facts_folder(desk->facts, id.nid.v);
	if (folder) {
		buf_printf(out, " \"%s\"", folder->name ? folder->name : "");
		return NULL;
	}
	finding_evidence(desk_report(desk, &r->m->listed, CODE_RULE_FOLDER_GONE), "folder",
			 arena_printf(desk->setting->arena, "0x%X", (unsigned)id.nid.v), NULL, TRUST_OURS);
	return "error";
}

/* Why it does not run as far as its actions tell, or NULL. */
static const char *put_actions(struct server_rule *r, struct buf *out)
{
	const char *state = NULL;

	for (size_t i = 0; i < r->n; i++) {
		const char *found = NULL;

		buf_add_text(out, i ? ", " : "");
		buf_add_text(out, r->rows[i].words ? r->rows[i].words : "");
		if (r->rows[i].type == SERVER_MOVE || r->rows[i].type == SERVER_COPY)
			found = put_folder(r, &r->rows[i], out);
		state = found ? found : state;
	}
	return state;
}

static void report_damage(struct server_rule *r, const char *name, const char *what)
{
	finding_evidence(desk_report(r->o->desk, &r->m->listed, CODE_RULE_DAMAGED), name, what, NULL,
			 TRUST_OURS);
}

/* Says it in a sentence. Its state, as far as its own bytes tell it, or NULL. */
static const char *tell_server_rule(struct server_rule *r, struct buf *out)
{
	struct arena *arena = r->o->desk->reader.arena;
	const char *missing = missing_part(r), *fault;

	if (missing) {
		report_damage(r, "missing", missing);
		return "damaged";
	}
	buf_add_text(out, ": if ");
	fault = server_put_condition(arena, r->condition, out);
	if (fault) {
		report_damage(r, "condition", fault);
		return "damaged";
	}
	buf_add_text(out, ": ");
	fault = server_read_actions(arena, r->actions, &r->rows, &r->n);
	if (fault) {
		report_damage(r, "actions", fault);
		return "damaged";
	}
	return put_actions(r, out);
}

static const char *judge_message(struct desk *desk, struct desk_message *m, uint32_t state)
{
	if (!(state & STATE_ENABLED)) {
		(void)desk_report(desk, &m->listed, CODE_RULE_DISABLED);
		return "disabled";
	}
	if (state & (STATE_ERROR | STATE_PARSE_ERROR)) {
		(void)desk_report(desk, &m->listed, CODE_RULE_ERROR);
		return "error";
	}
	return state & STATE_OUT_OF_OFFICE ? "out-of-office" : "enabled";
}

/* A rule that Exchange runs, as Outlook keeps it beside its own list. */
static enum status look_at_message(struct organizer *o, struct desk_message *m)
{
	struct desk *desk = o->desk;
	struct arena *arena = desk->setting->arena;
	const char *provider = item_text(&m->item, arena, TAG_RULE_PROVIDER, DESK_TEXT_MAX);
	const char *name = item_text(&m->item, arena, TAG_RULE_NAME, DESK_TEXT_MAX), *own;
	struct server_rule rule = { .o = o, .m = m };
	uint32_t state = 0, sequence = 0;
	struct buf sentence;
	size_t known;

	(void)item_integer(&m->item, TAG_RULE_STATE, &state);
	(void)item_integer(&m->item, TAG_RULE_SEQUENCE, &sequence);
	if (name)
		m->listed.subject = name;
	buf_init(&sentence, SENTENCE_CAP);
	buf_printf(&sentence, "a rule for the server, of \"%s\", number %u in the order",
		   provider ? provider : "nobody", (unsigned)sequence);
	known = sentence.len;
	own = tell_server_rule(&rule, &sentence);
	/* Of what is damaged there is no sentence. */
	if (buf_failed(&sentence) || (own && strcmp(own, "damaged") == 0))
		sentence.len = known;
	m->listed.tells = arena_text(arena, buf_str(&sentence));
	buf_fini(&sentence);
	m->listed.is_on = state & STATE_ENABLED;
	m->listed.state = own ? own : judge_message(desk, m, state);
	return m->listed.tells ? desk_list(desk, &m->listed) : ST_NOMEM;
}

static bool is_rule_message(const char *class)
{
	static const char *const classes[] = { "IPM.Rule.Version2.Message", "IPM.Rule.Message",
					       "IPM.ExtendedRule.Message" };

	for (size_t i = 0; i < COUNT_OF(classes); i++)
		if (str_is_nocase(str_of(class), classes[i]))
			return true;
	return false;
}

static const char *store_key(struct desk *desk)
{
	const struct node_fact *node = facts_node(desk->facts, (struct nid){ SPECIAL_MESSAGE_STORE });
	struct property p;
	struct view value;
	struct item item;
	const char *key = NULL;

	if (node && item_open(&desk->reader, node, &item) &&
	    item_property(&item, TAG_RECORD_KEY, &p, &value) && value.len == STORE_UID_LEN)
		key = arena_copy(desk->setting->arena, value.at, value.len);
	arena_clear(desk->reader.arena);
	return key;
}

struct rules_look {
	struct organizer organizer;
	size_t n_organizers;
};

/* What an earlier run set aside: Outlook does not look there either. */
static bool is_aside(const struct desk *desk, const struct node_fact *node)
{
	const struct folder_fact *folder = facts_folder(desk->facts, node->parent);

	return folder && folder->name && strcmp(folder->name, CONTENT_RULES_ASIDE) == 0;
}

static enum status look_at(struct rules_look *look, const struct node_fact *node)
{
	struct desk *desk = look->organizer.desk;
	struct desk_message m;

	if (!desk_read(desk, node, &m) || !m.listed.class)
		return ST_OK;
	if (is_rule_message(m.listed.class))
		return look_at_message(&look->organizer, &m);
	if (!str_is_nocase(str_of(m.listed.class), "IPM.RuleOrganizer"))
		return ST_OK;
	if (look->n_organizers++)
		(void)desk_report(desk, &m.listed, CODE_RULE_LIST_TWICE);
	return look_at_organizer(&look->organizer, &m);
}

enum status content_rules(const struct content_setting *setting, struct check_facts *facts)
{
	struct desk desk;
	struct rules_look look = { .organizer = { .desk = &desk } };
	enum status st = desk_open(&desk, setting, facts);

	if (st == ST_OK)
		look.organizer.store_key = store_key(&desk);
	for (size_t i = 0; st == ST_OK && i < facts->n_nodes; i++) {
		if (!desk_is_associated(&facts->nodes[i]) || is_aside(&desk, &facts->nodes[i]))
			continue;
		st = look_at(&look, &facts->nodes[i]);
		arena_clear(desk.reader.arena);
	}
	desk_close(&desk);
	return st;
}

enum status content_rules_file(const struct content_setting *setting, struct view bytes, bool *is_rules_out)
{
	struct desk desk = { .setting = setting };
	struct organizer organizer = { .desk = &desk, .base = { .size = bytes.len } };
	struct rules rules;
	enum status st = rules_read(setting->arena, bytes, &rules);

	*is_rules_out = st == ST_OK && (rules.is_whole || rules.n > 0);
	return *is_rules_out ? list_stream(&organizer, bytes, &rules) : st;
}
