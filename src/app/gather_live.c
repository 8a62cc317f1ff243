/* This file collects the settings of the user who runs postmend from the registry of a Windows that runs.
 *
 * Its hives are closed files, so the parts that mail programs use are copied into
 * a hive in memory, and what reads hives reads that.
 */
#include "app/gather.h"

#include "client/outlook.h"
#include "hive/build.h"
#include "os/live_registry.h"

enum { COPY_CAP = 256 << 20, DEPTH_MAX = 512 };

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

static enum status copy_parts(struct gather *gather, struct arena *scratch, struct hive *out)
{
	static const char *const parts[] = {
		"Software\\Microsoft\\Office",
		"Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging Subsystem",
		"Software\\Microsoft\\Internet Account Manager",
		"Software\\Policies\\Microsoft\\Office",
	};
	struct copy c = { .build = hive_build_new(scratch) };
	enum status st = c.build ? ST_OK : ST_NOMEM;
	uint64_t closed = 0;
	struct view bytes;

	for (size_t i = 0; st == ST_OK && i < sizeof parts / sizeof parts[0]; i++)
		st = copy_part(&c, LIVE_USER, parts[i], &closed);
	if (closed)
		client_add_remark(&gather->found, live_registry_name(LIVE_USER), 0,
				  "some keys are closed to this user");
	if (st == ST_OK)
		st = hive_build_finish(c.build, &bytes);
	if (st == ST_OK && hive_open(bytes, out) != HIVE_FINE)
		st = ST_BUG;
	return st;
}

enum status gather_live(struct gather *gather)
{
	const char *name = live_registry_name(LIVE_USER);
	struct arena *scratch = arena_new(COPY_CAP);
	enum status st = ST_NOMEM;
	struct hive hive;

	if (scratch)
		st = copy_parts(gather, scratch, &hive);
	if (st == ST_OK) {
		outlook_read_profiles(&gather->found, &hive, name);
		outlook_read_internet_accounts(&gather->found, &hive, name);
	} else if (!arena_failed(gather->run->arena)) {
		client_add_remark(&gather->found, name, 0, "it is too large to be read");
		st = ST_OK;
	}
	arena_drop(&scratch);
	return st;
}
