/* This file copies a profile of Outlook with one account alone. */
#include "client/clone.h"

#include "base/cursor.h"
#include "client/outlook.h"
#include "client/registry.h"

#include <string.h>

enum { UID_LEN = 16, ID_LEN = 8, KEYS_MAX = 4096, DROPPED_MAX = 1024, TAG_LEN = 8 };

struct copier {
	struct arena *arena;
	struct client_found found; /* for the registry's readers: an arena and nothing else */
	const struct hive *hive;
	const struct client_account *account;
	const char *old_profile, *new_profile, *manager; /* keys; the last is the name of one */
	const char *kept_id;                             /* the account's key */
	struct str dropped[DROPPED_MAX];                 /* UIDs, and names of accounts' keys */
	size_t n_dropped;
	struct clone *out;
	const char *why;
};

/* The path without its last part; NULL when it has one part only. */
static const char *above(struct arena *arena, const char *path, const char **last_out)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] != '\\')
		len--;
	*last_out = path + len;
	return len > 1 ? arena_text(arena, (struct str){ path, len - 1 }) : NULL;
}

static const char *uid_name(struct arena *arena, struct view uid)
{
	static const char digits[] = "0123456789abcdef";
	char name[2 * UID_LEN + 1] = "";

	for (size_t i = 0; i < UID_LEN; i++) {
		name[2 * i] = digits[uid.at[i] >> 4];
		name[2 * i + 1] = digits[uid.at[i] & 15];
	}
	return arena_strdup(arena, name);
}

static bool is_dropped(const struct copier *c, struct str what)
{
	for (size_t i = 0; i < c->n_dropped; i++)
		if (str_eq_nocase(c->dropped[i], what))
			return true;
	return false;
}

static void drop(struct copier *c, const char *name)
{
	if (!name || is_dropped(c, str_of(name)))
		return;
	if (c->n_dropped == DROPPED_MAX)
		c->why = "it holds too many accounts and stores";
	else
		c->dropped[c->n_dropped++] = str_of(name);
}

/* The sections that a list of 16-byte names gives: each by its name as a key. */
static void drop_listed(struct copier *c, const struct registry_key *section, const char *list)
{
	struct cursor uids = cursor_of(registry_bytes(section, list));

	while (cursor_left(&uids) >= UID_LEN)
		drop(c, uid_name(c->arena, cursor_take(&uids, UID_LEN)));
}

/* The section of a service of this account's key. */
static bool service_of(struct copier *c, const struct registry_key *key, const char **name_out,
		       struct registry_key *out)
{
	struct view uid = registry_bytes(key, "Service UID");
	const char *path;

	*name_out = uid.len == UID_LEN ? uid_name(c->arena, uid) : NULL;
	path = *name_out ? arena_printf(c->arena, "%s\\%s", c->old_profile, *name_out) : NULL;
	return path && registry_open(&c->found, c->hive, path, out);
}

static void drop_service(struct copier *c, const struct registry_key *key)
{
	static const char *const lists[] = { "01023d00", "01023d01", "01023d02" };
	struct registry_key section;
	const char *name;

	if (!service_of(c, key, &name, &section))
		return;
	drop(c, name);
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		drop_listed(c, &section, lists[i]);
}

static bool is_path(const struct registry_key *section, const char *name, const char *path)
{
	struct client_text text = registry_text(section, name);

	return text.text && str_eq_nocase(str_of(text.text), str_of(path));
}

/* Whether one of the service's stores is the file that the account delivers to; without such a file all are.
 */
static bool is_own_store(struct copier *c, const struct registry_key *key)
{
	struct registry_key service, store;
	const char *name, *path = c->account->store.text;
	struct cursor uids;

	if (!path)
		return c->account->protocol != CLIENT_PROTOCOL_EXCHANGE;
	if (!service_of(c, key, &name, &service))
		return false;
	uids = cursor_of(registry_bytes(&service, "01023d00"));
	while (cursor_left(&uids) >= UID_LEN) {
		const char *section = arena_printf(c->arena, "%s\\%s", c->old_profile,
						   uid_name(c->arena, cursor_take(&uids, UID_LEN)));

		if (section && registry_open(&c->found, c->hive, section, &store) &&
		    (is_path(&store, "001f6700", path) || is_path(&store, "001f6610", path)))
			return true;
	}
	return false;
}

/* What the new profile does without. */
static void choose(struct copier *c, const struct registry_key *manager)
{
	struct hive_list list = hive_subkeys(c->hive, &manager->key);
	struct registry_key key;
	const char *name;

	while (!c->why && registry_next(manager, &list, &key, &name)) {
		enum outlook_kind kind = outlook_kind_of(&key);
		bool is_store = kind == OUTLOOK_KIND_STORE;

		if (strlen(name) != ID_LEN || str_is_nocase(str_of(name), c->kept_id) ||
		    kind == OUTLOOK_KIND_BOOK || (is_store && is_own_store(c, &key)))
			continue;
		drop(c, name);
		drop_service(c, &key);
		c->out->n_stores += is_store;
		c->out->n_accounts += !is_store;
	}
}

/* Exchange's copy of the mailbox belongs to one profile; passwords are never copied. */
static bool is_left_out(const struct copier *c, struct str name)
{
	static const char *const never[] = { "00036702", "00036703", "001e6703", "001f6703" };

	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		if (str_is_nocase(name, never[i]))
			return true;
	if (str_ends_nocase(name, STR("Password")) || str_ends_nocase(name, STR("Password2")))
		return true;
	return c->account->protocol == CLIENT_PROTOCOL_EXCHANGE &&
	       (str_is_nocase(name, "001f6610") || str_is_nocase(name, "001e6610"));
}

/* A list without what was dropped: ids of accounts (four bytes) or names of sections (sixteen). */
static struct view without_dropped(struct copier *c, struct view data, size_t each)
{
	uint8_t *kept = arena_alloc(c->arena, data.len + 1);
	struct cursor from = cursor_of(data);
	size_t n = 0;

	while (kept && cursor_left(&from) >= each) {
		struct view one = cursor_take(&from, each);
		struct cursor id = cursor_of(one);
		const char *name = each == UID_LEN
					   ? uid_name(c->arena, one)
					   : arena_printf(c->arena, "%08x", (unsigned)cursor_u32le(&id));

		if (!name || is_dropped(c, str_of(name)))
			continue;
		memcpy(kept + n, one.at, each);
		n += each;
	}
	return view_of(kept, kept ? n : 0);
}

static struct view uncached(struct copier *c, struct view data)
{
	uint8_t *flags = arena_copy(c->arena, data.at, data.len);

	if (flags) {
		flags[0] &= (uint8_t) ~(OUTLOOK_EXCHANGE_CACHED & 0xFF);
		flags[1] &= (uint8_t) ~(OUTLOOK_EXCHANGE_CACHED >> 8);
	}
	return view_of(flags, flags ? data.len : 0);
}

static struct view data_of(struct copier *c, struct str name, struct view data)
{
	if (str_starts(name, STR("{ED4754")) && data.len % 4 == 0)
		return without_dropped(c, data, 4);
	if (name.len == TAG_LEN && str_starts_nocase(name, STR("01023d")) && data.len % UID_LEN == 0)
		return without_dropped(c, data, UID_LEN);
	if (str_is_nocase(name, "00036601") && data.len == 4 &&
	    c->account->protocol == CLIENT_PROTOCOL_EXCHANGE)
		return uncached(c, data);
	return data;
}

static void copy_values(struct copier *c, const struct registry_key *key)
{
	struct hive_list list = hive_values(c->hive, &key->key);
	const char *to = arena_printf(c->arena, "%s%s", c->new_profile, key->path + strlen(c->old_profile));
	struct hive_value value;

	while (to && !c->why && hive_next_value(&list, &value)) {
		const char *name = hive_value_name(c->arena, &value);
		struct view data;

		if (!name || is_left_out(c, str_of(name)))
			continue;
		if (!hive_value_data(c->arena, c->hive, &value, &data)) {
			c->why = "one of its values cannot be read whole";
			return;
		}
		data = data_of(c, str_of(name), data);
		/* What is in the hive's bytes is theirs: those given are not. */
		data = view_of(arena_copy(c->arena, data.at ? data.at : (const uint8_t *)"", data.len),
			       data.len);
		if (c->out->n_values == CLONE_VALUES_MAX) {
			c->why = "it holds too many values";
			return;
		}
		c->out->values[c->out->n_values++] = (struct clone_value){ to, name, value.type, data };
	}
}

/* A key after the one above it; keys that wait stand in a list, so that no depth matters. */
static void copy_keys(struct copier *c, const struct registry_key *top)
{
	struct registry_key *waiting = arena_array(c->arena, KEYS_MAX, sizeof *waiting), below;
	size_t n = 1;
	const char *name;

	if (!waiting)
		return;
	waiting[0] = *top;
	while (n > 0 && !c->why) {
		struct registry_key key = waiting[--n];
		struct hive_list list = hive_subkeys(c->hive, &key.key);

		copy_values(c, &key);
		while (!c->why && registry_next(&key, &list, &below, &name)) {
			if (is_dropped(c, str_of(name)))
				continue;
			if (n == KEYS_MAX)
				c->why = "it holds too many keys";
			else
				waiting[n++] = below;
		}
	}
}

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (name[i] == '\\' || name[i] < 0x20 || name[i] > 0x7E)
			return false;
	return len > 0 && len <= CLONE_NAME_MAX;
}

/* The keys of the old and the new profile. */
static const char *find(struct copier *c, const char *name, struct registry_key *top,
			struct registry_key *manager)
{
	const char *key = c->account->name.place.key, *path = key ? above(c->arena, key, &c->kept_id) : NULL,
		   *ignored;
	struct registry_key taken;

	c->old_profile = path ? above(c->arena, path, &c->manager) : NULL;
	if (!c->old_profile || c->account->program != CLIENT_OUTLOOK || !c->account->profile)
		return "the account is not one of Outlook's profiles";
	if (!registry_open(&c->found, c->hive, c->old_profile, top) ||
	    !registry_open(&c->found, c->hive, path, manager))
		return "its key is not there any more";
	path = above(c->arena, c->old_profile, &ignored);
	if (!is_name(name))
		return "a name of 1 to 64 plain letters is needed, without backslashes";
	c->new_profile = path ? arena_printf(c->arena, "%s\\%s", path, name) : NULL;
	if (!c->new_profile)
		return "memory ended";
	if (registry_open(&c->found, c->hive, c->new_profile, &taken))
		return "there is a profile of that name already";
	return NULL;
}

const char *clone_profile(struct arena *arena, const struct hive *hive, const struct client_account *account,
			  const char *name, struct clone *out)
{
	struct copier *c = arena_alloc(arena, sizeof *c);
	struct registry_key top, manager;

	*out = (struct clone){ .values = arena_array(arena, CLONE_VALUES_MAX, sizeof *out->values) };
	if (!c || !out->values)
		return "memory ended";
	*c = (struct copier){ .arena = arena, .hive = hive, .account = account, .out = out };
	c->found.arena = arena;
	c->why = find(c, name, &top, &manager);
	if (c->why)
		return c->why;
	choose(c, &manager);
	if (!c->why)
		copy_keys(c, &top);
	out->profile = c->new_profile;
	return arena_failed(arena) ? "memory ended" : c->why;
}
