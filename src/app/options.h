/* This file reads the command line: one table of options for all commands.
 *
 * Options may stand before and after the other words, as `--name value` and
 * `--name=value`; "--" ends them; "-" alone is a word. The first word is the
 * command or, when it holds an "@", the address to diagnose.
 */
#ifndef POSTMEND_APP_OPTIONS_H
#define POSTMEND_APP_OPTIONS_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPTIONS_WORDS_MAX = 4096, OPTIONS_COUNT_MAX = 64 };

enum options_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Each option's bit, so that a command names what it takes. */
#define OPTION_BIT(option) (UINT64_C(1) << (option))
enum option {
	OPTION_JSON,
	OPTION_HTML,
	OPTION_QUIET,
	OPTION_COLOR,
	OPTION_REDACT,
	OPTION_QUICK,
	OPTION_IN_PLACE,
	OPTION_OUTPUT,
	OPTION_PLAN,
	OPTION_YES,
	OPTION_FIX,
	OPTION_COMMAND,
	OPTION_DELETED,
	OPTION_COMPACT,
	OPTION_SPLIT,
	OPTION_FORMAT,
	OPTION_ASSOCIATED,
	OPTION_RELEASE,
	OPTION_REMOVE,
	OPTION_SAVE,
	OPTION_MOVE_TO,
	OPTION_KEEP,
	OPTION_DISABLE,
	OPTION_SET_ASIDE,
	OPTION_CLEAR_PASSWORD,
	OPTION_EXPORT,
	OPTION_AGAINST,
	OPTION_DEADLINE,
	OPTION_OFFLINE,
	OPTION_NO_THIRD_PARTY,
	OPTION_RESOLVER,
	OPTION_SECOND_RESOLVER,
	OPTION_VIA,
	OPTION_FROM,
	OPTION_IDLE,
	OPTION_SPEED,
	OPTION_CA_FILE,
	OPTION_HTTPS_PORT,
	OPTION_USER,
	OPTION_LOGIN,
	OPTION_PASSWORD_FILE,
	OPTION_PASSWORD_COMMAND,
	OPTION_OAUTH_TOKEN_FILE,
	OPTION_OAUTH_TOKEN_COMMAND,
	OPTION_ALLOW_PLAIN_LOGIN,
	OPTION_SENDER,
	OPTION_RECIPIENT,
	OPTION_TRACE,
	OPTION_REMEMBER,
	OPTION_LIST,
	OPTION_SET,
	OPTION_SIZE,
	OPTION_SECONDS,
	OPTION_MAILBOX,
	OPTION_ADDRESS,
	OPTION_PORT_BASE,
	OPTION_READY_FILE,
	OPTION_WINDOWS,
	OPTION_HIVE,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT
};

struct options {
	bool json, quiet, redact, quick, in_place, plan, yes, deleted, compact, associated, offline,
		clear_password, no_third_party, login, allow_plain_login, speed, remember, list, mailbox,
		help, version;
	enum options_color color;
	double deadline, seconds, idle; /* 0 when not given */
	unsigned https_port, port_base; /* 0 when not given */
	const char *html, *resolver, *ca_file, *user, *password_file, *password_command;
	const char *oauth_token_file, *oauth_token_command, *sender, *recipient, *trace;
	const char *address, *ready_file, *second_resolver, *via, *from, *output, *set, *format, *fix,
		*command;
	uint64_t size;  /* 0 when not given */
	uint64_t split; /* likewise */
	const char *windows, *hive;
	/* Items of a store: "all", or numbers parted by commas; "" when none was named. */
	const char *release, *remove, *disable, *set_aside;
	const char *save, *move_to, *keep, *export_to, *against;
	uint64_t given; /* bits of the options that stood on the line */
	const char **words;
	size_t n_words;
};

/* How an option reads its value. */
enum option_kind {
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_SECONDS_VALUE,
	OPTION_PORT,
	OPTION_BYTES,
	OPTION_FILE_SIZE, /* with k, m, g or t */
	OPTION_COLOR_WORD,
	OPTION_ITEMS,  /* "all" or numbers; the next word only when it is one of these */
	OPTION_CHOICE, /* a word, and another behind "in" */
};

struct option_row {
	enum option option;
	const char *name;  /* without the dashes */
	const char *value; /* what the help calls its value, NULL for a flag */
	enum option_kind kind;
	size_t at; /* in struct options */
	const char *help;
};

/* In the order of the help. */
const struct option_row *options_table(size_t *n_out);

/* argv without the program's name. ST_USAGE and one line in *why_out that names
 * the word and what is expected. */
[[nodiscard]] enum status options_parse(struct arena *arena, size_t argc, const char *const *argv,
					struct options *out, const char **why_out);

/* ST_USAGE when an option was given that is not among `taken`. */
[[nodiscard]] enum status options_check(struct arena *arena, const struct options *options, uint64_t taken,
					const char *command, const char **why_out);

#endif
