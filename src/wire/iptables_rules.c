/* This file finds, in what `iptables-save -c` and its kin print, the rules that stop connections which this
 * computer begins.
 *
 * A chain of the user's own is read when something leads to it: what its rules
 * say then holds under the conditions of that jump, the first that was met.
 */
#include "wire/iptables_rules.h"

#include "base/checked.h"

enum { LINES_MAX = 4096, CHAINS_MAX = 256, TO_MAX = 64, PORT_MAX = 65535 };

/* One line "-A CHAIN …", and what it does; a rule that cannot be judged has no target. */
struct line {
	struct str table, chain, target;
	unsigned family;
	struct firewall_rule rule;
};

/* A chain that connections of this computer come to, and under which conditions. */
struct chain {
	struct str table, name;
	unsigned family;
	struct firewall_rule under;
};

struct reading {
	struct arena *arena;
	struct line *lines;
	struct chain *chains;
	size_t n_lines, n_chains;
	struct str table;
	unsigned family;
};

/* The next word of a line; quotes hold blanks together, and a backslash the quote. */
static struct str next_word(struct str *rest)
{
	struct str line = *rest = str_trim(*rest);
	size_t at = 0;

	if (line.len == 0 || line.at[0] != '"')
		return str_trim(str_cut(rest, ' '));
	for (at = 1; at < line.len && line.at[at] != '"'; at++)
		at += line.at[at] == '\\' ? 1 : 0;
	*rest = str_skip(line, at + 1);
	return str_head(line, at + 1);
}

static void add_port(struct firewall_rule *rule, struct str text)
{
	struct str first = str_cut(&text, ':');
	uint64_t from, to;

	if (rule->n_ports == FIREWALL_PORTS_MAX || !str_to_u64(first, PORT_MAX, &from))
		return;
	to = from;
	if (text.at && (!str_to_u64(text, PORT_MAX, &to) || to < from))
		return;
	rule->ports[rule->n_ports++] = (struct port_range){ (uint16_t)from, (uint16_t)to };
}

static bool take_ports(struct firewall_rule *rule, struct str list)
{
	while (list.at)
		add_port(rule, str_cut(&list, ','));
	return rule->n_ports > 0;
}

/* "192.0.2.1/32", "2001:db8::1/128": one address alone. */
static bool take_address(struct reading *r, struct firewall_rule *rule, struct str text)
{
	struct str address = str_cut(&text, '/');

	if (address.len > TO_MAX || (text.at && !str_is(text, r->family == 6 ? "128" : "32")))
		return false;
	rule->to = arena_text(r->arena, address);
	return rule->to != NULL;
}

/* Conditions with one word behind them that change nothing, those that choose programs, and modules that come
 * with either of these or with ports. */
static const char *const harmless[] = { "--comment", "--reject-with" };
static const char *const owners[] = { "--uid-owner", "--gid-owner", "--cgroup", "--path" };
static const char *const modules[] = {
	"tcp", "multiport", "comment", "owner", "state", "conntrack", "cgroup"
};
static const char *const states[] = { "--state", "--ctstate" };
static const char *const ports[] = { "--dport", "--dports" };

static bool is_one_of(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

#define IS_ONE_OF(word, words) is_one_of((word), (words), COUNT_OF(words))

/* False when the condition is none that can be judged here. */
static bool take_condition(struct reading *r, struct line *line, struct str word, struct str *rest)
{
	struct firewall_rule *rule = &line->rule;
	struct str value = next_word(rest);

	if (IS_ONE_OF(word, harmless))
		return true;
	if (IS_ONE_OF(word, owners)) {
		rule->for_some = true;
		return true;
	}
	if (str_is(word, "-p"))
		return str_is(value, "tcp");
	if (str_is(word, "-m"))
		return IS_ONE_OF(value, modules);
	if (IS_ONE_OF(word, ports))
		return take_ports(rule, value);
	if (str_is(word, "-d"))
		return take_address(r, rule, value);
	if (IS_ONE_OF(word, states))
		return str_find(value, STR("NEW")) != SIZE_MAX;
	/* --syn: the first packet of a connection. */
	if (str_is(word, "--tcp-flags"))
		return str_is(next_word(rest), "SYN");
	if (str_is(word, "-j") || str_is(word, "-g")) {
		line->target = value;
		return true;
	}
	return false;
}

/* "[packets:bytes] -A CHAIN …"; the counters are there with -c. */
static void read_rule(struct reading *r, struct str text)
{
	struct line *line = &r->lines[r->n_lines];
	struct str word = next_word(&text);
	uint64_t packets;

	*line = (struct line){ .table = r->table, .family = r->family };
	if (word.len > 2 && word.at[0] == '[') {
		word = str_skip(word, 1);
		line->rule.counts = str_to_u64(str_cut(&word, ':'), UINT64_MAX, &packets);
		line->rule.packets = line->rule.counts ? packets : 0;
		word = next_word(&text);
	}
	if (!str_is(word, "-A") || r->n_lines == LINES_MAX)
		return;
	line->chain = next_word(&text);
	for (word = next_word(&text); word.len > 0; word = next_word(&text))
		if (!take_condition(r, line, word, &text))
			return;
	r->n_lines += line->target.len > 0 ? 1 : 0;
}

static bool is_chain(const struct chain *chain, const struct line *line, struct str name)
{
	return chain->family == line->family && str_eq(chain->table, line->table) &&
	       str_eq(chain->name, name);
}

/* The conditions of a jump hold for all behind it. */
static struct firewall_rule both(const struct firewall_rule *under, const struct firewall_rule *rule)
{
	struct firewall_rule out = *rule;

	out.for_some = under->for_some || rule->for_some;
	if (!out.to)
		out.to = under->to;
	for (size_t i = 0; rule->n_ports == 0 && i < under->n_ports; i++)
		out.ports[out.n_ports++] = under->ports[i];
	return out;
}

static void add_chain(struct reading *r, const struct line *line, struct str name,
		      const struct firewall_rule *under)
{
	for (size_t i = 0; i < r->n_chains; i++)
		if (is_chain(&r->chains[i], line, name))
			return;
	if (r->n_chains < CHAINS_MAX)
		r->chains[r->n_chains++] = (struct chain){
			.table = line->table, .name = name, .family = line->family, .under = *under
		};
}

static void add_rule(struct reading *r, const struct chain *chain, const struct line *line,
		     struct firewall_facts *out)
{
	bool rejects = str_is(line->target, "REJECT");
	struct firewall_rule rule = both(&chain->under, &line->rule);

	if (!rejects && !str_is(line->target, "DROP")) {
		add_chain(r, line, line->target, &rule);
		return;
	}
	rule.rejects = rejects;
	rule.family = line->family;
	rule.where = arena_printf(r->arena, "%s %.*s %.*s", line->family == 6 ? "ip6tables" : "iptables",
				  (int)line->table.len, line->table.at, (int)line->chain.len, line->chain.at);
	if (rule.where && out->n_rules < FIREWALL_RULES_MAX)
		out->rules[out->n_rules++] = rule;
}

/* "# Generated by ip6tables-save …", "*filter", ":CHAIN …", rules. */
static bool read_line(struct reading *r, struct str text)
{
	static const char generated[] = "# Generated by ";
	bool is_head = str_starts(text, STR("# Generated by "));

	if (is_head)
		r->family = str_starts(str_skip(text, sizeof generated - 1), STR("ip6")) ? 6 : 4;
	else if (text.len > 1 && text.at[0] == '*')
		r->table = str_skip(text, 1);
	else if (text.len > 0 && (text.at[0] == '[' || text.at[0] == '-'))
		read_rule(r, text);
	return is_head;
}

bool iptables_rules_read(struct arena *arena, struct str text, struct firewall_facts *facts)
{
	struct reading r = { .arena = arena,
			     .lines = arena_array(arena, LINES_MAX + 1, sizeof *r.lines),
			     .chains = arena_array(arena, CHAINS_MAX, sizeof *r.chains),
			     .family = 4 };
	const struct firewall_rule nothing = { .where = NULL };
	bool is_list = false;

	if (!r.lines || !r.chains)
		return false;
	while (text.at)
		is_list |= read_line(&r, str_trim(str_cut(&text, '\n')));
	for (size_t i = 0; i < r.n_lines; i++)
		if (str_is(r.lines[i].chain, "OUTPUT"))
			add_chain(&r, &r.lines[i], r.lines[i].chain, &nothing);
	/* The list grows while it is walked, each chain once. */
	for (size_t c = 0; c < r.n_chains; c++)
		for (size_t i = 0; i < r.n_lines; i++)
			if (is_chain(&r.chains[c], &r.lines[i], r.lines[i].chain))
				add_rule(&r, &r.chains[c], &r.lines[i], facts);
	facts->read = facts->read || is_list;
	return is_list;
}
