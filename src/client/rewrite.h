/* This file turns wishes into the smallest changes of the files that mail programs keep.
 *
 * A step is one value: so many bytes at one place of a text file become others,
 * or one value of a registry key. All steps of a file are made from the same
 * bytes, then spliced in together; what came of it is read again by the room's
 * own readers, which must find every wish fulfilled and nothing else of the
 * accounts changed. Only then is it worth writing.
 */
#ifndef POSTMEND_CLIENT_REWRITE_H
#define POSTMEND_CLIENT_REWRITE_H

#include "base/buf.h"
#include "client/wish.h"
#include "hive/hive.h"

enum { REWRITES_MAX = 4096 };

struct rewrite {
	const struct client_wish *wish; /* NULL: a value that the caller named itself */
	const char *label;              /* the caller's: whom it serves */
	const char *file;               /* as it was named where it was read */
	const char *key, *name;         /* registry: key and value; else what the setting is called there */
	unsigned line;                  /* of a text file; of the line before, for a new one */
	const char *old, *fresh;        /* for people; old NULL: it was not set */
	size_t at, len;                 /* text: these bytes … */
	struct str bytes;               /* … become these */
	uint32_t type;                  /* registry */
	struct view data;
	bool is_gone; /* registry: the value goes */
};

struct rewrites {
	struct arena *arena;
	struct rewrite *at;
	size_t n;
};

/* False when memory ended. */
[[nodiscard]] bool rewrite_init(struct rewrites *steps, struct arena *arena);

/* The file that has to be changed for it. */
const char *rewrite_file_of(const struct client_wish *wish);

/* Adds what has to be changed in the bytes of that file. NULL, or why it cannot be: ends the sentence "X is
 * not changed: "; then nothing was added. */
[[nodiscard]] const char *rewrite_add_text(struct rewrites *steps, const struct client_wish *wish,
					   struct view bytes);
[[nodiscard]] const char *rewrite_add_registry(struct rewrites *steps, const struct client_wish *wish,
					       const struct hive *hive);

/* One preference of a prefs.js, its value as it stands there; and one value of a hive. */
[[nodiscard]] const char *rewrite_add_pref(struct rewrites *steps, const char *file, const char *name,
					   const char *value, struct view bytes);
[[nodiscard]] const char *rewrite_add_value(struct rewrites *steps, const struct rewrite *step,
					    const struct hive *hive);

/* The steps of a text file by place, each once; NULL when memory ended. */
[[nodiscard]] const struct rewrite **rewrite_order(const struct rewrites *steps, const char *file,
						   size_t *n_out);

/* The file's bytes with its steps carried out. NULL or why not, as above. */
[[nodiscard]] const char *rewrite_splice(const struct rewrites *steps, const char *file, struct view bytes,
					 struct buf *out);

/* Reads a changed text file again. NULL, or what is not as it was wished for. */
[[nodiscard]] const char *rewrite_prove(const struct rewrites *steps, const char *file, struct view before,
					struct view after);

/* The rest is for the room's files of this name. */

/* A text file by its lines, numbered as the readers number them. */
struct rewrite_lines {
	struct str text;
	struct str *at; /* of line 1 and on; each with its line's end */
	size_t n;
};

struct rewrite_writer {
	struct rewrites *steps;
	const struct client_wish *wish;
	const char *file;
	struct rewrite_lines lines;
};

/* A line without its end; nothing beyond the last. */
struct str rewrite_line(const struct rewrite_writer *w, unsigned line);

/* One step: the part of a line, given as a part of the file's text, becomes `fresh`. */
void rewrite_replace(struct rewrite_writer *w, const char *name, unsigned line, struct str part,
		     const char *fresh);

/* A new line behind this one, with this one's ending. Line 0: at the end of the file. */
void rewrite_insert(struct rewrite_writer *w, const char *name, unsigned line, const char *value,
		    const char *text);

/* Words behind an existing part of the file. */
void rewrite_insert_behind(struct rewrite_writer *w, const char *name, struct str part, const char *value,
			   const char *text);

typedef const char *rewrite_program(struct rewrite_writer *w);
rewrite_program rewrite_lines_program, rewrite_url_program, rewrite_fetchmail_program, rewrite_prefs_program;

const char *rewrite_set_pref(struct rewrite_writer *w, const char *name, const char *value);

const char *rewrite_number(struct rewrite_writer *w);

#endif
