/* This file knows mail domains whose provider merged, moved or closed. */
#ifndef POSTMEND_FACTS_MOVES_H
#define POSTMEND_FACTS_MOVES_H

#include "base/str.h"

enum move_state {
	MOVE_MOVED,   /* the mailboxes live at another provider */
	MOVE_MOVING,  /* some do already: both are to be looked at */
	MOVE_CLOSED,  /* there are no mailboxes any more */
	MOVE_CHANGED, /* the conditions changed, the servers did not */
};

struct move {
	const char *domain;
	enum move_state state;
	const char *provider; /* id in the table of providers, or NULL */
	const char *what;     /* a sentence without its full stop, for people */
};

/* NULL when nothing is known. Case does not matter. */
const struct move *moves_find(struct str domain);

#endif
