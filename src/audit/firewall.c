/* This file judges Windows' own firewall, profile by profile: whether it lets mail programs out. */
#include "audit/tree.h"

#include "base/checked.h"
#include "client/windows_path.h"
#include "hive/hive.h"

enum { PORTS_MAX = 64, PROFILES = 3, OUTBOUND_BLOCK = 1 };

#define NEW_RULE  "postmend-mail"
#define RULES_KEY "FirewallRules"

static const char *const profile_names[PROFILES] = { "domain", "private", "public" };

static const struct {
	enum client_program program;
	const char *file;
} programs[] = {
	{ CLIENT_OUTLOOK, "outlook.exe" },         { CLIENT_OUTLOOK_EXPRESS, "msimn.exe" },
	{ CLIENT_WINDOWS_MAIL, "winmail.exe" },    { CLIENT_WINDOWS_MAIL, "wlmail.exe" },
	{ CLIENT_THUNDERBIRD, "thunderbird.exe" },
};

/* What is asked of the firewall. */
struct wall {
	const struct audit_tree *t;
	unsigned on, shut; /* profiles that are switched on; of these those that let nothing out unasked */
	unsigned in_use;   /* those of the networks that the computer is in; 0: not known */
	const struct machine_zone *zones[PROFILES]; /* what says so */
};

/* Ports that accounts use: those of the program that a rule names, or of all. */
struct ports {
	uint16_t at[PORTS_MAX];
	size_t n;
};

static void add_port(struct ports *ports, uint16_t port)
{
	for (size_t i = 0; i < ports->n; i++)
		if (ports->at[i] == port)
			return;
	if (port && ports->n < PORTS_MAX)
		ports->at[ports->n++] = port;
}

static void add_ports(const struct client_found *found, enum client_program program, struct ports *out)
{
	for (size_t i = 0; i < found->n_accounts; i++) {
		const struct client_account *account = &found->accounts[i];

		if (account->program != program)
			continue;
		if (account->has_incoming)
			add_port(out, account->incoming.port_used);
		if (account->has_outgoing)
			add_port(out, account->outgoing.port_used);
	}
}

static struct ports ports_of(const struct client_found *found, struct str app)
{
	struct str name = windows_path_name(app);
	struct ports out = { .n = 0 };

	for (size_t i = 0; i < COUNT_OF(programs); i++)
		if (app.len == 0 || str_is_nocase(name, programs[i].file))
			add_ports(found, programs[i].program, &out);
	return out;
}

static const char *profiles_text(const struct audit_tree *t, unsigned profiles)
{
	const char *text = "";

	for (size_t i = 0; i < PROFILES; i++)
		if (profiles & 1U << i)
			text = arena_printf(t->arena, "%s%s%s", text, *text ? ", " : "", profile_names[i]);
	return text ? text : "";
}

static const char *ports_text(const struct audit_tree *t, const struct ports *ports)
{
	const char *text = "";

	for (size_t i = 0; i < ports->n; i++)
		text = arena_printf(t->arena, "%s%s%u", text, *text ? ", " : "", ports->at[i]);
	return text ? text : "";
}

/* The same rule, switched off; a policy's cannot be. */
static void want_off(const struct audit_tree *t, const struct finding *f, const struct machine_rule *rule)
{
	struct str text = str_of(rule->text);
	size_t at = str_find_nocase(text, STR("|Active=TRUE|"));

	if (rule->is_policy || at == SIZE_MAX)
		return;
	audit_tree_want(t, f,
			(struct wanted){
				.what = WANTED_VALUE,
				.source = rule->source,
				.place = rule->place,
				.type = HIVE_SZ,
				.text = arena_printf(t->arena, "%.*s|Active=FALSE|%s", (int)at, text.at,
						     text.at + at + STR("|Active=TRUE|").len),
			});
}

/* On a Windows that runs: which profiles are in use now, and who said how things stand. What only happens in
 * other networks stops no mail in this one. */
static void say_state(const struct wall *wall, struct finding *f, unsigned where)
{
	const struct client_firewall *told = &wall->t->found->firewall;
	bool is_whole = told->told_enabled && told->told_shut;

	if (!told->was_asked)
		return;
	if (wall->in_use) {
		finding_evidence(f, "in_use", profiles_text(wall->t, wall->in_use), NULL, TRUST_OURS);
		if ((where & wall->in_use) == 0)
			f->severity = SEVERITY_ADVICE;
	}
	finding_evidence(f, "state_from",
			 is_whole ? "the firewall itself"
				  : "the registry, as the firewall itself does not tell all of it",
			 NULL, TRUST_OURS);
}

static void judge_rule(const struct wall *wall, const struct machine_rule *rule)
{
	const struct audit_tree *t = wall->t;
	struct ports used = ports_of(t->found, rule->rule.app), shut = { .n = 0 };
	unsigned where = rule->rule.profiles & wall->on;
	const char *name = rule->place.value;
	struct finding *f;

	for (size_t i = 0; i < used.n; i++)
		if (windows_rule_covers(&rule->rule, used.at[i]))
			add_port(&shut, used.at[i]);
	if (rule->rule.action != WINDOWS_RULE_BLOCK || where == 0 || shut.n == 0)
		return;
	if (rule->rule.name.len)
		name = arena_text(t->arena, rule->rule.name);
	f = audit_tree_add(
		t, rule->rule.app.len ? CODE_FIREWALL_RULE_BLOCKS_PROGRAM : CODE_FIREWALL_RULE_BLOCKS_PORTS,
		arena_printf(t->arena, "firewall rule %s", rule->place.value));
	if (where != wall->on && (wall->in_use == 0 || (wall->in_use & ~where)))
		f->severity = SEVERITY_WARNING;
	finding_evidence(f, "rule", name, NULL, TRUST_PEER);
	if (rule->rule.app.len)
		finding_evidence(f, "program", arena_text(t->arena, rule->rule.app), NULL, TRUST_PEER);
	finding_evidence(f, "profiles", profiles_text(t, where), NULL, TRUST_OURS);
	finding_evidence(f, "ports", ports_text(t, &shut), NULL, TRUST_OURS);
	audit_tree_place(t, f, rule->source, &rule->place);
	say_state(wall, f, where);
	want_off(t, f, rule);
}

/* Whether some rule lets this program out to the port, where the profile is in force. */
static bool is_allowed(const struct audit_tree *t, const char *file, uint16_t port, unsigned profile)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < m->n_rules; i++) {
		const struct windows_rule *rule = &m->rules[i].rule;

		if (rule->action != WINDOWS_RULE_BLOCK && (rule->profiles & profile) &&
		    windows_rule_covers(rule, port) &&
		    (rule->app.len == 0 || str_is_nocase(windows_path_name(rule->app), file)))
			return true;
	}
	return false;
}

static void want_rule(const struct audit_tree *t, const struct finding *f, const struct machine_zone *zone,
		      const struct ports *ports, const char *profile)
{
	struct str key = str_of(zone->outbound.place.key);
	size_t end = key.len;
	const char *text = arena_printf(
		t->arena, "v2.10|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|Profile=%s|", profile);

	while (end > 0 && key.at[end - 1] != '\\')
		end--;
	for (size_t i = 0; text && i < ports->n; i++)
		text = arena_printf(t->arena, "%sRPort=%u|", text, ports->at[i]);
	if (zone->is_policy || !text)
		return;
	audit_tree_want(
		t, f,
		(struct wanted){
			.what = WANTED_VALUE,
			.source = zone->source,
			.place = { .key = arena_printf(t->arena, "%.*s%s", (int)end, key.at, RULES_KEY),
				   .value = arena_printf(t->arena, "%s-%s", NEW_RULE, profile) },
			.type = HIVE_SZ,
			.text = arena_printf(t->arena, "%sName=Mail (postmend)|", text),
		});
}

/* A profile that lets out what a rule allows, and no rule for mail. */
static void judge_profile(const struct wall *wall, size_t which)
{
	static const char *const words[PROFILES] = { "Domain", "Private", "Public" };
	const struct audit_tree *t = wall->t;
	const struct machine_zone *zone = wall->zones[which];
	struct ports shut = { .n = 0 };
	struct finding *f;

	if (!(wall->shut & 1U << which) || !zone)
		return;
	for (size_t i = 0; i < COUNT_OF(programs); i++) {
		struct ports used = ports_of(t->found, str_of(programs[i].file));

		for (size_t p = 0; p < used.n; p++)
			if (!is_allowed(t, programs[i].file, used.at[p], 1U << which))
				add_port(&shut, used.at[p]);
	}
	if (shut.n == 0)
		return;
	f = audit_tree_add(t, CODE_FIREWALL_OUTBOUND_BLOCKED,
			   arena_printf(t->arena, "firewall profile %s", profile_names[which]));
	finding_evidence(f, "profiles", profile_names[which], NULL, TRUST_OURS);
	finding_evidence(f, "ports", ports_text(t, &shut), "a rule that allows them", TRUST_OURS);
	audit_tree_place(t, f, zone->source, &zone->outbound.place);
	say_state(wall, f, 1U << which);
	want_rule(t, f, zone, &shut, words[which]);
}

/* A policy's word stands above the computer's own. */
static void look_at_profile(const struct machine *m, size_t which, struct wall *wall)
{
	bool is_on = true, is_shut = false;

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < m->n_zones; i++) {
			const struct machine_zone *zone = &m->zones[i];

			if (zone->profile != 1U << which || zone->is_policy != (pass == 1))
				continue;
			if (zone->enabled.is_set)
				is_on = zone->enabled.number != 0;
			if (!zone->outbound.is_set)
				continue;
			is_shut = zone->outbound.number == OUTBOUND_BLOCK;
			wall->zones[which] = zone;
		}
	wall->on |= is_on ? 1U << which : 0;
	wall->shut |= is_on && is_shut ? 1U << which : 0;
}

/* What the firewall says of itself stands above the registry. */
static void hear_itself(struct wall *wall, const struct client_firewall *told)
{
	wall->in_use = told->in_use;
	wall->on = (wall->on & ~told->told_enabled) | told->enabled;
	wall->shut = ((wall->shut & ~told->told_shut) | told->shut) & wall->on;
}

void audit_tree_firewall(const struct audit_tree *t)
{
	const struct machine *m = t->found->machine;
	struct wall wall = { .t = t };

	for (size_t i = 0; i < PROFILES; i++)
		look_at_profile(m, i, &wall);
	hear_itself(&wall, &t->found->firewall);
	for (size_t i = 0; i < m->n_rules; i++)
		judge_rule(&wall, &m->rules[i]);
	for (size_t i = 0; i < PROFILES; i++)
		judge_profile(&wall, i);
}
