/* This file collects the settings that mail programs keep in files of their own. */
#include "app/gather.h"

#include "client/configs.h"
#include "client/thunderbird.h"
#include "os/env.h"
#include "os/file.h"
#include "os/folder.h"

#include <string.h>

enum { CONFIG_CAP = 4 << 20, PREFS_CAP = 64 << 20, DEPTH_MAX = 3 };

struct config_row {
	const char *path; /* below the user's folder; ".config/" is where the XDG says */
	configs_reader *read;
};

static const struct config_row configs[] = {
	{ ".msmtprc", msmtp_read },
	{ ".config/msmtp/config", msmtp_read },
	{ ".mbsyncrc", mbsync_read },
	{ ".config/isyncrc", mbsync_read },
	{ ".fetchmailrc", fetchmail_read },
	{ ".getmail/getmailrc", getmail_read },
	{ ".config/getmail/getmailrc", getmail_read },
	{ ".offlineimaprc", offlineimap_read },
	{ ".config/offlineimap/config", offlineimap_read },
	{ ".muttrc", neomutt_read },
	{ ".mutt/muttrc", neomutt_read },
	{ ".config/mutt/muttrc", neomutt_read },
	{ ".neomuttrc", neomutt_read },
	{ ".neomutt/neomuttrc", neomutt_read },
	{ ".config/neomutt/neomuttrc", neomutt_read },
	{ ".config/aerc/accounts.conf", aerc_read },
	{ ".config/himalaya/config.toml", himalaya_read },
	{ "Library/Preferences/com.apple.mail.plist", applemail_read },
};

static const char *const thunderbirds[] = { ".thunderbird", "snap/thunderbird/common/.thunderbird",
					    ".var/app/org.mozilla.Thunderbird/.thunderbird",
					    "Library/Thunderbird" };

/* A file's bytes until buf_fini(); a file that is there and cannot be read is a remark. */
static bool read_file(struct gather *gather, const char *path, size_t cap, struct buf *out)
{
	const char *why = NULL;
	enum status st;

	buf_init(out, cap);
	st = file_read(path, out, &why);
	if (st == ST_OK || st == ST_LIMIT) {
		if (st == ST_LIMIT)
			client_add_remark(&gather->found, path, 0,
					  "only its beginning was read: it is too long");
		return true;
	}
	client_add_remark(&gather->found, path, 0, why ? why : "it cannot be read");
	buf_fini(out);
	return false;
}

static void read_config(struct gather *gather, const char *path, configs_reader *read)
{
	struct buf bytes;

	if (!path || !file_exists(path) || folder_is(path) || !read_file(gather, path, CONFIG_CAP, &bytes))
		return;
	read(&gather->found, buf_view(&bytes), path);
	buf_fini(&bytes);
}

static void read_prefs(struct gather *gather, const char *folder, const struct thunderbird_profile *profile)
{
	struct arena *arena = gather->run->arena;
	const char *place =
		profile->is_absolute ? profile->path : folder_locate(arena, folder, profile->path);
	const char *prefs = place ? folder_locate(arena, place, "prefs.js") : NULL, *logins;
	struct buf bytes;

	if (!prefs || !file_exists(prefs)) {
		client_add_remark(&gather->found, folder, 0,
				  arena_printf(arena, "the profile \"%s\" has no prefs.js at its place, %s",
					       profile->name, profile->path));
		return;
	}
	if (!read_file(gather, prefs, PREFS_CAP, &bytes))
		return;
	logins = folder_join(arena, place, "logins.json");
	thunderbird_read_prefs(&gather->found, profile, buf_view(&bytes), prefs,
			       logins && file_exists(logins));
	buf_fini(&bytes);
}

void gather_thunderbird(struct gather *gather, const char *folder)
{
	struct arena *arena = gather->run->arena;
	const char *ini = folder ? folder_locate(arena, folder, "profiles.ini") : NULL;
	struct thunderbird_profile *profiles;
	struct buf bytes;
	size_t n;

	if (!ini || !read_file(gather, ini, CONFIG_CAP, &bytes))
		return;
	profiles = arena_array(arena, THUNDERBIRD_PROFILES_MAX, sizeof *profiles);
	n = profiles ? thunderbird_read_profiles(&gather->found, buf_view(&bytes), profiles) : 0;
	buf_fini(&bytes);
	for (size_t i = 0; i < n; i++)
		read_prefs(gather, folder, &profiles[i]);
}

/* Accounts lie in folders of their own, one below the other at most. */
void gather_oeaccounts(struct gather *gather, const char *folder)
{
	const char *folders[256] = { folder }, *why;
	unsigned depths[256] = { 0 };
	struct folder_entry *entries;
	size_t n_folders = folder != NULL, n;

	while (n_folders > 0) {
		const char *here = folders[--n_folders];
		unsigned depth = depths[n_folders];

		if (folder_read(gather->run->arena, here, &entries, &n, &why) != ST_OK)
			continue;
		for (size_t i = 0; i < n; i++) {
			const char *path = folder_join(gather->run->arena, here, entries[i].name);

			if (path && !entries[i].is_directory &&
			    str_ends_nocase(str_of(entries[i].name), STR(".oeaccount")))
				read_config(gather, path, oeaccount_read);
			if (!path || !entries[i].is_directory || depth == DEPTH_MAX || n_folders == 256)
				continue;
			folders[n_folders] = path;
			depths[n_folders++] = depth + 1;
		}
	}
}

static void read_evolution(struct gather *gather, const char *folder)
{
	struct arena *arena = gather->run->arena;
	struct evolution_file *files = arena_array(arena, EVOLUTION_FILES_MAX, sizeof *files);
	struct buf *bytes = arena_array(arena, EVOLUTION_FILES_MAX, sizeof *bytes);
	struct folder_entry *entries;
	size_t n, n_files = 0;
	const char *why;

	if (!folder || !files || !bytes || folder_read(arena, folder, &entries, &n, &why) != ST_OK)
		return;
	for (size_t i = 0; i < n && n_files < EVOLUTION_FILES_MAX; i++) {
		struct str name = str_of(entries[i].name);
		const char *path = folder_join(arena, folder, entries[i].name);

		if (!path || !str_ends_nocase(name, STR(".source")) ||
		    !read_file(gather, path, CONFIG_CAP, &bytes[n_files]))
			continue;
		files[n_files] = (struct evolution_file){ arena_text(arena, str_head(name, name.len - 7)),
							  path, buf_view(&bytes[n_files]) };
		n_files += files[n_files].uid != NULL;
	}
	evolution_read(&gather->found, files, n_files);
	for (size_t i = 0; i < n_files; i++)
		buf_fini(&bytes[i]);
}

/* ~/Library/Mail/V9/MailData/Accounts.plist of any version. */
static void read_apple(struct gather *gather, const char *home)
{
	struct arena *arena = gather->run->arena;
	const char *mail = folder_locate(arena, home, "Library/Mail"), *why;
	struct folder_entry *entries;
	size_t n;

	if (!mail || folder_read(arena, mail, &entries, &n, &why) != ST_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		const char *version = entries[i].is_directory && entries[i].name[0] == 'V'
					      ? folder_join(arena, mail, entries[i].name)
					      : NULL;

		if (version)
			read_config(gather, folder_locate(arena, version, "MailData/Accounts.plist"),
				    applemail_read);
	}
}

/* The path of a settings file; where the XDG's folder is another one than ~/.config, that. */
static const char *place_of(struct gather *gather, const char *home, const char *path)
{
	static const char start[] = ".config/";
	struct arena *arena = gather->run->arena;
	const char *config = env_get(arena, "XDG_CONFIG_HOME");

	if (config && config[0] == '/' && strncmp(path, start, sizeof start - 1) == 0)
		return folder_locate(arena, config, path + sizeof start - 1);
	return folder_locate(arena, home, path);
}

static const char *name_of_path(const char *path)
{
	const char *name = path;

	for (const char *c = path; *c; c++)
		if ((*c == '/' || *c == '\\') && c[1])
			name = c + 1;
	return name;
}

/* "prefs.js" without profiles.ini beside it: its folder's name is the profile's. */
static void read_prefs_file(struct gather *gather, const char *prefs, const char *folder)
{
	struct arena *arena = gather->run->arena;
	const char *logins = folder_join(arena, folder, "logins.json");
	const struct thunderbird_profile profile = { .name = name_of_path(folder), .path = folder };
	struct buf bytes;

	if (!read_file(gather, prefs, PREFS_CAP, &bytes))
		return;
	thunderbird_read_prefs(&gather->found, &profile, buf_view(&bytes), arena_strdup(arena, prefs),
			       logins && file_exists(logins));
	buf_fini(&bytes);
}

bool gather_thunderbird_folder(struct gather *gather, const char *folder)
{
	const char *prefs = folder_join(gather->run->arena, folder, "prefs.js");

	if (!prefs || !file_exists(prefs))
		return false;
	read_prefs_file(gather, prefs, folder);
	return true;
}

/* The row's file name, with the folder where several programs have the same; a copy may lack the dot. */
static bool is_of_row(const char *path, const struct config_row *row)
{
	const char *name = name_of_path(row->path), *given = name_of_path(path);

	if (strcmp(name, "config") == 0 || strncmp(name, "config.", 7) == 0)
		return str_ends_nocase(str_of(path), str_of(row->path + sizeof ".config" - 1));
	return strcmp(given, name) == 0 || (*name == '.' && strcmp(given, name + 1) == 0);
}

bool gather_settings_file(struct gather *gather, const char *path)
{
	struct arena *arena = gather->run->arena;
	const char *name = name_of_path(path);

	if (strcmp(name, "prefs.js") == 0) {
		read_prefs_file(gather, path,
				name > path
					? arena_text(arena, (struct str){ path, (size_t)(name - path) - 1 })
					: ".");
		return true;
	}
	if (str_ends_nocase(str_of(name), STR(".oeaccount"))) {
		read_config(gather, path, oeaccount_read);
		return true;
	}
	for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++)
		if (is_of_row(path, &configs[i])) {
			read_config(gather, path, configs[i].read);
			return true;
		}
	return false;
}

void gather_configs(struct gather *gather, const char *home)
{
	for (size_t i = 0; i < sizeof thunderbirds / sizeof thunderbirds[0]; i++)
		gather_thunderbird(gather, folder_locate(gather->run->arena, home, thunderbirds[i]));
	for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++)
		read_config(gather, place_of(gather, home, configs[i].path), configs[i].read);
	read_evolution(gather, place_of(gather, home, ".config/evolution/sources"));
	read_evolution(gather, folder_locate(gather->run->arena, home,
					     ".var/app/org.gnome.Evolution/config/evolution/sources"));
	read_apple(gather, home);
}
