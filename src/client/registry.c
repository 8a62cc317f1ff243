/* This file reads values of a registry key as mail programs write them. */
#include "client/registry.h"

#include "base/cursor.h"

bool registry_open(struct client_found *found, const struct hive *hive, const char *path,
		   struct registry_key *out)
{
	*out = (struct registry_key){ .found = found, .hive = hive, .path = path };
	return path && hive_find(hive, path, &out->key);
}

static const char *path_below(const struct registry_key *key, const char *name)
{
	const char *path = arena_printf(key->found->arena, "%s%s%s", key->path, *key->path ? "\\" : "", name);

	return path ? path : "";
}

bool registry_below(const struct registry_key *key, const char *name, struct registry_key *out)
{
	*out = *key;
	if (!hive_subkey(key->hive, &key->key, str_of(name), &out->key))
		return false;
	out->path = path_below(key, name);
	return true;
}

bool registry_next(const struct registry_key *key, struct hive_list *list, struct registry_key *out,
		   const char **name_out)
{
	*out = *key;
	*name_out = NULL;
	if (!hive_next_key(list, &out->key))
		return false;
	*name_out = hive_key_name(key->found->arena, &out->key);
	if (!*name_out)
		return false;
	out->path = path_below(key, *name_out);
	return true;
}

struct client_place registry_place(const struct registry_key *key, const char *name)
{
	return (struct client_place){ .key = key->path, .value = name };
}

bool registry_has(const struct registry_key *key, const char *name)
{
	struct hive_value value;

	return hive_value(key->hive, &key->key, name, &value) && value.len > 0;
}

struct view registry_bytes(const struct registry_key *key, const char *name)
{
	struct hive_value value;
	struct view data;

	if (!hive_value(key->hive, &key->key, name, &value) ||
	    !hive_value_data(key->found->arena, key->hive, &value, &data))
		return view_of(NULL, 0);
	return data;
}

struct client_text registry_text(const struct registry_key *key, const char *name)
{
	struct client_text out = { .place = registry_place(key, name) };
	struct hive_value value;
	struct view data;

	if (!hive_value(key->hive, &key->key, name, &value) ||
	    (value.type != HIVE_SZ && value.type != HIVE_EXPAND_SZ && value.type != HIVE_BINARY) ||
	    !hive_value_data(key->found->arena, key->hive, &value, &data))
		return out;
	out.text = hive_text(key->found->arena, data);
	if (out.text && !*out.text)
		out.text = NULL;
	return out;
}

struct client_number registry_number(const struct registry_key *key, const char *name)
{
	struct client_number out = { .place = registry_place(key, name) };
	struct cursor c = cursor_of(registry_bytes(key, name));

	out.number = cursor_u32le(&c);
	out.is_set = cursor_done(&c);
	return out;
}
