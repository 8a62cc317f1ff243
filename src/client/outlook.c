/* This file reads the profiles of Outlook 2002 and later from a user's registry hive. */
#include "client/outlook.h"

#include "base/checked.h"
#include "base/cursor.h"
#include "client/office.h"
#include "client/registry.h"

#include <string.h>

enum {
	STORE_PROVIDER_AT = 22,
	STORE_HEADER_LEN = 54,
	LEAVE_COPY = 1,
	LEAVE_DAYS = 2,
	LEAVE_EMPTIED = 4,
	UID_LEN = 16,
	LISTED_MAX = 1024
};

#define ACCOUNTS_KEY     "9375CFF0413111d3B88A00104B2A6676"
#define EXCHANGE_SECTION "13dbb0c8aa05101a9bb000aa002fc45a"
#define EXCHANGE_FLAGS   "00036601"
#define MAIL_LIST        "{ED475418-B0D6-11D2-8C3B-00104B2A6676}"

struct type_row {
	const char *clsid;
	enum client_protocol protocol;
	const char *prefix; /* of the names of its values */
};

static const struct type_row types[] = {
	{ "{ED475411-B0D6-11D2-8C3B-00104B2A6676}", CLIENT_PROTOCOL_POP3, "POP3" },
	{ "{ED475412-B0D6-11D2-8C3B-00104B2A6676}", CLIENT_PROTOCOL_IMAP, "IMAP" },
	{ "{4DB5CBF0-3B77-4852-BC8E-BB81908861F3}", CLIENT_PROTOCOL_HTTP, "HTTP" },
};

#define WRAPPER "{ED475414-B0D6-11D2-8C3B-00104B2A6676}"
#define LDAP    "{4DB5CBF2-3B77-4852-BC8E-BB81908861F3}"

/* A MAPI service that an account key stands for. */
enum service { SERVICE_UNKNOWN, SERVICE_EXCHANGE, SERVICE_STORE, SERVICE_BOOK };

struct service_row {
	const char *name;
	enum service service;
};

static const struct service_row services[] = {
	{ "MSEMS", SERVICE_EXCHANGE },  { "MSUPST MS", SERVICE_STORE }, { "MSPST MS", SERVICE_STORE },
	{ "INTERSTOR", SERVICE_STORE }, { "CONTAB", SERVICE_BOOK },     { "EMABLT", SERVICE_BOOK },
	{ "LDAP", SERVICE_BOOK },       { "MSPST AB", SERVICE_BOOK },
};

/* One profile that is read. */
struct profile {
	struct registry_key key;
	const char *name, *source;
};

/* "POP3 Server" …: the name of a value of this protocol. */
static const char *value_name(const struct registry_key *key, const char *prefix, const char *what)
{
	const char *name = arena_printf(key->found->arena, "%s %s", prefix, what);

	return name ? name : "";
}

/* 0 none, 1 TLS, 2 STARTTLS, 3 what works (PROP_SMTP_SECURE_CONNECTION); before it
 * there was but "Use SSL". */
static void read_security(const struct registry_key *key, const char *prefix, struct client_server *out)
{
	static const enum client_security kinds[] = { CLIENT_SECURITY_NONE, CLIENT_SECURITY_TLS,
						      CLIENT_SECURITY_STARTTLS, CLIENT_SECURITY_AUTOMATIC };
	struct client_number connection = registry_number(key, value_name(key, prefix, "Secure Connection"));
	struct client_number ssl = registry_number(key, value_name(key, prefix, "Use SSL"));

	if (connection.is_set) {
		out->security = connection.number < COUNT_OF(kinds) ? kinds[connection.number]
								    : CLIENT_SECURITY_UNKNOWN;
		out->security_place = connection.place;
		return;
	}
	out->security = ssl.is_set && ssl.number ? CLIENT_SECURITY_TLS : CLIENT_SECURITY_NONE;
	out->security_place = ssl.place;
}

static void read_server(const struct registry_key *key, const char *prefix, enum client_protocol protocol,
			struct client_server *out)
{
	struct client_number spa = registry_number(key, value_name(key, prefix, "Use SPA"));

	out->protocol = protocol;
	out->host = registry_text(key, value_name(key, prefix, "Server"));
	if (!out->host.text)
		out->host = registry_text(key, value_name(key, prefix, "Server URL"));
	out->user = registry_text(key, value_name(key, prefix, "User"));
	out->port = registry_number(key, value_name(key, prefix, "Port"));
	out->timeout = registry_number(key, value_name(key, prefix, "Timeout"));
	if (!out->timeout.is_set)
		out->timeout = registry_number(key, "Server Timeout");
	read_security(key, prefix, out);
	out->login = spa.is_set && spa.number ? CLIENT_LOGIN_NTLM : CLIENT_LOGIN_PASSWORD;
	out->login_place = spa.place;
	out->password = registry_has(key, value_name(key, prefix, "Password")) ? CLIENT_PASSWORD_STORED
									       : CLIENT_PASSWORD_NONE;
}

/* Whether and as whom Outlook logs in before it sends. */
static void read_outgoing_login(const struct registry_key *key, struct client_server *out)
{
	struct client_number use = registry_number(key, "SMTP Use Auth"),
			     method = registry_number(key, "SMTP Auth Method");

	if (!use.is_set || use.number == 0) {
		out->login = CLIENT_LOGIN_NONE;
		out->login_place = use.place;
		return;
	}
	if (method.is_set && method.number == 2)
		out->login = CLIENT_LOGIN_POP_FIRST;
	else if (!method.is_set || method.number == 0)
		out->login = CLIENT_LOGIN_AS_INCOMING;
	/* Otherwise a user of its own, with SPA or without. */
	out->login_place = method.is_set ? method.place : use.place;
}

/* The path at the end of a store's entry identifier, behind the names of its provider. */
static struct client_text store_path(const struct registry_key *key, const char *name)
{
	struct client_text out = { .place = registry_place(key, name) };
	struct cursor c = cursor_of(registry_bytes(key, name));

	cursor_skip(&c, STORE_PROVIDER_AT);
	if (!str_is_nocase(str_from_view(cursor_take(&c, 9)), "mspst.dll"))
		return out;
	cursor_seek(&c, STORE_HEADER_LEN);
	out.text = hive_text(key->found->arena, cursor_take(&c, cursor_left(&c)));
	if (out.text && !*out.text)
		out.text = NULL;
	return out;
}

static void read_common(const struct registry_key *key, struct client_account *account)
{
	struct client_number leave = registry_number(key, "Leave on Server");

	account->name = registry_text(key, "Account Name");
	account->address = registry_text(key, "Email");
	account->display_name = registry_text(key, "Display Name");
	account->store = store_path(key, "Delivery Store EntryID");
	if (!account->store.text && registry_has(key, "IMAP Store EID"))
		account->store = store_path(key, "IMAP Store EID");
	if (!account->store.text && registry_has(key, "EAS Store EID"))
		account->store = store_path(key, "EAS Store EID");
	account->leave_place = leave.place;
	if (!leave.is_set)
		return;
	account->leaves_copy = (leave.number & LEAVE_COPY) != 0;
	account->deletes_when_emptied = (leave.number & LEAVE_EMPTIED) != 0;
	if (leave.number & LEAVE_DAYS)
		account->delete_after_days = (struct client_number){ leave.number >> 16, true, leave.place };
}

static void read_internet(const struct profile *profile, const struct registry_key *key,
			  const struct type_row *type)
{
	struct client_account *account = client_add_account(key->found, CLIENT_OUTLOOK, profile->source);
	bool is_eas = registry_has(key, "EAS Server URL");

	account->profile = profile->name;
	read_common(key, account);
	account->protocol = is_eas ? CLIENT_PROTOCOL_ACTIVESYNC : type->protocol;
	account->has_incoming = true;
	read_server(key, is_eas ? "EAS" : type->prefix, account->protocol, &account->incoming);
	account->has_outgoing = registry_has(key, "SMTP Server");
	if (account->has_outgoing) {
		read_server(key, "SMTP", CLIENT_PROTOCOL_SMTP, &account->outgoing);
		read_outgoing_login(key, &account->outgoing);
	}
	client_settle(account);
}

/* The section of a profile that 16 bytes name. */
static bool section_of(const struct profile *profile, struct view uid, struct registry_key *out)
{
	struct cursor c = cursor_of(uid);
	char name[2 * UID_LEN + 1];

	if (uid.len < UID_LEN)
		return false;
	for (size_t i = 0; i < UID_LEN; i++) {
		static const char digits[] = "0123456789abcdef";
		uint8_t byte = cursor_u8(&c);

		name[2 * i] = digits[byte >> 4];
		name[2 * i + 1] = digits[byte & 15];
	}
	name[sizeof name - 1] = '\0';
	return registry_below(&profile->key, name, out);
}

/* Text of a MAPI section under one of two tags, UTF-16 or single bytes. */
static struct client_text section_text(const struct registry_key *key, const char *wide, const char *narrow)
{
	struct client_text out = registry_text(key, wide);
	struct view bytes;

	if (out.text || !registry_has(key, narrow))
		return out;
	bytes = registry_bytes(key, narrow);
	out.place = registry_place(key, narrow);
	out.text = arena_text(key->found->arena, str_from_view(bytes));
	return out;
}

/* PR_PROFILE_CONFIG_FLAGS: in the account's section, or in the one that a profile has for Exchange. */
static struct client_number exchange_flags(const struct profile *profile, const struct registry_key *section)
{
	struct client_number out = registry_number(section, EXCHANGE_FLAGS);
	struct registry_key common;

	if (!out.is_set && registry_below(&profile->key, EXCHANGE_SECTION, &common))
		out = registry_number(&common, EXCHANGE_FLAGS);
	return out;
}

static void read_exchange(const struct profile *profile, const struct registry_key *key)
{
	struct client_account *account = client_add_account(key->found, CLIENT_OUTLOOK, profile->source);
	struct registry_key section;

	account->profile = profile->name;
	read_common(key, account);
	account->protocol = account->incoming.protocol = CLIENT_PROTOCOL_EXCHANGE;
	account->has_incoming = true;
	if (!section_of(profile, registry_bytes(key, "Service UID"), &section))
		return;
	account->exchange_flags = exchange_flags(profile, &section);
	account->incoming.host = section_text(&section, "001f6602", "001e6602");
	if (!account->incoming.host.text)
		account->incoming.host = section_text(&section, "001f6608", "001e6608");
	account->incoming.user = section_text(&section, "001f6603", "001e6603");
	if (!account->store.text)
		account->store = section_text(&section, "001f6610", "001e6610");
}

/* A service lists its stores or address books; each of them is a section. */
static void read_stores(const struct profile *profile, const struct registry_key *service,
			struct client_text name)
{
	struct view list = registry_bytes(service, "01023d00");
	struct cursor c = cursor_of(list);
	struct registry_key section;

	if (list.len < UID_LEN) {
		struct client_store *store =
			client_add_store(service->found, CLIENT_OUTLOOK, profile->source);

		store->profile = profile->name;
		store->name = name;
		return;
	}
	while (cursor_left(&c) >= UID_LEN && service->found->n_stores < CLIENT_STORES_MAX) {
		struct client_store *store;

		if (!section_of(profile, cursor_take(&c, UID_LEN), &section)) {
			client_add_remark(
				service->found, profile->source, 0,
				arena_printf(service->found->arena,
					     "a store of the profile \"%s\" has no section of its own",
					     profile->name));
			continue;
		}
		store = client_add_store(service->found, CLIENT_OUTLOOK, profile->source);
		store->profile = profile->name;
		store->name = section_text(&section, "001f3001", "001e3001");
		if (!store->name.text)
			store->name = name;
		store->path = section_text(&section, "001f6700", "001e6700");
		if (!store->path.text) {
			store->path = section_text(&section, "001f6610", "001e6610");
			store->is_offline = store->path.text != NULL;
		}
	}
}

static enum service service_of(const struct client_text *name)
{
	for (size_t i = 0; name->text && i < COUNT_OF(services); i++)
		if (str_is_nocase(str_of(name->text), services[i].name))
			return services[i].service;
	return SERVICE_UNKNOWN;
}

static void read_wrapper(const struct profile *profile, const struct registry_key *key)
{
	struct client_text service_name = registry_text(key, "Service Name"),
			   label = registry_text(key, "Account Name");
	struct registry_key service;
	struct client_book *book;

	switch (service_of(&service_name)) {
	case SERVICE_STORE:
		if (section_of(profile, registry_bytes(key, "Service UID"), &service)) {
			read_stores(profile, &service, label);
			return;
		}
		client_add_remark(key->found, profile->source, 0,
				  arena_printf(key->found->arena,
					       "the store \"%s\" has no section in the profile",
					       label.text ? label.text : "?"));
		return;
	case SERVICE_BOOK:
		book = client_add_book(key->found, profile->source);
		book->profile = profile->name;
		book->name = label;
		book->service = service_name.text;
		return;
	case SERVICE_EXCHANGE:
	case SERVICE_UNKNOWN:
		/* What nobody knows may be a mailbox. */
		read_exchange(profile, key);
		return;
	}
}

enum outlook_kind outlook_kind_of(const struct registry_key *account)
{
	struct client_text clsid = registry_text(account, "clsid"),
			   name = registry_text(account, "Service Name");

	if (clsid.text && str_is_nocase(str_of(clsid.text), LDAP))
		return OUTLOOK_KIND_BOOK;
	for (size_t i = 0; clsid.text && i < COUNT_OF(types); i++)
		if (str_is_nocase(str_of(clsid.text), types[i].clsid))
			return OUTLOOK_KIND_MAIL;
	switch (service_of(&name)) {
	case SERVICE_STORE:
		return OUTLOOK_KIND_STORE;
	case SERVICE_BOOK:
		return OUTLOOK_KIND_BOOK;
	case SERVICE_EXCHANGE:
	case SERVICE_UNKNOWN:
		break;
	}
	return OUTLOOK_KIND_MAIL;
}

static void read_account(const struct profile *profile, const struct registry_key *key)
{
	struct client_text clsid = registry_text(key, "clsid");
	struct client_book *book;

	for (size_t i = 0; clsid.text && i < COUNT_OF(types); i++) {
		if (!str_is_nocase(str_of(clsid.text), types[i].clsid))
			continue;
		read_internet(profile, key, &types[i]);
		return;
	}
	if (clsid.text && str_is_nocase(str_of(clsid.text), LDAP)) {
		book = client_add_book(key->found, profile->source);
		*book = (struct client_book){ profile->name, profile->source,
					      registry_text(key, "Account Name"), "LDAP" };
		return;
	}
	if (clsid.text && !str_is_nocase(str_of(clsid.text), WRAPPER))
		client_add_remark(key->found, profile->source, 0,
				  arena_printf(key->found->arena,
					       "an account of a kind that is not known: %s", clsid.text));
	read_wrapper(profile, key);
}

/* Accounts that the profile's list of mail accounts names come first, in its order. */
static void read_accounts(const struct profile *profile, const struct registry_key *accounts,
			  struct client_profile *out)
{
	struct cursor listed = cursor_of(registry_bytes(accounts, MAIL_LIST));
	struct hive_list list = hive_subkeys(accounts->hive, &accounts->key);
	char seen[LISTED_MAX][9];
	struct registry_key key;
	const char *name;
	size_t n_seen = 0;

	out->has_mail_list = true;
	while (cursor_left(&listed) >= 4 && n_seen < LISTED_MAX) {
		size_t before = accounts->found->n_accounts;

		name = arena_printf(accounts->found->arena, "%08x", (unsigned)cursor_u32le(&listed));
		if (!name || !registry_below(accounts, name, &key))
			continue;
		read_account(profile, &key);
		if (out->n_listed_mail == 0 && accounts->found->n_accounts > before)
			accounts->found->accounts[before].is_default = true;
		out->n_listed_mail++;
		memcpy(seen[n_seen++], name, 9);
	}
	while (registry_next(accounts, &list, &key, &name)) {
		size_t i = 0;

		while (i < n_seen && !str_is_nocase(str_of(name), seen[i]))
			i++;
		if (i == n_seen && strlen(name) == 8)
			read_account(profile, &key);
	}
}

static void read_profile(struct profile *profile, const struct client_text *default_name)
{
	struct client_profile *out = client_add_profile(profile->key.found, CLIENT_OUTLOOK, profile->source);
	struct registry_key accounts;

	out->name = profile->name;
	out->place.key = profile->key.path;
	out->is_default = default_name->text && str_is_nocase(str_of(default_name->text), profile->name);
	if (registry_below(&profile->key, ACCOUNTS_KEY, &accounts))
		read_accounts(profile, &accounts, out);
}

static void read_root(const struct registry_key *root, const struct client_text *default_name,
		      const char *source)
{
	struct hive_list list = hive_subkeys(root->hive, &root->key);
	struct profile profile = { .source = source };

	while (registry_next(root, &list, &profile.key, &profile.name))
		read_profile(&profile, default_name);
}

static bool is_version(struct str name)
{
	size_t dot = str_find_char(name, '.');
	uint64_t major, minor;

	return dot < name.len && str_to_u64(str_head(name, dot), 99, &major) &&
	       str_to_u64(str_skip(name, dot + 1), 9, &minor);
}

static bool is_known(const char *version)
{
	for (size_t i = 0; i < OFFICE_VERSIONS; i++)
		if (strcmp(office_versions[i], version) == 0)
			return true;
	return false;
}

/* A version that was not there when this was written: its profiles are read as the others are. */
static void read_unknown(struct client_found *found, const struct hive *hive, const char *source)
{
	struct registry_key office, version, above, root;
	struct client_text default_name;
	struct hive_list list;
	const char *name;

	if (!registry_open(found, hive, "Software\\Microsoft\\Office", &office))
		return;
	list = hive_subkeys(hive, &office.key);
	while (registry_next(&office, &list, &version, &name)) {
		if (!is_version(str_of(name)) || is_known(name) ||
		    !registry_below(&version, "Outlook", &above) ||
		    !registry_below(&above, "Profiles", &root))
			continue;
		client_add_remark(
			found, source, 0,
			arena_printf(found->arena,
				     "Outlook %s is of a version that postmend has not seen: its profiles "
				     "are read as those of others, and nothing else of it",
				     name));
		default_name = registry_text(&above, "DefaultProfile");
		read_root(&root, &default_name, source);
	}
}

void outlook_read_profiles(struct client_found *found, const struct hive *hive, const char *source)
{
	static const char *const old[] = {
		"Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem\\Profiles",
		"Software\\Microsoft\\Windows Messaging Subsystem\\Profiles",
	};
	struct client_text default_name;
	struct registry_key above, root;

	for (size_t i = 0; i < OFFICE_VERSIONS; i++) {
		const char *path = arena_printf(found->arena, "Software\\Microsoft\\Office\\%s\\Outlook",
						office_versions[i]);

		if (!path || !registry_open(found, hive, path, &above) ||
		    !registry_below(&above, "Profiles", &root))
			continue;
		default_name = registry_text(&above, "DefaultProfile");
		read_root(&root, &default_name, source);
	}
	read_unknown(found, hive, source);
	for (size_t i = 0; i < COUNT_OF(old); i++) {
		if (!registry_open(found, hive, old[i], &root))
			continue;
		default_name = registry_text(&root, "DefaultProfile");
		read_root(&root, &default_name, source);
	}
}
