/* This file takes text configurations apart: lines, words, quotes, sections of INI files. */
#ifndef POSTMEND_CLIENT_LINES_H
#define POSTMEND_CLIENT_LINES_H

#include "client/account.h"

enum { LINES_BYTES_MAX = 4 << 20, LINES_VALUE_MAX = 4096 };

/* A file that is read line by line. */
struct lines {
	struct str rest;
	unsigned number; /* of the line at hand, from 1 */
};

struct lines lines_of(struct view bytes);

/* The next line without blanks at its ends; empty lines come too. */
bool lines_next(struct lines *lines, struct str *out);

/* Cuts the first word off: up to a blank, or what stands in "…" or '…' without the
 * quotes, backslashes kept. NULL at the end. */
struct str lines_word(struct str *rest);

/* Whether the line begins with one of these characters or is empty. */
bool lines_is_comment(struct str line, const char *marks);

/* Without quotes around it. */
struct str lines_unquoted(struct str text);

/* A copy that knows its line. NULL text for nothing. */
struct client_text lines_text(struct client_found *found, struct str text, unsigned line);
struct client_number lines_number(struct str text, unsigned line);

/* yes, on, true, 1. */
bool lines_is_yes(struct str text);

/* One "key = value" of a section, as INI files and TOML have them. */
struct setting {
	struct str section, key, value;
	unsigned line;
};

struct settings_file {
	struct setting *at;
	size_t n;
	unsigned first_bad_line; /* 0: none */
};

enum { SETTINGS_MAX = 16384 };

/* Keys are kept as they are; comments begin with # or ;. False when memory ended. */
bool lines_read_settings(struct client_found *found, struct view bytes, struct settings_file *out);

/* The last one of this name (case does not matter) in a section; NULL when absent. */
const struct setting *lines_find(const struct settings_file *file, struct str section, const char *key);

/* "scheme://[user[:password]@]host[:port][/path]": the password is dropped. */
struct lines_url {
	struct str scheme, user, host, port;
	bool has_password;
};

bool lines_url(struct str text, struct lines_url *out);

#endif
