/* This file writes mail of the Internet, and items as lines of JSON, into a new store.
 *
 *	st = intake_open(&setting, &in);
 *	intake_keep(in, nid);			-- for each number that is wished, before the first message
 *	folder = intake_folder(in, intake_top(in), "Inbox");
 *	intake_letter(in, &(struct intake_source){ .path = path, .folder = folder }, bytes);
 *	st = intake_finish(in, &counts);
 *
 * Messages are written as they come and nothing of them is kept. What is against
 * the rules of mail is reported with its place; what could not be taken over is
 * reported as that. Errors stay: intake_status().
 */
#ifndef POSTMEND_INTAKE_INTAKE_H
#define POSTMEND_INTAKE_INTAKE_H

#include "base/moment.h"
#include "finding/finding.h"
#include "pst/store_sink.h"

enum { INTAKE_KEY_LEN = 16, INTAKE_FOLDERS_MAX = 20000, INTAKE_OPEN_MAX = 200 };

struct intake_setting {
	struct arena *arena;           /* of folders, findings and the writer */
	const struct store_sink *sink; /* of the new store */
	struct finding_sink *findings;
	uint8_t record_key[INTAKE_KEY_LEN];
	/* What is imported lies below the root as it was exported, its top folder among them; else it comes
	 * below a top folder of its own. */
	bool has_own_top;
};

struct intake_counts {
	uint64_t messages, associated;
	uint64_t folders;
	uint64_t defects;    /* places of messages that are against the rules */
	uint64_t incomplete; /* messages of which something could not be taken over */
	uint64_t bytes;      /* of the store */
};

struct intake;

/* Where a message comes from and what is known of it besides its bytes. */
struct intake_source {
	const char *path;
	uint64_t at;     /* in the file: where the bytes begin */
	uint32_t folder; /* of intake_folder() */
	uint32_t nid;    /* that it had, 0 for none */
	bool is_unread, is_flagged, is_answered, is_draft;
	bool has_time;
	wall_time time; /* when it arrived, where the message itself does not say so */
	/* Of a letter: what an export wrote beside it for calendars and address books, or empty. */
	struct view card;
};

[[nodiscard]] enum status intake_open(const struct intake_setting *setting, struct intake **out);
enum status intake_status(const struct intake *in);

/* A number that a message has elsewhere, and gets here if it is of its kind and nobody else's. */
void intake_keep(struct intake *in, uint32_t nid);

/* The folder that users see as the top, and the root above it. */
uint32_t intake_top(const struct intake *in);
uint32_t intake_root(const struct intake *in);

/* The folder of this name in another, made when there is none. */
uint32_t intake_folder(struct intake *in, uint32_t parent, const char *name);
/* This one is what users see as the top. */
void intake_set_top(struct intake *in, uint32_t folder);
/* No more comes into it: its memory is given back. */
void intake_folder_done(struct intake *in, uint32_t folder);

void intake_letter(struct intake *in, const struct intake_source *source, struct view bytes);

/* Files of many come in pieces: a piece begins where the one before was taken to, and what is taken ends
 * behind a message. `tick` ends it by false. The result: how many bytes were taken; none when the piece is
 * too short. */
struct intake_piece {
	struct view bytes;
	bool is_last; /* of its file */
	void *context;
	bool (*tick)(void *context, size_t taken);
};
size_t intake_mailbox(struct intake *in, const struct intake_source *source,
		      const struct intake_piece *piece);

/* Calendars (RFC 5545) and address cards (RFC 2426) of other programs; the piece is a whole file. */
void intake_cards(struct intake *in, const struct intake_source *source, const struct intake_piece *piece);

/* Lines of JSON; the folder of the source is that of the last folder line. Tell of the numbers first. */
size_t intake_lines_keep(struct intake *in, const struct intake_piece *piece);
size_t intake_lines(struct intake *in, struct intake_source *source, const struct intake_piece *piece);

[[nodiscard]] enum status intake_finish(struct intake *in, struct intake_counts *out);

#endif
