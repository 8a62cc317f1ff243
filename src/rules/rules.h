/* This file reads Outlook's client rules: .rwz files and the stream of an IPM.RuleOrganizer message.
 *
 * Both hold the same bytes, whose layout Microsoft has not published. Outlook
 * archives a list of rules, each a list of elements (conditions, actions,
 * exceptions) with no length of their own; the layout changed with Outlook 97,
 * 98, 2000 and 2002 and has stayed since. A stream is read in the layout that its
 * first number names; where that leaves bytes over, in the one that leaves none.
 *
 *	st = rules_read(arena, bytes, &rules);
 *
 * The bytes are hostile. Texts are UTF-8 in the arena, and not to be trusted.
 */
#ifndef POSTMEND_RULES_RULES_H
#define POSTMEND_RULES_RULES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/moment.h"
#include "base/status.h"

#include <stdbool.h>

enum rule_part { RULE_APPLIES, RULE_CONDITION, RULE_ACTION, RULE_EXCEPTION, RULE_HIDDEN };

struct rule_element {
	uint32_t id;
	enum rule_part part;
	const char *phrase;              /* what it says, "%s" for its words */
	const char *words;               /* "\"offer\" or \"sale\"", a folder's name …; NULL without */
	uint32_t number;                 /* of those that have one */
	struct view folder_id, store_id; /* EntryIDs of a folder to move to; the caller's bytes */
	struct view computer;            /* GUID of "on this computer only" */
};

enum rule_applies { RULE_AFTER_ARRIVAL = 1, RULE_AFTER_SENDING = 4, RULE_ON_SERVER = 8 };

struct rule {
	const char *name;
	bool is_enabled;
	size_t enabled_at; /* of the four bytes of the stream that say so */
	bool is_broken;    /* an element could not be read; those before it could */
	uint32_t applies;  /* bits by enum rule_applies; 0 when nothing says */
	struct rule_element *elements;
	size_t n;
	size_t n_lost; /* bytes of it that were not understood */
};

enum { RULES_MAX = UINT16_MAX };

struct rules {
	const char *writer; /* "Outlook 97" … */
	struct rule *rules;
	size_t n;
	size_t n_announced; /* rules that there should be */
	bool is_whole;      /* every byte was read and understood */
	size_t n_read;      /* bytes up to the end or to what cannot be read */
	bool has_time;
	wall_time saved; /* local time of who saved them */
	const char *template_folder;
};

/* Damage is in *out and not in the status: ST_NOMEM when the arena's cap was met. */
[[nodiscard]] enum status rules_read(struct arena *arena, struct view bytes, struct rules *out);

/* "After the message arrives, with \"offer\" in the subject: delete it; except
 * if sent only to me". Appends; fails by buf_failed(). */
void rules_put_sentence(const struct rule *rule, struct buf *out);

/* True when the rule has an element of this id. */
bool rules_has(const struct rule *rule, uint32_t id);

/* Elements that others ask for. */
enum {
	RULE_THROUGH_ACCOUNT = 0xEE,
	RULE_THIS_COMPUTER = 0xEF,
	RULE_MOVE = 0x12C,
	RULE_DELETE = 0x12D,
	RULE_COPY = 0x139,
	RULE_STOP = 0x142,
	RULE_START_PROGRAM = 0x149,
	RULE_DELETE_FOR_GOOD = 0x14A,
	RULE_RUN_SCRIPT = 0x14B,
};

#endif
