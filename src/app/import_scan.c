/* This file finds the mail in files and folders before it is imported. */
#include "app/import_scan.h"

#include "base/str.h"
#include "mail/mbox.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/store_file.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 1 << 22, DEEPEST = 64, FRONT = 4096 };

const char *const import_beside = "what calendars and address books read of a message that is there too";

/* A name without the folders in front of it; both separators, as both systems write them. */
static const char *last_name(const char *path)
{
	const char *name = path;

	for (const char *c = path; *c; c++)
		if ((*c == '/' || *c == '\\') && c[1])
			name = c + 1;
	return name;
}

static int hex_of(char c)
{
	if (str_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "SUBJECT 0x200024.eml", and "1620812345.200024.postmend:2,S" in a Maildir. */
static uint32_t number_in(const char *name)
{
	struct str s = str_of(name);
	size_t end = str_find(s, STR(".postmend")), from;
	uint32_t number = 0;

	if (str_ends_nocase(s, STR(".eml")) || str_ends_nocase(s, STR(".ics")) ||
	    str_ends_nocase(s, STR(".vcf"))) {
		end = s.len - 4;
		for (from = end; from && hex_of(s.at[from - 1]) >= 0;)
			from--;
		/* The 0 of 0x stands in front of the x. */
		if (from < 3 || s.at[from - 1] != 'x' || s.at[from - 2] != '0' || s.at[from - 3] != ' ')
			return 0;
	} else if (end != SIZE_MAX) {
		for (from = end; from && hex_of(s.at[from - 1]) >= 0;)
			from--;
		if (from == 0 || s.at[from - 1] != '.')
			return 0;
	} else {
		return 0;
	}
	if (end == from || end - from > 8)
		return 0;
	for (size_t i = from; i < end; i++)
		number = number << 4 | (uint32_t)hex_of(s.at[i]);
	return number;
}

static bool has_letter(const char *flags, char c)
{
	return flags && strchr(flags, c);
}

/* Flags of a Maildir stand behind ":2,", or another sign where files cannot have colons. */
static void read_flags(const char *name, bool is_new, struct import_file *file)
{
	const char *flags = strstr(name, "2,");

	if (flags && (flags == name || !strchr(":;!_-", flags[-1])))
		flags = NULL;
	file->is_unread = is_new || !has_letter(flags, 'S');
	file->is_flagged = has_letter(flags, 'F');
	file->is_answered = has_letter(flags, 'R');
	file->is_draft = has_letter(flags, 'D');
}

/* A field's name and a colon, as a letter begins. */
static bool is_letter(struct str front)
{
	size_t len = 0;

	while (len < front.len && front.at[len] > 32 && front.at[len] < 127 && front.at[len] != ':')
		len++;
	return len > 1 && len < 77 && len < front.len && front.at[len] == ':';
}

static bool is_card(struct str front)
{
	if (str_starts(front, STR("\xEF\xBB\xBF")))
		front = str_skip(front, 3);
	front = str_trim(front);
	return str_starts_nocase(front, STR("BEGIN:VCALENDAR")) ||
	       str_starts_nocase(front, STR("BEGIN:VCARD"));
}

static void judge(struct import_file *file, struct str front)
{
	const char *name = last_name(file->path);
	bool is_eml = str_ends_nocase(str_of(name), STR(".eml"));

	file->kind = IMPORT_OTHER;
	if (str_starts(front, STR("!BDN")))
		file->why = "an Outlook store: convert or export it";
	else if (is_eml)
		file->kind = IMPORT_LETTER;
	else if (mbox_is(str_view(front)))
		file->kind = IMPORT_MAILBOX;
	else if (front.len && front.at[0] == '{')
		file->kind = IMPORT_LINES;
	else if (str_ends_nocase(str_of(name), STR(".mbox")) && front.len)
		file->kind = IMPORT_MAILBOX;
	else if (is_card(front))
		file->kind = IMPORT_CARD;
	else if (is_letter(front))
		file->kind = IMPORT_LETTER;
	else
		file->why = front.len ? "no mail" : "empty";
}

static enum status add(struct import_scan *s, const struct import_file *file)
{
	struct import_file *files;

	if (s->n == FILES_MAX)
		return ST_LIMIT;
	files = arena_grown(s->arena, s->files, s->n, &s->room, sizeof *files);
	if (!files)
		return ST_NOMEM;
	s->files = files;
	s->files[s->n++] = *file;
	s->bytes += file->size;
	return ST_OK;
}

/* What the file is, by its first bytes. */
static enum status look(struct import_scan *s, struct import_file *file, bool is_maildir)
{
	char front[FRONT];
	struct store_file *open;
	const char *why;
	size_t len;

	if (store_file_open(file->path, &open, &why) != ST_OK) {
		file->kind = IMPORT_OTHER;
		file->why = arena_strdup(s->arena, why);
		return add(s, file);
	}
	file->size = store_file_image(open)->size;
	len = file->size < sizeof front ? (size_t)file->size : sizeof front;
	if (image_read(store_file_image(open), 0, front, len) != ST_OK)
		len = 0;
	judge(file, (struct str){ front, len });
	if (is_maildir)
		file->kind = IMPORT_LETTER;
	if (file->kind == IMPORT_LINES)
		s->is_export = s->is_export || str_find((struct str){ front, len },
							STR("\"schema\":\"postmend-items/1\"")) != SIZE_MAX;
	store_file_close(&open);
	return add(s, file);
}

/* A folder that waits to be read. */
struct waiting {
	const char *path, *folder;
	unsigned depth;
	bool is_cur, is_new; /* of a Maildir */
	struct waiting *next;
};

struct walk {
	struct import_scan *s;
	struct waiting *first;
	const char **why_out;
};

static const char *join(struct arena *arena, const char *folder, const char *name)
{
	return arena_printf(arena, "%s%s%s", folder, *folder ? "/" : "", name);
}

static bool has_entry(const struct folder_entry *entries, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (entries[i].is_directory && strcmp(entries[i].name, name) == 0)
			return true;
	return false;
}

/* Sub-folders of a Maildir have dots between their names: ".Work.2021". */
static const char *sub_folder(struct arena *arena, const char *folder, const char *name)
{
	char *whole = arena_printf(arena, "%s%s%s", folder, *folder ? "/" : "", name + 1);

	for (char *c = whole ? whole + strlen(folder) : NULL; c && *c; c++)
		if (*c == '.')
			*c = '/';
	return whole;
}

static enum status wait_for(struct walk *w, const struct waiting *from, const char *name, bool is_maildir)
{
	struct arena *arena = w->s->arena;
	struct waiting *one = arena_alloc(arena, sizeof *one);

	if (!one)
		return ST_NOMEM;
	*one = (struct waiting){ .depth = from->depth + 1, .next = w->first };
	one->path = folder_join(arena, from->path, name);
	one->is_cur = is_maildir && strcmp(name, "cur") == 0;
	one->is_new = is_maildir && strcmp(name, "new") == 0;
	if (one->is_cur || one->is_new)
		one->folder = from->folder;
	else if (is_maildir && name[0] == '.')
		one->folder = sub_folder(arena, from->folder, name);
	else
		one->folder = join(arena, from->folder, name);
	w->first = one;
	if (one->depth > DEEPEST)
		return ST_LIMIT;
	return one->path && one->folder ? ST_OK : ST_NOMEM;
}

/* A mailbox file is a folder of its own: "Inbox.mbox" is "Inbox". */
static const char *own_folder(struct arena *arena, const char *folder, const char *name)
{
	struct str s = str_of(name);

	if (str_ends_nocase(s, STR(".mbox")))
		s = str_head(s, s.len - 5);
	return join(arena, folder, arena_text(arena, s));
}

static enum status take_file(struct import_scan *s, const struct waiting *in, const char *path)
{
	struct import_file file = { .path = path, .folder = in->folder };
	const char *name = last_name(path);
	enum status st;

	/* Names with a dot in front are the system's or a program's. */
	if (name[0] == '.')
		return ST_OK;
	file.nid = number_in(name);
	if (in->is_cur || in->is_new)
		read_flags(name, in->is_new, &file);
	st = look(s, &file, in->is_cur || in->is_new);
	if (st == ST_OK && s->files[s->n - 1].kind == IMPORT_MAILBOX)
		s->files[s->n - 1].folder = own_folder(s->arena, in->folder, name);
	return st == ST_OK && !s->files[s->n - 1].folder ? ST_NOMEM : st;
}

static enum status read_folder(struct walk *w, const struct waiting *in)
{
	struct folder_entry *entries;
	enum status st;
	bool is_maildir;
	size_t n;

	st = folder_read(w->s->arena, in->path, &entries, &n, w->why_out);
	is_maildir = st == ST_OK && has_entry(entries, n, "cur") && has_entry(entries, n, "new");
	if (st == ST_OK && n == FOLDER_ENTRIES_MAX)
		st = ST_LIMIT;
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		const char *name = entries[i].name, *path = folder_join(w->s->arena, in->path, name);

		if (is_maildir && strcmp(name, "tmp") == 0)
			continue;
		if (!path)
			st = ST_NOMEM;
		else if (entries[i].is_directory)
			st = wait_for(w, in, name, is_maildir);
		else if (!is_maildir || str_ends_nocase(str_of(name), STR(".ics")) ||
			 str_ends_nocase(str_of(name), STR(".vcf")))
			st = take_file(w->s, in, path);
	}
	return st;
}

enum status import_scan_add(struct import_scan *s, const char *path, const char **why_out)
{
	struct waiting start = { .path = path, .folder = "" };
	struct walk w = { .s = s, .why_out = why_out };
	enum status st;

	if (!folder_is(path)) {
		if (!file_exists(path)) {
			*why_out = "no such file or directory";
			return ST_IO;
		}
		return take_file(s, &start, path);
	}
	for (st = read_folder(&w, &start); st == ST_OK && w.first;) {
		struct waiting *one = w.first;

		w.first = one->next;
		st = read_folder(&w, one);
	}
	return st;
}

static int by_folder(const void *a, const void *b)
{
	const struct import_file *x = a, *y = b;
	int order = strcmp(x->folder, y->folder);

	if (order == 0 && x->nid != y->nid)
		return x->nid < y->nid ? -1 : 1;
	return order ? order : strcmp(x->path, y->path);
}

/* All letters have numbers in their names and lie in folders: then that is what an export wrote. */
static bool is_exported(const struct import_scan *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct import_file *f = &s->files[i];

		if (f->kind == IMPORT_OTHER || f->kind == IMPORT_BESIDE)
			continue;
		if ((f->kind != IMPORT_LETTER && f->kind != IMPORT_CARD) || f->nid == 0 || *f->folder == '\0')
			return false;
		n++;
	}
	return n > 0;
}

/* The top is the first step of most letters' ways. */
static const char *find_top(struct import_scan *s)
{
	const char *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < s->n;) {
		struct str rest = str_of(s->files[i].folder), first = str_cut(&rest, '/');
		size_t from = i;

		for (; i < s->n; i++) {
			struct str other = str_of(s->files[i].folder), step = str_cut(&other, '/');

			if (!str_eq(step, first))
				break;
		}
		if (i - from > most && first.len) {
			most = i - from;
			best = arena_text(s->arena, first);
		}
	}
	return best;
}

/* The letter of the files from `from` on that have one folder and one number. */
static void pair(struct import_scan *s, size_t from, size_t to)
{
	struct import_file *letter = NULL;

	for (size_t i = from; i < to; i++)
		if (s->files[i].kind == IMPORT_LETTER)
			letter = letter ? letter : &s->files[i];
	for (size_t i = from; letter && i < to; i++) {
		struct import_file *f = &s->files[i];

		if (f->kind != IMPORT_CARD || letter->beside)
			continue;
		f->kind = IMPORT_BESIDE;
		letter->beside = f->path;
	}
}

/* Whether a mailbox file has this folder: files stand in the order of their folders. */
static bool has_mailbox(const struct import_scan *s, const char *folder)
{
	size_t from = 0, to = s->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(s->files[middle].folder, folder) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < s->n && strcmp(s->files[from].folder, folder) == 0; from++)
		if (s->files[from].kind == IMPORT_MAILBOX)
			return true;
	return false;
}

/* "Calendar.ics" beside "Calendar.mbox". */
static void leave_beside(struct import_scan *s, struct import_file *f)
{
	struct str name = str_of(last_name(f->path));
	const char *own = name.len > 4 ? arena_text(s->arena, str_head(name, name.len - 4)) : NULL;
	const char *folder = own ? join(s->arena, f->folder, own) : NULL;

	if (!folder || !has_mailbox(s, folder))
		return;
	f->kind = IMPORT_OTHER;
	f->why = import_beside;
}

static void pair_all(struct import_scan *s)
{
	for (size_t from = 0, to; from < s->n; from = to) {
		const struct import_file *first = &s->files[from];

		for (to = from + 1; to < s->n && s->files[to].nid == first->nid &&
				    strcmp(s->files[to].folder, first->folder) == 0;)
			to++;
		if (first->nid)
			pair(s, from, to);
	}
	for (size_t i = 0; i < s->n; i++)
		if (s->files[i].kind == IMPORT_CARD && s->files[i].nid == 0)
			leave_beside(s, &s->files[i]);
}

void import_scan_end(struct import_scan *s)
{
	if (s->n)
		qsort(s->files, s->n, sizeof *s->files, by_folder);
	pair_all(s);
	if (s->is_export || !is_exported(s))
		return;
	s->is_export = true;
	s->top = find_top(s);
}
