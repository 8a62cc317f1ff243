/* This file reads the properties of an item that are known by number or by name, as what they mean.
 */
#ifndef POSTMEND_CONTENT_ITEM_VALUE_H
#define POSTMEND_CONTENT_ITEM_VALUE_H

#include "base/moment.h"
#include "check/item_read.h"
#include "content/named_table.h"

/* Named properties of calendar items, tasks and contacts: X(NAME, set, number). */
#define ITEM_NAMES(X)                       \
	X(START, APPOINTMENT, 0x820D)       \
	X(END, APPOINTMENT, 0x820E)         \
	X(LOCATION, APPOINTMENT, 0x8208)    \
	X(BUSY, APPOINTMENT, 0x8205)        \
	X(ALL_DAY, APPOINTMENT, 0x8215)     \
	X(RECURS, APPOINTMENT, 0x8216)      \
	X(STATE, APPOINTMENT, 0x8217)       \
	X(SEQUENCE, APPOINTMENT, 0x8201)    \
	X(ZONE, APPOINTMENT, 0x8233)        \
	X(ZONE_NAME, APPOINTMENT, 0x8234)   \
	X(ZONE_START, APPOINTMENT, 0x825E)  \
	X(ZONE_RECURS, APPOINTMENT, 0x8260) \
	X(REMINDER, COMMON, 0x8503)         \
	X(REMINDER_DELTA, COMMON, 0x8501)   \
	X(GLOBAL_ID, MEETING, 0x0003)       \
	X(CLEAN_ID, MEETING, 0x0023)        \
	X(TASK_STATUS, TASK, 0x8101)        \
	X(TASK_PERCENT, TASK, 0x8102)       \
	X(TASK_START, TASK, 0x8104)         \
	X(TASK_DUE, TASK, 0x8105)           \
	X(TASK_DONE, TASK, 0x810F)          \
	X(EMAIL_1, ADDRESS, 0x8083)         \
	X(EMAIL_1_NAME, ADDRESS, 0x8084)    \
	X(EMAIL_2, ADDRESS, 0x8093)         \
	X(EMAIL_2_NAME, ADDRESS, 0x8094)    \
	X(EMAIL_3, ADDRESS, 0x80A3)         \
	X(EMAIL_3_NAME, ADDRESS, 0x80A4)    \
	X(WEB_PAGE, ADDRESS, 0x802B)        \
	X(MESSENGER, ADDRESS, 0x8062)       \
	X(WORK_ADDRESS, ADDRESS, 0x801B)    \
	X(WORK_STREET, ADDRESS, 0x8045)     \
	X(WORK_CITY, ADDRESS, 0x8046)       \
	X(WORK_STATE, ADDRESS, 0x8047)      \
	X(WORK_CODE, ADDRESS, 0x8048)       \
	X(WORK_COUNTRY, ADDRESS, 0x8049)    \
	X(WORK_BOX, ADDRESS, 0x804A)

enum item_name {
#define X(name, set, number) ITEM_##name,
	ITEM_NAMES(X)
#undef X
		ITEM_NAMES_N
};

/* The IDs that a store gave to them; 0 for what it has not. */
struct item_names {
	uint16_t ids[ITEM_NAMES_N];
};
void item_names_find(const struct named_table *table, struct item_names *out);

/* An item whose values are wanted; texts lie in the arena. */
struct item_values {
	const struct item *item;
	struct arena *arena;
	const struct item_names *names;
	uint32_t page; /* code page of its narrow texts */
};

/* By ID; all give nothing for ID 0: NULL, false, an empty view. */
const char *item_value_text(const struct item_values *v, uint16_t id);
[[nodiscard]] bool item_value_time(const struct item_values *v, uint16_t id, wall_time *out);
uint32_t item_value_number(const struct item_values *v, uint16_t id, uint32_t otherwise);
struct view item_value_bytes(const struct item_values *v, uint16_t id);

/* NID of the message that an attachment is; 0 for one that is none. */
uint32_t item_value_embedded(const struct item *attachment);

#endif
