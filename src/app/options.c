/* This file reads the command line: one table of options for all commands. */
#include "app/options.h"

#include "base/checked.h"
#include "base/str.h"

#include <string.h>

#define AT(field) offsetof(struct options, field)

static const struct option_row rows[] = {
	{ OPTION_JSON, "json", NULL, OPTION_FLAG, AT(json),
	  "one JSON document on standard output, nothing else" },
	{ OPTION_HTML, "html", "FILE", OPTION_TEXT, AT(html), "also write the report as one HTML page" },
	{ OPTION_QUIET, "quiet", NULL, OPTION_FLAG, AT(quiet), "print nothing when all is healthy" },
	{ OPTION_COLOR, "color", "WHEN", OPTION_COLOR_WORD, AT(color),
	  "auto, always or never; auto heeds NO_COLOR" },
	{ OPTION_REDACT, "redact", NULL, OPTION_FLAG, AT(redact),
	  "hide users, this computer and private addresses in the report" },
	{ OPTION_QUICK, "quick", NULL, OPTION_FLAG, AT(quick),
	  "headers, pages, blocks and allocation alone; not what is in messages" },
	{ OPTION_IN_PLACE, "in-place", NULL, OPTION_FLAG, AT(in_place),
	  "mend the store where it stands, with a journal beside it to take it back" },
	{ OPTION_OUTPUT, "output", "FILE", OPTION_TEXT, AT(output),
	  "the new store; a file that is there is never replaced" },
	{ OPTION_PLAN, "plan", NULL, OPTION_FLAG, AT(plan), "say what would be written, and write nothing" },
	{ OPTION_YES, "yes", NULL, OPTION_FLAG, AT(yes), "do it without asking on the terminal" },
	{ OPTION_FIX, "fix", "WHAT", OPTION_TEXT, AT(fix),
	  "check: mend this finding (its id or key), or all that can be mended; or the .ost to be made "
	  "anew" },
	{ OPTION_COMMAND, "command", "LINE", OPTION_TEXT, AT(command),
	  "bisect: start with this; exit code 0 is good, 125 cannot be told, others are bad" },
	{ OPTION_DELETED, "deleted", NULL, OPTION_FLAG, AT(deleted),
	  "also bring back what was deleted and is still whole" },
	{ OPTION_COMPACT, "compact", NULL, OPTION_FLAG, AT(compact),
	  "for a store that is Unicode already: write it anew without its free space" },
	{ OPTION_SPLIT, "split", "SIZE", OPTION_FILE_SIZE, AT(split),
	  "write parts of at most this size, such as 500m or 4g: NAME.1.pst, NAME.2.pst..." },
	{ OPTION_FORMAT, "format", "WORD", OPTION_TEXT, AT(format), "export: eml, mbox, maildir or json" },
	{ OPTION_ASSOCIATED, "associated", NULL, OPTION_FLAG, AT(associated),
	  "export: also the hidden items of folders: rules, views, settings" },
	{ OPTION_RELEASE, "release", "all|ID", OPTION_ITEMS, AT(release),
	  "outbox: make these drafts again, in the folder for drafts" },
	{ OPTION_REMOVE, "remove", "all|ID", OPTION_ITEMS, AT(remove),
	  "outbox, receipts, duplicates: take these out of the store" },
	{ OPTION_SAVE, "save", "DIR", OPTION_TEXT, AT(save),
	  "write each as .eml into this folder before it is changed" },
	{ OPTION_MOVE_TO, "move-to", "FOLDER", OPTION_TEXT, AT(move_to),
	  "duplicates: move all but one of each to this folder, \"Duplicates\" unless told" },
	{ OPTION_KEEP, "keep", "WHICH", OPTION_CHOICE, AT(keep),
	  "duplicates: which one stays: oldest, newest, fullest or in FOLDER" },
	{ OPTION_DISABLE, "disable", "all|ID", OPTION_ITEMS, AT(disable), "rules: switch these off" },
	{ OPTION_SET_ASIDE, "set-aside", "all|ID", OPTION_ITEMS, AT(set_aside),
	  "rules: put damaged ones where Outlook no longer reads them" },
	{ OPTION_CLEAR_PASSWORD, "clear-password", NULL, OPTION_FLAG, AT(clear_password),
	  "password: take it off the store; repair, convert: write the new store without it" },
	{ OPTION_EXPORT, "export", "FILE|FORM", OPTION_TEXT, AT(export_to),
	  "rules: write the list of rules as a file that Outlook imports; settings: also write them as prf, "
	  "reg or thunderbird" },
	{ OPTION_AGAINST, "against", "WHAT", OPTION_TEXT, AT(against),
	  "settings: compare with what is set up: a settings file, a hive, a profile or program of this "
	  "computer" },
	{ OPTION_DEADLINE, "deadline", "SECONDS", OPTION_SECONDS_VALUE, AT(deadline),
	  "time for the whole run: 10 for probe, 30 for diagnose and settings" },
	{ OPTION_OFFLINE, "offline", NULL, OPTION_FLAG, AT(offline), "send nothing at all" },
	{ OPTION_NO_THIRD_PARTY, "no-third-party", NULL, OPTION_FLAG, AT(no_third_party),
	  "ask nobody but the domain's own hosts and the DNS" },
	{ OPTION_RESOLVER, "resolver", "HOST[:PORT]", OPTION_TEXT, AT(resolver),
	  "ask this DNS server instead of the system's" },
	{ OPTION_SECOND_RESOLVER, "second-resolver", "HOST[:PORT]", OPTION_TEXT, AT(second_resolver),
	  "ask this one too and try the servers at its addresses" },
	{ OPTION_VIA, "via", "WAY", OPTION_TEXT, AT(via),
	  "try all from elsewhere too: socks5://HOST, http://HOST or ssh:HOST" },
	{ OPTION_FROM, "from", "IP", OPTION_TEXT, AT(from),
	  "try all from this address of this computer too" },
	{ OPTION_IDLE, "idle", "SECONDS", OPTION_SECONDS_VALUE, AT(idle),
	  "leave connections idle for up to this long: does something forget them?" },
	{ OPTION_SPEED, "speed", NULL, OPTION_FLAG, AT(speed),
	  "with --login: fetch a recent message, unmarked and unkept: how fast, and which side is slow?" },
	{ OPTION_CA_FILE, "ca-file", "FILE", OPTION_TEXT, AT(ca_file),
	  "trust these certificates (PEM) instead of the system's" },
	{ OPTION_HTTPS_PORT, "https-port", "PORT", OPTION_PORT, AT(https_port),
	  "practice set-ups: fetch settings from this port instead of 443" },
	{ OPTION_USER, "user", "NAME", OPTION_TEXT, AT(user),
	  "the user name for --login; alone it sends nothing" },
	{ OPTION_LOGIN, "login", NULL, OPTION_FLAG, AT(login),
	  "log in once to each server; without it no secret is read or sent" },
	{ OPTION_PASSWORD_FILE, "password-file", "FILE", OPTION_TEXT, AT(password_file),
	  "read the password from a file" },
	{ OPTION_PASSWORD_COMMAND, "password-command", "LINE", OPTION_TEXT, AT(password_command),
	  "read the password from what this command prints" },
	{ OPTION_OAUTH_TOKEN_FILE, "oauth-token-file", "FILE", OPTION_TEXT, AT(oauth_token_file),
	  "log in with the OAuth 2.0 access token in a file" },
	{ OPTION_OAUTH_TOKEN_COMMAND, "oauth-token-command", "LINE", OPTION_TEXT, AT(oauth_token_command),
	  "log in with the OAuth 2.0 access token that this command prints" },
	{ OPTION_ALLOW_PLAIN_LOGIN, "allow-plain-login", NULL, OPTION_FLAG, AT(allow_plain_login),
	  "send the password without verified encryption too: anybody may read it" },
	{ OPTION_SENDER, "sender", "ADDRESS", OPTION_TEXT, AT(sender),
	  "SMTP: try this sender, with --login the user's own address; nothing is sent" },
	{ OPTION_RECIPIENT, "recipient", "ADDRESS", OPTION_TEXT, AT(recipient),
	  "SMTP: try this recipient, with --login the user's own; nothing is sent" },
	{ OPTION_TRACE, "trace", "FILE", OPTION_TEXT, AT(trace),
	  "write every byte said to a file; secrets appear as ***" },
	{ OPTION_REMEMBER, "remember", NULL, OPTION_FLAG, AT(remember),
	  "keep what is there while all is well; later runs say what has changed since" },
	{ OPTION_LIST, "list", NULL, OPTION_FLAG, AT(list), "list what there is" },
	{ OPTION_SET, "set", "KINDS", OPTION_TEXT, AT(set),
	  "letters to send: plain, html, attachment, long, large or all, parted by commas" },
	{ OPTION_SIZE, "size", "BYTES", OPTION_BYTES, AT(size), "of the plain letter, 1024 unless told" },
	{ OPTION_SECONDS, "seconds", "SECONDS", OPTION_SECONDS_VALUE, AT(seconds),
	  "stop by itself after this time" },
	{ OPTION_MAILBOX, "mailbox", NULL, OPTION_FLAG, AT(mailbox),
	  "plant the faults into the practice mailbox itself" },
	{ OPTION_ADDRESS, "address", "IP", OPTION_TEXT, AT(address),
	  "listen on this loopback address instead of 127.0.0.1" },
	{ OPTION_PORT_BASE, "port-base", "PORT", OPTION_PORT, AT(port_base),
	  "use ports from here on instead of free ones" },
	{ OPTION_READY_FILE, "ready-file", "FILE", OPTION_TEXT, AT(ready_file),
	  "also write there where everything listens, once it does" },
	{ OPTION_WINDOWS, "windows", "DIR", OPTION_TEXT, AT(windows),
	  "look at the Windows whose disk is mounted at this folder" },
	{ OPTION_HIVE, "hive", "FILE", OPTION_TEXT, AT(hive),
	  "look at one user's registry hive, NTUSER.DAT" },
	{ OPTION_HELP, "help", NULL, OPTION_FLAG, AT(help), "this help" },
	{ OPTION_VERSION, "version", NULL, OPTION_FLAG, AT(version),
	  "the versions of postmend and its libraries" },
};

const struct option_row *options_table(size_t *n_out)
{
	*n_out = COUNT_OF(rows);
	return rows;
}

static const struct option_row *find(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (str_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

/* Digits, and k, m, g or t of 1024; above 0. */
static bool read_file_size(struct str text, uint64_t *out)
{
	static const char units[] = "kmgt";
	unsigned shift = 0;

	for (unsigned i = 0; text.len && units[i]; i++)
		if ((text.at[text.len - 1] | 0x20) == units[i])
			shift = 10 * (i + 1);
	if (!str_to_u64(str_head(text, shift ? text.len - 1 : text.len), UINT64_C(1) << 50 >> shift, out))
		return false;
	*out <<= shift;
	return *out > 0;
}

/* Digits with at most one full stop, above 0 and at most a day: what a locale
 * or a sign could change is not read. */
static bool read_seconds(struct str text, double *out)
{
	struct str rest = text, whole = str_cut(&rest, '.');
	uint64_t seconds = 0, fraction = 0;
	double scale = 1.0;

	if (whole.len == 0 || !str_to_u64(whole, 86400, &seconds))
		return false;
	if (rest.at && (rest.len > 6 || !str_to_u64(rest, 999999, &fraction)))
		return false;
	for (size_t i = 0; rest.at && i < rest.len; i++)
		scale *= 10.0;
	*out = (double)seconds + (double)fraction / scale;
	return seconds > 0 || fraction > 0;
}

static bool read_color(struct str text, enum options_color *out)
{
	static const char *const words[] = { "auto", "always", "never" };

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (!str_is(text, words[i]))
			continue;
		*out = (enum options_color)i;
		return true;
	}
	return false;
}

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7F)
			return true;
	return false;
}

/* "all", or numbers as "0x200024" and "0x8008.3", parted by commas. */
static bool is_items(struct str text)
{
	bool all_numbers = text.len > 0;
	struct str rest = text;

	while (rest.at && all_numbers) {
		struct str part = str_cut(&rest, ',');

		all_numbers = str_starts(part, STR("0x")) && part.len > 2 && part.len < 24;
		for (size_t i = 2; i < part.len && all_numbers; i++)
			all_numbers = strchr("0123456789abcdefABCDEF.", part.at[i]) != NULL;
	}
	return all_numbers || str_is(text, "all");
}

/* NULL when the value was taken, else what is expected instead. */
static const char *take(struct options *out, const struct option_row *row, const char *value)
{
	char *field = (char *)out + row->at;
	struct str text = str_of(value);
	uint64_t port;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)(void *)field = true;
		return NULL;
	case OPTION_TEXT:
		memcpy(field, &value, sizeof value);
		return text.len == 0       ? "a value"
		       : has_control(text) ? "a value without control characters"
					   : NULL;
	case OPTION_SECONDS_VALUE:
		return read_seconds(text, (double *)(void *)field)
			       ? NULL
			       : "seconds above 0 and up to 86400, such as 10 or 2.5";
	case OPTION_PORT:
		if (!str_to_u64(text, 65535, &port) || port == 0)
			return "a port from 1 to 65535";
		*(unsigned *)(void *)field = (unsigned)port;
		return NULL;
	case OPTION_BYTES:
		return str_to_u64(text, UINT64_C(20) << 20, (uint64_t *)(void *)field) &&
				       *(uint64_t *)(void *)field > 0
			       ? NULL
			       : "a number of bytes up to 20971520";
	case OPTION_FILE_SIZE:
		return read_file_size(text, (uint64_t *)(void *)field)
			       ? NULL
			       : "a size in bytes, or with k, m, g or t behind it, such as 500m or 4g";
	case OPTION_ITEMS:
		memcpy(field, &value, sizeof value);
		return text.len == 0 || is_items(text)
			       ? NULL
			       : "\"all\" or numbers such as 0x200024, parted by commas";
	case OPTION_CHOICE:
		memcpy(field, &value, sizeof value);
		return text.len && !has_control(text) ? NULL : "a word";
	case OPTION_COLOR_WORD:
		return read_color(text, (enum options_color *)(void *)field) ? NULL : "auto, always or never";
	}
	return "nothing";
}

struct line {
	struct arena *arena;
	const char *const *argv;
	size_t argc, at;
	const char **why_out;
};

/* The one place where a usage error is worded. NULL text means memory ended. */
static enum status refuse(struct line *line, const char *why)
{
	*line->why_out = why ? why : "memory ended";
	return ST_USAGE;
}

/* The word behind the option where it is its value; "" for items that nobody names. */
static const char *next_value(struct line *line, const struct option_row *row)
{
	const char *next = line->at + 1 < line->argc ? line->argv[line->at + 1] : NULL;

	if (row->kind == OPTION_FLAG || (row->kind != OPTION_ITEMS && !next))
		return NULL;
	if (row->kind == OPTION_ITEMS && (!next || !is_items(str_of(next))))
		return "";
	line->at++;
	if (row->kind != OPTION_CHOICE || strcmp(next, "in") != 0 || line->at + 1 >= line->argc)
		return next;
	return arena_printf(line->arena, "in %s", line->argv[++line->at]);
}

static enum status read_option(struct line *line, struct options *out)
{
	struct str rest = str_of(line->argv[line->at] + 2), name = str_cut(&rest, '=');
	const struct option_row *row = find(name);
	const char *value = rest.at, *expected;

	if (!row)
		return refuse(line,
			      arena_printf(line->arena, "--%.*s: no such option; postmend --help lists them",
					   (int)(name.len < 64 ? name.len : 64), name.at));
	if (row->kind == OPTION_FLAG && value)
		return refuse(line, arena_printf(line->arena, "--%s takes no value", row->name));
	if (!value)
		value = next_value(line, row);
	if (row->kind != OPTION_FLAG && !value)
		return refuse(line, arena_printf(line->arena, "--%s: expected %s behind it", row->name,
						 row->value));
	expected = take(out, row, value);
	if (expected)
		return refuse(line, arena_printf(line->arena, "--%s: expected %s, not \"%.200s\"", row->name,
						 expected, value));
	out->given |= OPTION_BIT(row->option);
	return ST_OK;
}

static enum status read_short(struct line *line, struct options *out)
{
	const char *word = line->argv[line->at];

	if (strcmp(word, "-h") == 0) {
		out->help = true;
		return ST_OK;
	}
	return refuse(line, arena_printf(line->arena, "%.64s: no such option; options begin with two dashes",
					 word));
}

static enum status add_word(struct line *line, struct options *out)
{
	if (out->n_words == OPTIONS_WORDS_MAX)
		return refuse(line, "too many words: hand a long list of servers in with \"probe -\"");
	out->words[out->n_words++] = line->argv[line->at];
	return ST_OK;
}

enum status options_parse(struct arena *arena, size_t argc, const char *const *argv, struct options *out,
			  const char **why_out)
{
	struct line line = { .arena = arena, .argv = argv, .argc = argc, .why_out = why_out };
	size_t room = argc < OPTIONS_WORDS_MAX ? argc : OPTIONS_WORDS_MAX;
	bool only_words = false;
	enum status status = ST_OK;

	*out = (struct options){ .words = arena_array(arena, room + 1, sizeof(char *)) };
	if (!out->words)
		return ST_NOMEM;
	for (; line.at < argc && status == ST_OK; line.at++) {
		const char *word = argv[line.at];

		if (only_words || word[0] != '-' || word[1] == '\0')
			status = add_word(&line, out);
		else if (word[1] != '-')
			status = read_short(&line, out);
		else if (word[2] == '\0')
			only_words = true;
		else
			status = read_option(&line, out);
	}
	return status;
}

enum status options_check(struct arena *arena, const struct options *options, uint64_t taken,
			  const char *command, const char **why_out)
{
	uint64_t wrong = options->given & ~(taken | OPTION_BIT(OPTION_HELP) | OPTION_BIT(OPTION_VERSION));

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!(wrong & OPTION_BIT(rows[i].option)))
			continue;
		*why_out = arena_printf(arena,
					"--%s: %s does not take it; postmend %s --help lists what it takes",
					rows[i].name, command, command);
		return ST_USAGE;
	}
	return ST_OK;
}
