/* This file is what the parts of an intake share. */
#ifndef POSTMEND_INTAKE_INNER_H
#define POSTMEND_INTAKE_INNER_H

#include "intake/intake.h"
#include "mail/ics_read.h"
#include "mail/mime.h"
#include "write/message_out.h"

enum { INTAKE_DEPTH_MAX = 60, INTAKE_ITEM_ARENA = 768 << 20 };

struct intake_place {
	const char *name;
	uint32_t parent, next; /* index; the next of the same parent, 0 for none */
	uint32_t first;        /* of its children */
	uint32_t nid, wished;  /* that it has, and that it was to have */
	struct props *props;
	struct folder_out *out;
	bool is_done, has_items;
};

struct intake {
	struct intake_setting setting;
	struct store_out *store;
	struct arena *item; /* of one message; cleared behind it */
	struct intake_place *places;
	size_t n_places, room;
	uint32_t top, outbox; /* folders; 0 for none */
	uint32_t *kept;       /* numbers that were asked for; sorted when the first message comes */
	size_t n_kept, room_kept;
	bool is_sorted;
	bool closes_folders; /* at most INTAKE_OPEN_MAX are open */
	uint32_t n_open;
	enum status status;
	struct intake_counts counts;
};

/* Turns a failure of the arenas or the writer into the intake's. */
void intake_fail(struct intake *in, enum status status);

/* The number to give: what was asked for once and fits the kind, else 0. */
uint32_t intake_number(struct intake *in, uint32_t nid);

/* Adds a message that is written; clears the item's arena. */
void intake_add(struct intake *in, const struct intake_source *source, uint32_t nid,
		const struct message_place *place, struct props *props);

/* The folder's writer, opened; NULL when it is done or something failed. */
struct folder_out *intake_open_folder(struct intake *in, uint32_t folder);
[[nodiscard]] bool folders_start(struct intake *in);
/* With a number and class of its own, as JSON brings them. */
uint32_t intake_folder_numbered(struct intake *in, uint32_t parent, const char *name, uint32_t nid);
void folders_set_class(struct intake *in, uint32_t folder, const char *class);

/* What was wrong with a message. */
void intake_report_defects(struct intake *in, const struct intake_source *source,
			   const struct mime_message *message, uint64_t base);
void intake_report_lost(struct intake *in, const struct intake_source *source, const char *what);

/* Writes a letter: the properties of a part that is a message. False when memory ended. */
struct letter_in {
	struct intake *in;
	const struct intake_source *source;
	struct mime_message *mime;
	uint32_t part;         /* whose header is the letter's */
	unsigned depth;        /* letters in letters */
	bool is_lost;          /* something could not be taken over */
	bool has_other_people; /* its recipients come from a calendar that stands beside it */
};
[[nodiscard]] bool letter_in_write(struct letter_in *letter, struct message_out *out);

/* Bodies and attachments of a letter. */
[[nodiscard]] bool letter_in_bodies(struct letter_in *letter, struct message_out *out);

/* UTF-8 as UTF-16LE. */
void letter_in_text(struct props *props, uint32_t tag, struct str utf8);
void letter_in_time(struct props *props, uint32_t tag, wall_time time);

/* A recipient's row, which is still to be added; NULL when memory ended. */
struct letter_in_person {
	const char *name, *address; /* name NULL: none; address "" for none */
	uint32_t type;              /* RECIPIENT_TO and so on */
};
[[nodiscard]] struct props *letter_in_recipient(struct intake *in, struct message_out *out,
						const struct letter_in_person *person);
/* Who it is from, and nobody else sent it; "" for none. */
void letter_in_sender(struct props *props, const char *name, const char *address);

/* What stands beside a letter: an appointment, a task or a contact. */
struct intake_card {
	struct view bytes;
	const struct ics_found *event; /* NULL: a contact */
	struct card_lines contact;
	bool has_people;
};
/* False when it is neither. It lives in the item's arena. */
[[nodiscard]] bool intake_card_read(struct intake *in, struct view bytes, struct intake_card *out);
/* Adds what it says to a letter's properties. What of it was lost, or NULL. */
const char *intake_card_put(struct intake *in, const struct intake_card *card, struct message_out *out);

/* What kind of items a folder is for, when nothing has come into it yet. */
void intake_folder_class(struct intake *in, uint32_t folder, const char *class);

#endif
