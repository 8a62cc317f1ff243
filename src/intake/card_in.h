/* This file makes appointments, tasks and contacts of calendars and cards. */
#ifndef POSTMEND_INTAKE_CARD_IN_H
#define POSTMEND_INTAKE_CARD_IN_H

#include "intake/inner.h"
#include "mail/ics_read.h"

/* A property's name: a set and a number in it. */
enum card_set { CARD_COMMON, CARD_APPOINTMENT, CARD_ADDRESS, CARD_TASK, CARD_MEETING };
/* The tag that it has in this store, or 0. */
uint32_t card_in_tag(struct intake *in, enum card_set set, uint32_t number, uint16_t type);
/* A number that tells the item from all others; NULL adds none. */
void card_in_uid(struct intake *in, struct props *props, const char *uid, bool is_meeting);

/* The lines of one card, from behind BEGIN to END; *rest moves on. False when there is none. */
[[nodiscard]] bool contact_in_next(struct card_lines *rest, struct card_lines *card);

/* Adds a contact's properties; text only where the item has none yet. What of it was lost, or NULL. */
const char *contact_in_put(struct intake *in, struct card_lines card, struct message_out *out,
			   bool is_beside);

#endif
