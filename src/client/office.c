/* This file reads which Office and Windows are installed, with which updates, and what steers them for one
 * user. */
#include "client/office.h"

#include "base/checked.h"
#include "client/registry.h"
#include "client/windows_path.h"

enum { CBS_INSTALLED = 112, KB_DIGITS_MIN = 6, KB_DIGITS_MAX = 8 };

#define CLICK_TO_RUN "Microsoft\\Office\\ClickToRun\\Configuration"

const char *const office_versions[OFFICE_VERSIONS] = { "8.0",  "9.0",  "10.0", "11.0", "12.0",
						       "14.0", "15.0", "16.0", "17.0" };

uint32_t office_kb_in(struct str text)
{
	size_t at = str_find_nocase(text, STR("KB")), n = 0;
	uint64_t number = 0;

	while (at != SIZE_MAX) {
		text = str_skip(text, at + 2);
		for (n = 0; n < text.len && str_is_digit(text.at[n]);)
			n++;
		if (n >= KB_DIGITS_MIN && n <= KB_DIGITS_MAX &&
		    str_to_u64(str_head(text, n), UINT32_MAX, &number))
			return (uint32_t)number;
		at = str_find_nocase(text, STR("KB"));
	}
	return 0;
}

static void add_patch(const struct registry_key *key, const char *source, const char *text, const char *value)
{
	struct machine *m = key->found->machine;
	uint32_t kb = text ? office_kb_in(str_of(text)) : 0;

	if (kb)
		m->patches[machine_next(&m->n_patches, MACHINE_ROWS_MAX)] =
			(struct machine_patch){ kb, source, text, registry_place(key, value) };
}

/* Programs and updates as the control panel lists them: the number stands in the
 * name of the key or in what is shown. */
static void read_uninstall(struct client_found *found, const struct hive *hive, const char *source,
			   const char *path)
{
	struct registry_key top, key;
	struct hive_list list;
	const char *name;

	if (!registry_open(found, hive, path, &top))
		return;
	list = hive_subkeys(top.hive, &top.key);
	while (registry_next(&top, &list, &key, &name)) {
		struct client_text shown = registry_text(&key, "DisplayName");

		add_patch(&key, source, office_kb_in(str_of(shown.text)) ? shown.text : name, "DisplayName");
	}
}

static void read_patches_of(const struct registry_key *product, const char *source)
{
	struct registry_key patches, key;
	struct hive_list list;
	const char *name;

	if (!registry_below(product, "Patches", &patches))
		return;
	list = hive_subkeys(patches.hive, &patches.key);
	while (registry_next(&patches, &list, &key, &name))
		add_patch(&key, source, registry_text(&key, "DisplayName").text, "DisplayName");
}

/* Installer\UserData\<user>\Products\<product>\Patches\<patch>. */
static void read_installer(struct client_found *found, const struct hive *hive, const char *source)
{
	struct registry_key top, user, products, product;
	struct hive_list users, list;
	const char *name;

	if (!registry_open(found, hive, "Microsoft\\Windows\\CurrentVersion\\Installer\\UserData", &top))
		return;
	users = hive_subkeys(top.hive, &top.key);
	while (registry_next(&top, &users, &user, &name)) {
		if (!registry_below(&user, "Products", &products))
			continue;
		list = hive_subkeys(products.hive, &products.key);
		while (registry_next(&products, &list, &product, &name))
			read_patches_of(&product, source);
	}
}

/* Updates of Windows: "Package_for_KB3097877~…", installed when its state says so. */
static void read_packages(struct client_found *found, const struct hive *hive, const char *source)
{
	struct registry_key top, key;
	struct hive_list list;
	const char *name;

	if (!registry_open(found, hive,
			   "Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages", &top))
		return;
	list = hive_subkeys(top.hive, &top.key);
	while (registry_next(&top, &list, &key, &name))
		if (office_kb_in(str_of(name)) &&
		    registry_number(&key, "CurrentState").number == CBS_INSTALLED)
			add_patch(&key, source, name, "CurrentState");
}

static void read_windows(struct client_found *found, const struct hive *hive, const char *source)
{
	struct machine *m = found->machine;
	struct registry_key key;
	struct client_text build;
	uint64_t number;

	if (!registry_open(found, hive, "Microsoft\\Windows NT\\CurrentVersion", &key))
		return;
	build = registry_text(&key, "CurrentBuild");
	if (!build.text || !str_to_u64(str_of(build.text), UINT32_MAX, &number))
		return;
	m->windows_build = (uint32_t)number;
	m->windows_revision = registry_number(&key, "UBR").number;
	m->windows_source = source;
	m->windows_place = registry_place(&key, "UBR");
}

static unsigned major_of(const char *version)
{
	size_t dot = str_find_char(str_of(version), '.');
	uint64_t number = 0;

	return str_to_u64(str_head(str_of(version), dot), 99, &number) ? (unsigned)number : 0;
}

static struct machine_office *add_office(struct client_found *found, enum machine_office_kind kind,
					 const char *source, const char *version)
{
	struct machine *m = found->machine;
	struct machine_office *office = &m->offices[machine_next(&m->n_offices, MACHINE_LIST_MAX)];

	*office = (struct machine_office){ .kind = kind, .source = source, .major = major_of(version) };
	return office;
}

static void read_click_to_run(struct client_found *found, const struct hive *hive, const char *source)
{
	struct registry_key key;
	struct client_text version, path;
	struct machine_office *office;

	if (!registry_open(found, hive, CLICK_TO_RUN, &key))
		return;
	version = registry_text(&key, "VersionToReport");
	path = registry_text(&key, "InstallationPath");
	if (!version.text)
		return;
	office = add_office(found, MACHINE_OFFICE_CLICK_TO_RUN, source, version.text);
	office->version = version.text;
	office->place = version.place;
	if (path.text)
		office->folder =
			windows_path_of(found->arena, arena_printf(found->arena, "%s\\root\\Office%u",
								   path.text, office->major));
}

/* The kind that comes as an installer's packages; Click-to-Run writes the same key, below "root". */
static void read_installed(struct client_found *found, const struct hive *hive, const char *source,
			   const char *front, const char *version)
{
	struct machine_office *office;
	struct registry_key key;
	struct client_text path;

	if (!registry_open(found, hive,
			   arena_printf(found->arena, "%sMicrosoft\\Office\\%s\\Outlook\\InstallRoot", front,
					version),
			   &key))
		return;
	path = registry_text(&key, "Path");
	if (!path.text || str_find_nocase(str_of(path.text), STR("\\root\\")) != SIZE_MAX)
		return;
	office = add_office(found, MACHINE_OFFICE_MSI, source, version);
	office->folder = windows_path_of(found->arena, path.text);
	office->place = path.place;
}

void office_read_software(struct client_found *found, const struct hive *hive, const char *source)
{
	read_windows(found, hive, source);
	read_click_to_run(found, hive, source);
	for (size_t i = 0; i < OFFICE_VERSIONS; i++) {
		read_installed(found, hive, source, "", office_versions[i]);
		read_installed(found, hive, source, "WOW6432Node\\", office_versions[i]);
	}
	read_uninstall(found, hive, source, "Microsoft\\Windows\\CurrentVersion\\Uninstall");
	read_uninstall(found, hive, source, "WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall");
	read_installer(found, hive, source);
	read_packages(found, hive, source);
}

/* Values below Office's version; "%s" is it. */
static const struct {
	enum machine_setting_kind kind;
	const char *key, *value;
} steered[] = {
	{ MACHINE_SEND_IMMEDIATELY, "Software\\Microsoft\\Office\\%s\\Outlook\\Options\\Mail",
	  "Send Mail Immediately" },
	{ MACHINE_SEND_IMMEDIATELY_POLICY,
	  "Software\\Policies\\Microsoft\\Office\\%s\\Outlook\\Options\\Mail", "Send Mail Immediately" },
	{ MACHINE_MODERN_LOGIN, "Software\\Microsoft\\Office\\%s\\Common\\Identity", "EnableADAL" },
	{ MACHINE_STORE_MAX, "Software\\Microsoft\\Office\\%s\\Outlook\\PST", "MaxLargeFileSize" },
	{ MACHINE_STORE_WARN, "Software\\Microsoft\\Office\\%s\\Outlook\\PST", "WarnLargeFileSize" },
	{ MACHINE_STORE_WARN_POLICY, "Software\\Policies\\Microsoft\\Office\\%s\\Outlook\\PST",
	  "WarnLargeFileSize" },
	{ MACHINE_STORE_MAX_POLICY, "Software\\Policies\\Microsoft\\Office\\%s\\Outlook\\PST",
	  "MaxLargeFileSize" },
	{ MACHINE_PROFILE_DEFAULT, "Software\\Microsoft\\Office\\%s\\Outlook", "DefaultProfile" },
};

/* The path with the version in place of its "%s". */
static const char *key_of(struct arena *arena, const char *path, const char *version)
{
	size_t at = str_find(str_of(path), STR("%s"));

	if (at == SIZE_MAX)
		return path;
	return arena_printf(arena, "%.*s%s%s", (int)at, path, version, path + at + 2);
}

static void read_setting(struct client_found *found, const struct hive *hive, const char *source, size_t i,
			 const char *version)
{
	struct machine *m = found->machine;
	struct machine_setting one = { .kind = steered[i].kind, .source = source, .version = version };
	struct registry_key key;

	if (!registry_open(found, hive, key_of(found->arena, steered[i].key, version), &key))
		return;
	one.number = registry_number(&key, steered[i].value);
	one.text = registry_text(&key, steered[i].value);
	if (one.number.is_set || one.text.text)
		m->settings[machine_next(&m->n_settings, MACHINE_LIST_MAX)] = one;
}

void office_read_user(struct client_found *found, const struct hive *hive, const char *source)
{
	struct machine *m = found->machine;
	struct registry_key key;

	for (size_t v = 0; v < OFFICE_VERSIONS; v++)
		for (size_t i = 0; i < COUNT_OF(steered); i++)
			read_setting(found, hive, source, i, office_versions[v]);
	if (registry_open(found, hive, "Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings",
			  &key) &&
	    registry_has(&key, "GlobalUserOffline"))
		m->settings[machine_next(&m->n_settings, MACHINE_LIST_MAX)] = (struct machine_setting){
			.kind = MACHINE_INTERNET_OFFLINE,
			.source = source,
			.number = registry_number(&key, "GlobalUserOffline"),
		};
}
