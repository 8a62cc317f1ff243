/* This file judges where mail is delivered to: stores that are not there, too full or in the wrong place. */
#include "audit/audit.h"

#include "base/checked.h"

#include <string.h>

/* Outlook's own limits where nobody set others: of ANSI stores in bytes, of Unicode stores in MiB. */
#define ANSI_WARN    UINT64_C(0x74404400)
#define ANSI_MAX     UINT64_C(0x7C004400)
#define UNICODE_WARN (UINT64_C(48640) << 20)

/* Folders that are carried to other computers while they change. */
static const char *const synced[] = {
	"OneDrive", "Dropbox",   "Google Drive", "GoogleDrive", "iCloudDrive",
	"Box Sync", "Nextcloud", "ownCloud",     "pCloudDrive", "SynologyDrive"
};

static bool is_separator(char c)
{
	return c == '\\' || c == '/';
}

/* One folder's name: exactly, or with the name of a company behind it. */
static bool is_synced_name(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(synced); i++) {
		struct str rest = str_skip(name, strlen(synced[i]));

		if (str_starts_nocase(name, str_of(synced[i])) &&
		    (rest.len == 0 || str_starts(rest, STR(" - ")) || str_starts(rest, STR(" ("))))
			return true;
	}
	return false;
}

static bool is_synced(struct str path)
{
	size_t start = 0;

	for (size_t i = 0; i < path.len; i++) {
		if (!is_separator(path.at[i]))
			continue;
		if (is_synced_name(str_head(str_skip(path, start), i - start)))
			return true;
		start = i + 1;
	}
	return false;
}

/* \\server\share; \\?\C:\… is of this computer, \\?\UNC\… is not. */
static bool is_network(struct str path)
{
	if (str_starts_nocase(path, STR("\\\\?\\UNC\\")))
		return true;
	return str_starts(path, STR("\\\\")) && !str_starts(path, STR("\\\\?\\")) &&
	       !str_starts(path, STR("\\\\.\\"));
}

struct store_case {
	struct arena *arena;
	struct finding_sink *sink;
	const struct audit_store *store;
	struct wanted_list *wanted;
};

static struct finding *add(const struct store_case *c, enum code code, const char *name, const char *found,
			   const char *expected)
{
	const struct subject subject = { .kind = SUBJECT_STORE, .path = c->store->path };
	struct finding *f = finding_add(c->sink, code, &subject);

	finding_evidence(f, name, found, expected, TRUST_PEER);
	return f;
}

static const char *mebibytes(const struct store_case *c)
{
	return arena_printf(c->arena, "%llu MiB", (unsigned long long)(c->store->bytes >> 20));
}

static void judge_size(const struct store_case *c)
{
	uint64_t bytes = c->store->bytes;
	struct finding *f;

	if (c->store->is_ansi && bytes >= ANSI_WARN) {
		f = add(c, CODE_ACCOUNT_STORE_ANSI_FULL, "size", mebibytes(c), "less than 1860 MiB");
		if (bytes < ANSI_MAX)
			f->severity = SEVERITY_WARNING;
	}
	if (!c->store->is_ansi && bytes >= UNICODE_WARN)
		add(c, CODE_ACCOUNT_STORE_LARGE, "size", mebibytes(c), "less than 48640 MiB");
}

/* Outlook makes one anew that is put aside, and refuses one that is no copy. */
static void judge_copy(const struct store_case *c)
{
	const struct audit_store *copy = c->store;
	struct finding *f;

	if (copy->damage) {
		f = add(c, CODE_ACCOUNT_COPY_DAMAGED, "header", copy->damage, "that of a sound .ost");
		wanted_add(c->wanted, &(struct wanted){ .finding = f,
							.what = WANTED_RENAMED,
							.source = copy->file,
							.is_copy = true });
	}
	if (copy->is_read_only)
		add(c, CODE_ACCOUNT_COPY_READ_ONLY, "file", "read-only", "one that may be written");
}

static void say_missing(const struct store_case *c)
{
	struct finding *f = add(c, c->store->is_copy ? CODE_ACCOUNT_COPY_MISSING : CODE_ACCOUNT_STORE_MISSING,
				"path", c->store->path, "a file");

	/* It was put aside to be made anew: that is how it is to be. */
	if (c->store->aside) {
		f->severity = SEVERITY_ADVICE;
		finding_evidence(f, "put_aside", c->store->aside, NULL, TRUST_PEER);
	}
}

void audit_stores(struct arena *arena, const struct audit_store *stores, size_t n, struct finding_sink *sink,
		  struct wanted_list *wanted)
{
	for (size_t i = 0; i < n; i++) {
		const struct store_case c = { arena, sink, &stores[i], wanted };
		struct str path = str_of(stores[i].path);

		if (is_network(path))
			add(&c, CODE_ACCOUNT_STORE_NETWORK, "path", stores[i].path,
			    "a folder of this computer");
		if (is_synced(path))
			add(&c, CODE_ACCOUNT_STORE_SYNCED, "path", stores[i].path,
			    "a folder that nothing carries away");
		if (stores[i].state == AUDIT_STORE_MISSING)
			say_missing(&c);
		if (stores[i].state == AUDIT_STORE_PRESENT)
			judge_size(&c);
		if (stores[i].state == AUDIT_STORE_PRESENT && stores[i].is_copy)
			judge_copy(&c);
	}
}
