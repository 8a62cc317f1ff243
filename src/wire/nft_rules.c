/* This file finds, in what `nft -j list ruleset` prints, the rules that stop connections which this computer
 * begins. */
#include "wire/nft_rules.h"

#include "base/checked.h"

#include <jansson.h>
#include <string.h>

enum { PORT_MAX = 65535 };

struct reading {
	struct arena *arena;
	json_t *list;
	struct firewall_facts *out;
};

static const char *text_of(json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* The table has a chain for what leaves this computer: "input" and "forward" chains concern others. */
static bool is_for_output(struct reading *r, json_t *rule)
{
	size_t i;
	json_t *item;

	json_array_foreach(r->list, i, item)
	{
		json_t *chain = json_object_get(item, "chain");

		if (!chain || strcmp(text_of(chain, "table"), text_of(rule, "table")) != 0 ||
		    strcmp(text_of(chain, "family"), text_of(rule, "family")) != 0 ||
		    strcmp(text_of(chain, "name"), text_of(rule, "chain")) != 0)
			continue;
		return strcmp(text_of(chain, "hook"), "output") == 0;
	}
	return false;
}

static void add_port(struct firewall_rule *rule, json_int_t first, json_int_t last)
{
	if (rule->n_ports == FIREWALL_PORTS_MAX || first < 0 || last > PORT_MAX || first > last)
		return;
	rule->ports[rule->n_ports++] = (struct port_range){ (uint16_t)first, (uint16_t)last };
}

/* 993, {"range":[1,9]}, {"set":[…]}. False for anything else. */
static bool take_ports(struct firewall_rule *rule, json_t *right)
{
	json_t *set = json_object_get(right, "set"), *range = json_object_get(right, "range"), *one;
	size_t i;

	if (json_is_integer(right)) {
		add_port(rule, json_integer_value(right), json_integer_value(right));
		return true;
	}
	if (json_array_size(range) == 2) {
		add_port(rule, json_integer_value(json_array_get(range, 0)),
			 json_integer_value(json_array_get(range, 1)));
		return true;
	}
	json_array_foreach(set, i, one)
	{
		json_t *part = json_object_get(one, "range");

		if (json_array_size(part) == 2)
			add_port(rule, json_integer_value(json_array_get(part, 0)),
				 json_integer_value(json_array_get(part, 1)));
		else if (json_is_integer(one))
			add_port(rule, json_integer_value(one), json_integer_value(one));
		else
			return false;
	}
	return json_is_array(set);
}

static bool is_one_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

/* False when the condition is none that can be judged here: then the rule is left out. */
static bool take_match(struct reading *r, struct firewall_rule *rule, json_t *match)
{
	static const char *const owners[] = { "skuid", "skgid", "cgroup" };
	json_t *left = json_object_get(match, "left"), *right = json_object_get(match, "right");
	json_t *payload = json_object_get(left, "payload"), *meta = json_object_get(left, "meta");
	const char *op = text_of(match, "op");

	if (strcmp(op, "==") != 0)
		return false;
	if (json_object_get(left, "socket") ||
	    (meta && is_one_of(text_of(meta, "key"), owners, COUNT_OF(owners)))) {
		rule->for_some = true;
		return true;
	}
	if (meta)
		return strcmp(text_of(meta, "key"), "l4proto") == 0 && json_is_string(right) &&
		       strcmp(json_string_value(right), "tcp") == 0;
	if (payload && strcmp(text_of(payload, "field"), "dport") == 0)
		return strcmp(text_of(payload, "protocol"), "udp") != 0 && take_ports(rule, right);
	if (payload && strcmp(text_of(payload, "field"), "daddr") == 0 && json_is_string(right)) {
		rule->to = arena_strdup(r->arena, json_string_value(right));
		return true;
	}
	return false;
}

/* False when the rule is none of those that are looked for. */
static bool take_rule(struct reading *r, json_t *from, struct firewall_rule *rule)
{
	bool stops = false;
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(from, "expr"), i, one)
	{
		json_t *match = json_object_get(one, "match"), *counter = json_object_get(one, "counter");

		if (match && !take_match(r, rule, match))
			return false;
		if (json_is_object(counter)) {
			rule->counts = true;
			rule->packets = (uint64_t)json_integer_value(json_object_get(counter, "packets"));
		}
		/* What iptables wrote in its own words ("xt") is read as iptables tells it. */
		if (json_object_get(one, "limit") || json_object_get(one, "xt"))
			return false;
		if (json_object_get(one, "drop") || json_object_get(one, "reject")) {
			rule->rejects = json_object_get(one, "reject") != NULL;
			stops = true;
		}
	}
	return stops;
}

bool nft_rules_read(struct arena *arena, struct str text, struct firewall_facts *out)
{
	struct reading reading = { .arena = arena, .out = out };
	json_t *root = json_loadb(text.at, text.len, 0, NULL), *item;
	size_t i;

	*out = (struct firewall_facts){ 0 };
	reading.list = json_object_get(root, "nftables");
	out->read = json_is_array(reading.list);
	json_array_foreach(reading.list, i, item)
	{
		json_t *from = json_object_get(item, "rule");
		struct firewall_rule rule = { 0 };

		if (!from || out->n_rules == FIREWALL_RULES_MAX || !is_for_output(&reading, from) ||
		    !take_rule(&reading, from, &rule))
			continue;
		rule.where = arena_printf(arena, "%s %s %s", text_of(from, "family"), text_of(from, "table"),
					  text_of(from, "chain"));
		rule.family = strcmp(text_of(from, "family"), "ip") == 0    ? 4
			      : strcmp(text_of(from, "family"), "ip6") == 0 ? 6
									    : 0;
		if (rule.where)
			out->rules[out->n_rules++] = rule;
	}
	json_decref(root);
	return out->read;
}
