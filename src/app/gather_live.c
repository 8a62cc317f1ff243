/* This file reads the registry of a Windows that runs.
 *
 * Its hives are closed files, so the parts that matter to mail are copied into
 * hives in memory, and what reads hives reads those.
 */
#include "app/gather_live.h"

#include "app/gather.h"
#include "base/checked.h"
#include "hive/build.h"
#include "os/live_registry.h"

#include <string.h>

enum {
	COPY_CAP = 512 << 20,
	DEPTH_MAX = 512,
	PARTS_MAX = 16,
	NAMES_MAX = 1024,
	TYPE_LEN = 4,
	CLASS_LEN = 38, /* "{…}" */
};

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
static enum status copy_to(struct copy *c, enum live_registry_root root, const char *path, const char *to,
			   uint64_t *closed_out)
{
	const struct live_registry_sink sink = { c, enter, take_value, leave };
	enum status st;

	if (!live_registry_has(root, path))
		return ST_OK;
	c->depth = 0;
	st = hive_build_path(c->build, to, &c->keys[0]);
	return st == ST_OK ? live_registry_read(root, path, &sink, closed_out) : st;
}

static enum status copy_part(struct copy *c, enum live_registry_root root, const char *path,
			     uint64_t *closed_out)
{
	return copy_to(c, root, path, path, closed_out);
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

/* Names of keys, each once. */
struct names {
	struct arena *arena;
	const char *at[NAMES_MAX];
	size_t n, depth;
};

/* ASCII text out of UTF-16LE up to its end; NULL for what no class's name or number has in it. */
static const char *ascii_of(struct arena *arena, struct view text)
{
	char *out = arena_alloc(arena, text.len / 2 + 1);
	size_t n = 0;

	for (size_t i = 0; out && i + 1 < text.len && (text.at[i] || text.at[i + 1]); i += 2) {
		if (text.at[i + 1] || text.at[i] < ' ' || text.at[i] > '~' || text.at[i] == '\\')
			return NULL;
		out[n++] = (char)text.at[i];
	}
	if (out)
		out[n] = '\0';
	return out && n ? out : NULL;
}

/* False when it is there, or there is no room. */
static bool add_name(struct names *names, const char *name)
{
	for (size_t i = 0; name && i < names->n; i++)
		if (str_is_nocase(str_of(names->at[i]), name))
			return false;
	if (!name || names->n == NAMES_MAX)
		return false;
	names->at[names->n++] = name;
	return true;
}

static enum status note_name(void *context, struct view name, uint64_t written)
{
	struct names *names = context;

	(void)written;
	if (names->depth++ == 0)
		(void)add_name(names, ascii_of(names->arena, name));
	return ST_OK;
}

static enum status pass_value(void *context, struct view name, uint32_t type, struct view data)
{
	(void)context;
	(void)name;
	(void)type;
	(void)data;
	return ST_OK;
}

static void note_leave(void *context)
{
	struct names *names = context;

	names->depth--;
}

/* Where classes are registered: what the user did for himself stands above what holds for all. */
static const struct {
	enum live_registry_root root;
	const char *path;
} homes[] = { { LIVE_USER, "Software\\Classes" }, { LIVE_SOFTWARE, "Classes" } };

/* The class that an add-in's name stands for. */
static const char *class_of(struct arena *arena, size_t home, const char *prog_id)
{
	const char *why, *text = NULL,
			 *key = arena_printf(arena, "%s\\%s\\%s\\CLSID", live_registry_name(homes[home].root),
					     homes[home].path, prog_id);
	struct buf value;

	buf_init(&value, COPY_CAP);
	if (key && live_registry_get(key, "", &value, &why) == ST_OK && value.len > TYPE_LEN)
		text = ascii_of(arena, view_of(value.at + TYPE_LEN, value.len - TYPE_LEN));
	buf_fini(&value);
	return text && strlen(text) == CLASS_LEN && *text == '{' ? text : NULL;
}

/* A key below the classes, from the first place that has it. */
static enum status copy_class_key(struct arena *arena, struct copy *c, const char *name, uint64_t *closed_out)
{
	const char *to = arena_printf(arena, "Classes\\%s", name);

	for (size_t i = 0; to && i < COUNT_OF(homes); i++) {
		const char *path = arena_printf(arena, "%s\\%s", homes[i].path, name);

		if (path && live_registry_has(homes[i].root, path))
			return copy_to(c, homes[i].root, path, to, closed_out);
	}
	return to ? ST_OK : ST_NOMEM;
}

/* The name's own key, and its class as both kinds of programs see it. */
static enum status copy_class(struct arena *arena, struct copy *c, struct names *classes, const char *prog_id,
			      uint64_t *closed_out)
{
	static const char *const views[] = { "", "WOW6432Node\\" };
	const char *class = NULL;
	enum status st;

	for (size_t i = 0; !class && i < COUNT_OF(homes); i++)
		class = class_of(arena, i, prog_id);
	if (!class)
		return ST_OK;
	st = copy_class_key(arena, c, arena_printf(arena, "%s\\CLSID", prog_id), closed_out);
	if (!add_name(classes, class))
		return st;
	for (size_t i = 0; st == ST_OK && i < COUNT_OF(views); i++)
		st = copy_class_key(arena, c, arena_printf(arena, "%sCLSID\\%s", views[i], class),
				    closed_out);
	return st;
}

/* Of all classes those behind add-ins: there are tens of thousands. */
static enum status copy_classes(struct arena *scratch, struct copy *c, uint64_t *closed_out)
{
	static const struct {
		enum live_registry_root root;
		const char *path;
	} places[] = { { LIVE_USER, "Software\\Microsoft\\Office\\Outlook\\Addins" },
		       { LIVE_SOFTWARE, "Microsoft\\Office\\Outlook\\Addins" },
		       { LIVE_SOFTWARE, "Wow6432Node\\Microsoft\\Office\\Outlook\\Addins" } };
	struct names *addins = arena_alloc(scratch, sizeof *addins),
		     *classes = arena_alloc(scratch, sizeof *classes);
	const struct live_registry_sink sink = { addins, note_name, pass_value, note_leave };
	enum status st = ST_OK;

	if (!addins || !classes)
		return ST_NOMEM;
	addins->arena = classes->arena = scratch;
	addins->n = addins->depth = classes->n = 0;
	for (size_t i = 0; st == ST_OK && i < COUNT_OF(places); i++)
		if (live_registry_has(places[i].root, places[i].path))
			st = live_registry_read(places[i].root, places[i].path, &sink, &(uint64_t){ 0 });
	for (size_t i = 0; st == ST_OK && i < addins->n; i++)
		st = copy_class(scratch, c, classes, addins->at[i], closed_out);
	return st;
}

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
	if (st == ST_OK && root == LIVE_SOFTWARE)
		st = copy_classes(scratch, &c, closed_out);
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
