/* This file reads the registry of a Windows that runs.
 *
 * Its hives are closed files, so the parts that matter to mail are copied into
 * hives in memory, and what reads hives reads those.
 */
#include "app/gather_live.h"

#include "app/gather.h"
#include "hive/build.h"
#include "os/live_registry.h"

#include <string.h>

enum { COPY_CAP = 512 << 20, DEPTH_MAX = 512, PARTS_MAX = 16, CONTROL_SETS_MAX = 999 };

/* Where a copy is at: the keys from the subtree's top down. */
struct copy {
	struct hive_build *build;
	struct hive_build_key *keys[DEPTH_MAX + 1];
	size_t depth;
};

static enum status enter(void *context, struct view name, uint64_t written)
{
	struct copy *c = context;
	enum status st;

	if (c->depth == DEPTH_MAX)
		return ST_LIMIT;
	st = hive_build_key(c->build, c->keys[c->depth], name, written, &c->keys[c->depth + 1]);
	if (st == ST_OK)
		c->depth++;
	return st;
}

static enum status take_value(void *context, struct view name, uint32_t type, struct view data)
{
	struct copy *c = context;
	enum status st = hive_build_value(c->build, c->keys[c->depth], name, type, data);

	/* What no hive can hold no mail program has written. */
	return st == ST_LIMIT ? ST_OK : st;
}

static void leave(void *context)
{
	struct copy *c = context;

	c->depth--;
}

/* A key that is not there is none in the copy either. */
static enum status copy_part(struct copy *c, enum live_registry_root root, const char *path,
			     uint64_t *closed_out)
{
	const struct live_registry_sink sink = { c, enter, take_value, leave };
	enum status st;

	if (!live_registry_has(root, path))
		return ST_OK;
	c->depth = 0;
	st = hive_build_path(c->build, path, &c->keys[0]);
	return st == ST_OK ? live_registry_read(root, path, &sink, closed_out) : st;
}

/* What the room `client` reads of each hive. */
static const char *const parts[][PARTS_MAX] = {
	[LIVE_USER] = {
		"Software\\Microsoft\\Office",
		"Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem",
		"Software\\Microsoft\\Windows Messaging Subsystem",
		"Software\\Microsoft\\Internet Account Manager",
		"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings",
		"Software\\Microsoft\\SystemCertificates\\Root",
		"Software\\Policies\\Microsoft\\Office",
	},
	[LIVE_SOFTWARE] = {
		"Microsoft\\Office",
		"Wow6432Node\\Microsoft\\Office",
		"Microsoft\\Windows\\CurrentVersion\\Installer\\UserData",
		"Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages",
		"Microsoft\\Windows\\CurrentVersion\\Uninstall",
		"Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall",
		"Microsoft\\Windows NT\\CurrentVersion",
		"Microsoft\\SystemCertificates\\ROOT",
		"Policies\\Microsoft\\WindowsFirewall",
	},
	[LIVE_SYSTEM] = { "Select" },
};

/* The services of the control set that is in use. */
static enum status copy_services(struct arena *scratch, struct copy *c, uint64_t *closed_out)
{
	const char *why, *path;
	uint32_t number = 1;
	enum status st;
	struct buf value;

	buf_init(&value, COPY_CAP);
	if (live_registry_get("HKEY_LOCAL_MACHINE\\SYSTEM\\Select", "Current", &value, &why) == ST_OK &&
	    value.len == 8 && value.at[4] > 0 && value.at[5] == 0)
		number = value.at[4];
	buf_fini(&value);
	path = arena_printf(scratch, "ControlSet%03u\\Services", (unsigned)number);
	st = path ? copy_part(c, LIVE_SYSTEM, path, closed_out) : ST_NOMEM;
	return st;
}

enum status gather_live_copy(struct arena *scratch, enum live_registry_root root, struct hive *out,
			     uint64_t *closed_out)
{
	struct copy c = { .build = hive_build_new(scratch) };
	enum status st = c.build ? ST_OK : ST_NOMEM;
	struct view bytes;

	*closed_out = 0;
	for (size_t i = 0; st == ST_OK && i < PARTS_MAX && parts[root][i]; i++)
		st = copy_part(&c, root, parts[root][i], closed_out);
	if (st == ST_OK && root == LIVE_SYSTEM)
		st = copy_services(scratch, &c, closed_out);
	if (st == ST_OK)
		st = hive_build_finish(c.build, &bytes);
	if (st == ST_OK && hive_open(bytes, out) != HIVE_FINE)
		st = ST_BUG;
	return st;
}

struct arena *gather_live_arena(void)
{
	return arena_new(COPY_CAP);
}

static enum status gather_root(struct gather *gather, enum live_registry_root root)
{
	const char *name = live_registry_name(root);
	struct arena *scratch = gather_live_arena();
	enum status st = ST_NOMEM;
	uint64_t closed = 0;
	struct hive hive;

	if (scratch)
		st = gather_live_copy(scratch, root, &hive, &closed);
	if (st == ST_OK)
		gather_read_hive(gather, &hive, name);
	arena_drop(&scratch);
	if (closed)
		client_add_remark(&gather->found, name, 0,
				  arena_printf(gather->run->arena, "%u keys are closed to this user",
					       (unsigned)closed));
	if (st != ST_LIMIT)
		return st;
	client_add_remark(&gather->found, name, 0, "it is too large to be read");
	return ST_OK;
}

enum status gather_live_user(struct gather *gather)
{
	return gather_root(gather, LIVE_USER);
}

enum status gather_live_machine(struct gather *gather)
{
	enum status st = gather_root(gather, LIVE_SOFTWARE);

	return st == ST_OK ? gather_root(gather, LIVE_SYSTEM) : st;
}
