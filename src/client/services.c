/* This file reads what sits between programs and the network from Windows' hives. */
#include "client/services.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "client/registry.h"
#include "client/root_name.h"
#include "client/windows_path.h"

enum { LAYER_PATH_LEN = 260, CERTIFICATE_PROPERTY = 32, CONTROL_SETS_MAX = 999 };

/* A path below the control set that Windows starts with. */
static bool open_control(struct client_found *found, const struct hive *hive, const char *path,
			 struct registry_key *out)
{
	struct registry_key select;
	struct client_number current;

	if (!registry_open(found, hive, "Select", &select))
		return false;
	current = registry_number(&select, "Current");
	if (!current.is_set || current.number > CONTROL_SETS_MAX)
		return false;
	return registry_open(found, hive,
			     arena_printf(found->arena, "ControlSet%03u\\%s", (unsigned)current.number, path),
			     out);
}

static void read_services(struct client_found *found, const struct hive *hive, const char *source)
{
	struct machine *m = found->machine;
	struct registry_key top, key;
	struct hive_list list;
	const char *name;

	if (!open_control(found, hive, "Services", &top))
		return;
	list = hive_subkeys(top.hive, &top.key);
	while (registry_next(&top, &list, &key, &name)) {
		struct machine_service one = { .name = name,
					       .source = source,
					       .image = registry_text(&key, "ImagePath"),
					       .start = registry_number(&key, "Start") };

		if (!one.start.is_set)
			continue;
		if (one.image.text)
			one.file = windows_path_of(found->arena, one.image.text);
		m->services[machine_next(&m->n_services, MACHINE_LIST_MAX)] = one;
	}
}

/* The path of a provider's library stands at the front, in single bytes. */
static void read_catalogue(struct client_found *found, const struct hive *hive, const char *source,
			   const char *entries)
{
	struct machine *m = found->machine;
	struct registry_key top, key;
	struct hive_list list;
	const char *name, *text;

	if (!open_control(found, hive,
			  arena_printf(found->arena, "Services\\WinSock2\\Parameters\\Protocol_Catalog9\\%s",
				       entries),
			  &top))
		return;
	list = hive_subkeys(top.hive, &top.key);
	while (registry_next(&top, &list, &key, &name)) {
		struct view item = registry_bytes(&key, "PackedCatalogItem");
		struct str path = str_from_view(item);

		if (path.len < LAYER_PATH_LEN)
			continue;
		path = str_head(path, LAYER_PATH_LEN);
		text = arena_text(found->arena, str_head(path, str_find_char(path, '\0')));
		if (text && *text)
			m->layers[machine_next(&m->n_layers, MACHINE_LIST_MAX)] =
				(struct machine_layer){ .source = source,
							.file = windows_path_of(found->arena, text),
							.place = registry_place(&key, "PackedCatalogItem") };
	}
}

static void read_rules(const struct registry_key *policy, const char *source, bool is_policy)
{
	struct machine *m = policy->found->machine;
	struct hive_value value;
	struct registry_key key;
	struct hive_list list;

	if (!registry_below(policy, "FirewallRules", &key))
		return;
	list = hive_values(key.hive, &key.key);
	while (hive_next_value(&list, &value)) {
		struct machine_rule one = { .source = source, .is_policy = is_policy };
		const char *name = hive_value_name(key.found->arena, &value), *why;

		one.text = name && *name ? registry_text(&key, name).text : NULL;
		if (!one.text)
			continue;
		one.place = registry_place(&key, name);
		why = windows_rule_read(str_of(one.text), &one.rule);
		if (why)
			client_add_remark(key.found, source, 0,
					  arena_printf(key.found->arena,
						       "the firewall rule %s cannot be understood: %s", name,
						       why));
		else if (one.rule.is_out)
			m->rules[machine_next(&m->n_rules, MACHINE_LIST_MAX)] = one;
	}
}

static void read_zones(const struct registry_key *policy, const char *source, bool is_policy)
{
	static const struct {
		const char *key;
		enum windows_rule_profile profile;
	} zones[] = {
		{ "DomainProfile", WINDOWS_RULE_DOMAIN },
		{ "StandardProfile", WINDOWS_RULE_PRIVATE },
		{ "PrivateProfile", WINDOWS_RULE_PRIVATE },
		{ "PublicProfile", WINDOWS_RULE_PUBLIC },
	};
	struct machine *m = policy->found->machine;
	struct registry_key key;

	for (size_t i = 0; i < COUNT_OF(zones); i++)
		if (registry_below(policy, zones[i].key, &key))
			m->zones[machine_next(&m->n_zones, MACHINE_LIST_MAX)] = (struct machine_zone){
				.profile = zones[i].profile,
				.is_policy = is_policy,
				.source = source,
				.enabled = registry_number(&key, "EnableFirewall"),
				.outbound = registry_number(&key, "DefaultOutboundAction"),
			};
}

void services_read_system(struct client_found *found, const struct hive *hive, const char *source)
{
	struct registry_key policy;

	read_services(found, hive, source);
	read_catalogue(found, hive, source, "Catalog_Entries");
	read_catalogue(found, hive, source, "Catalog_Entries64");
	if (!open_control(found, hive, "Services\\SharedAccess\\Parameters\\FirewallPolicy", &policy))
		return;
	read_zones(&policy, source, false);
	read_rules(&policy, source, false);
}

/* A blob is a row of properties: number, 1, length, bytes; one of them is the certificate. */
static struct view certificate_in(struct view blob)
{
	struct cursor c = cursor_of(blob);

	while (cursor_left(&c) >= 12) {
		uint32_t property = cursor_u32le(&c), len;
		struct view bytes;

		cursor_skip(&c, 4);
		len = cursor_u32le(&c);
		bytes = cursor_take(&c, len);
		if (cursor_ok(&c) && property == CERTIFICATE_PROPERTY)
			return bytes;
	}
	return view_of(NULL, 0);
}

static void read_roots(struct client_found *found, const struct hive *hive, const char *source,
		       const char *path)
{
	struct machine *m = found->machine;
	struct registry_key top, key;
	struct hive_list list;
	const char *name;

	if (!registry_open(found, hive, path, &top))
		return;
	list = hive_subkeys(top.hive, &top.key);
	while (registry_next(&top, &list, &key, &name)) {
		struct machine_root one = { .source = source, .place = registry_place(&key, "Blob") };

		if (!root_name_read(certificate_in(registry_bytes(&key, "Blob")), &one.common_name,
				    &one.organisation))
			continue;
		one.common_name = arena_str(found->arena, one.common_name);
		one.organisation = arena_str(found->arena, one.organisation);
		m->roots[machine_next(&m->n_roots, MACHINE_LIST_MAX)] = one;
	}
}

void services_read_software(struct client_found *found, const struct hive *hive, const char *source)
{
	struct registry_key policy;

	read_roots(found, hive, source, "Microsoft\\SystemCertificates\\ROOT\\Certificates");
	if (!registry_open(found, hive, "Policies\\Microsoft\\WindowsFirewall", &policy))
		return;
	read_zones(&policy, source, true);
	read_rules(&policy, source, true);
}

void services_read_user(struct client_found *found, const struct hive *hive, const char *source)
{
	read_roots(found, hive, source, "Software\\Microsoft\\SystemCertificates\\Root\\Certificates");
}
