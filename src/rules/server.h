/* This file reads rules that a server runs: restrictions ([MS-OXCDATA] 2.12) and actions
 * ([MS-OXORULE] 2.2.5), as messages of class IPM.ExtendedRule.Message and IPM.Rule.Version2.Message hold
 * them: behind the names of their named properties, with counts of four bytes or of two.
 *
 * The bytes are hostile. Texts are UTF-8 and not to be trusted.
 */
#ifndef POSTMEND_RULES_SERVER_H
#define POSTMEND_RULES_SERVER_H

#include "base/arena.h"
#include "base/buf.h"

enum { SERVER_ACTIONS_MAX = 256, SERVER_TEXT_MAX = 200 };

enum server_action_type {
	SERVER_MOVE = 1,
	SERVER_COPY,
	SERVER_REPLY,
	SERVER_AWAY_REPLY,
	SERVER_DEFER,
	SERVER_BOUNCE,
	SERVER_FORWARD,
	SERVER_DELEGATE,
	SERVER_TAG,
	SERVER_DELETE,
	SERVER_READ,
};

struct server_action {
	enum server_action_type type;
	const char *words; /* "forward it to \"Bob\" <b@example.org>"; of MOVE and COPY without the folder */
	struct view folder_id; /* EntryID of MOVE and COPY; the caller's bytes */
};

/* Appends "\"offer\" is in the subject and …". NULL, or what is wrong with the bytes: then what was appended
 * is no sentence. */
const char *server_put_condition(struct arena *arena, struct view bytes, struct buf *out);

/* NULL, or what is wrong; the actions in front of that are there. */
const char *server_read_actions(struct arena *arena, struct view bytes, struct server_action **out,
				size_t *n_out);

#endif
