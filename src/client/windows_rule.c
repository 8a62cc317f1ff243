/* This file reads a rule of Windows' own firewall as the registry holds it (MS-GPFAS, 2.2.2.19). */
#include "client/windows_rule.h"

#include "base/checked.h"

enum { PORT_MAX = 65535 };

/* What was met of one rule. */
struct reader {
	struct windows_rule *out;
	bool has_action, has_direction, has_profile;
};

static const char *read_action(struct reader *r, struct str value)
{
	static const char *const words[] = { "Allow", "Block", "ByPass" };

	r->has_action = true;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_is_nocase(value, words[i])) {
			r->out->action = (enum windows_rule_action)i;
			return NULL;
		}
	return "its action is none that there is";
}

static const char *read_direction(struct reader *r, struct str value)
{
	r->has_direction = true;
	r->out->is_out = str_is_nocase(value, "Out");
	return r->out->is_out || str_is_nocase(value, "In") ? NULL : "its direction is neither in nor out";
}

static const char *read_active(struct reader *r, struct str value)
{
	r->out->is_active = str_is_nocase(value, "TRUE");
	return r->out->is_active || str_is_nocase(value, "FALSE") ? NULL
								  : "it is neither active nor inactive";
}

static const char *read_profile(struct reader *r, struct str value)
{
	static const char *const words[] = { "Domain", "Private", "Public" };

	if (!r->has_profile)
		r->out->profiles = 0;
	r->has_profile = true;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_is_nocase(value, words[i])) {
			r->out->profiles |= 1U << i;
			return NULL;
		}
	return "its profile is none that there is";
}

static const char *read_protocol(struct reader *r, struct str value)
{
	uint64_t number;

	if (!str_to_u64(value, WINDOWS_RULE_ANY_PROTOCOL, &number))
		return "its protocol is no number from 0 to 256";
	r->out->protocol = (unsigned)number;
	return NULL;
}

static bool read_range(struct str value, struct windows_rule_ports *out)
{
	size_t dash = str_find_char(value, '-');
	uint64_t first, last;

	if (!str_to_u64(str_head(value, dash), PORT_MAX, &first))
		return false;
	last = first;
	if (dash < value.len && !str_to_u64(str_skip(value, dash + 1), PORT_MAX, &last))
		return false;
	*out = (struct windows_rule_ports){ (uint16_t)first, (uint16_t)last };
	return first <= last;
}

/* A port, a range, or a word such as RPC, which means none of mail's. */
static const char *read_remote(struct reader *r, struct str value)
{
	struct windows_rule_ports ports;

	r->out->has_remote = true;
	if (value.len > 0 && str_is_alpha(value.at[0]))
		return NULL;
	if (!read_range(value, &ports))
		return "a port of it is no number from 0 to 65535";
	if (r->out->n_remote == WINDOWS_RULE_PORTS_MAX)
		return "it names more ports than a rule has";
	r->out->remote[r->out->n_remote++] = ports;
	return NULL;
}

static const char *read_app(struct reader *r, struct str value)
{
	r->out->app = value;
	return NULL;
}

static const char *read_name(struct reader *r, struct str value)
{
	r->out->name = value;
	return NULL;
}

static const char *read_narrow(struct reader *r, struct str value)
{
	r->out->is_narrow = r->out->is_narrow || value.len > 0;
	return NULL;
}

static const struct {
	const char *key;
	const char *(*read)(struct reader *r, struct str value);
} fields[] = {
	{ "Action", read_action },     { "Dir", read_direction },     { "Active", read_active },
	{ "Profile", read_profile },   { "Protocol", read_protocol }, { "RPort", read_remote },
	{ "RPort2_10", read_remote },  { "App", read_app },           { "Name", read_name },
	{ "LPort", read_narrow },      { "LPort2_10", read_narrow },  { "LA4", read_narrow },
	{ "LA6", read_narrow },        { "RA4", read_narrow },        { "RA6", read_narrow },
	{ "RA42", read_narrow },       { "RA62", read_narrow },       { "Svc", read_narrow },
	{ "IF", read_narrow },         { "IFType", read_narrow },     { "LUAuth", read_narrow },
	{ "LUOwn", read_narrow },      { "AppPkgId", read_narrow },   { "RMAuth", read_narrow },
	{ "RUAuth", read_narrow },     { "Platform", read_narrow },   { "Platform2", read_narrow },
	{ "LUAuth2_24", read_narrow }, { "PFN", read_narrow },
};

static const char *read_field(struct reader *r, struct str field)
{
	size_t equals = str_find_char(field, '=');

	if (equals >= field.len)
		return "a field of it has no value";
	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (str_is_nocase(str_head(field, equals), fields[i].key))
			return fields[i].read(r, str_skip(field, equals + 1));
	return NULL;
}

const char *windows_rule_read(struct str text, struct windows_rule *out)
{
	struct reader r = { .out = out };
	struct str rest = text, field;
	const char *why = NULL;
	bool is_first = true;

	*out = (struct windows_rule){ .profiles = WINDOWS_RULE_ALL, .protocol = WINDOWS_RULE_ANY_PROTOCOL };
	if (text.len == 0 || text.len > WINDOWS_RULE_TEXT_MAX)
		return text.len ? "it is too long" : "it is empty";
	if (text.at[text.len - 1] != '|')
		return "it is cut: no bar ends it";
	rest.len--;
	while (!why && rest.at) {
		field = str_cut(&rest, '|');
		/* The version, or whatever stands in its place. */
		if (!is_first || str_find_char(field, '=') != SIZE_MAX)
			why = read_field(&r, field);
		is_first = false;
	}
	if (!why && !(r.has_action && r.has_direction))
		why = r.has_action ? "it names no direction" : "it names no action";
	return why;
}

bool windows_rule_covers(const struct windows_rule *rule, uint16_t port)
{
	if (!rule->is_active || !rule->is_out || rule->is_narrow ||
	    (rule->protocol != WINDOWS_RULE_TCP && rule->protocol != WINDOWS_RULE_ANY_PROTOCOL))
		return false;
	for (size_t i = 0; i < rule->n_remote; i++)
		if (rule->remote[i].first <= port && port <= rule->remote[i].last)
			return true;
	return !rule->has_remote;
}
