/* This file is the face of a conversation: a machine over bytes and time.
 *
 * A probe never sees a socket, a clock or a library of TLS. Whoever drives it
 * tells it what happened and asks what to do next:
 *
 *	probe_on_event(p, &(struct probe_event){ .kind = PROBE_CONNECTED, .at = now });
 *	while (probe_next(p, &action), action.kind == PROBE_SEND)
 *		send(action.bytes);
 *
 * The driver calls probe_next() until it gets PROBE_READ or PROBE_DONE.
 * PROBE_READ carries the moment at which the driver must report
 * PROBE_TIMEOUT when nothing came. After PROBE_START_TLS it runs a handshake
 * and reports PROBE_TLS_UP or PROBE_TLS_FAILED with the facts; from then on the
 * bytes both ways are the plain text inside TLS. PROBE_START_TLS may follow
 * silence on a plain port: the machine then only wants to know whether TLS
 * answers. Facts are written into the struct endpoint_facts given at birth.
 *
 * Bytes that came before the handshake and were not consumed are lost on
 * purpose: they are noted as bytes_after_starttls and never read as if they
 * had come encrypted.
 */
#ifndef POSTMEND_PROBE_PROBE_H
#define POSTMEND_PROBE_PROBE_H

#include "base/arena.h"
#include "base/moment.h"
#include "base/secret.h"
#include "base/view.h"
#include "record/facts.h"
#include "record/trip_facts.h"

#include <stdbool.h>

enum probe_event_kind {
	PROBE_CONNECTED,
	PROBE_BYTES,
	PROBE_TLS_UP,
	PROBE_TLS_FAILED,
	PROBE_CLOSED, /* end of stream */
	PROBE_RESET,
	PROBE_TIMEOUT,
};

struct probe_event {
	enum probe_event_kind kind;
	moment at;
	struct view bytes;           /* PROBE_BYTES: valid for the call only */
	const struct tls_facts *tls; /* PROBE_TLS_*: lives in the run's arena */
};

enum probe_action_kind { PROBE_SEND, PROBE_READ, PROBE_START_TLS, PROBE_DONE };

struct probe_action {
	enum probe_action_kind kind;
	struct view bytes; /* PROBE_SEND: valid until the next call */
	bool has_secret;   /* PROBE_SEND: no trace may show these bytes */
	moment until;      /* PROBE_READ and PROBE_START_TLS */
};

/* How messages are fetched out of the mailbox. */
struct probe_collect {
	const char *token; /* stands in the subject of every one that is wanted */
	size_t n_wanted;
	moment patience;     /* how long to wait for all of them, where the server tells of new ones (IDLE) */
	bool junk;           /* look into the folder of junk too */
	bool remove;         /* those that are found go, and nothing else */
	size_t uidl_before;  /* POP3: how many identities an earlier session had listed, 0 none */
	struct arena *arena; /* where the messages are kept: it outlives the machine */
};

/* What the user allows and wants. Lives longer than the probe. */
struct probe_options {
	moment deadline;     /* of the whole run; no wait goes beyond it */
	moment step_timeout; /* length of the longest silence, e.g. MOMENT_S(10) */
	bool login;          /* log in once; needs user and password or token */
	const char *user;
	/* The same name in another form, or NULL. A machine tries `user` alone: this is
	 * for whoever drives it, should the server call the name or the password wrong. */
	const char *other_user;
	enum user_form other_form;
	const struct secret *password, *oauth_token; /* NULL when none */
	bool allow_plain_login;                      /* the user insisted in words */
	const char *sender, *recipient;              /* SMTP: try MAIL and RCPT with these; NULL not */
	const char *helo;                            /* the name for EHLO; an address literal is fine */
	/* When not 0, a harmless command goes out right behind STARTTLS, in the same
	 * write, and the conversation ends after the handshake: at the answer that must
	 * not come (keeps_early_commands), or after this length. Needs login false. */
	moment early_wait;
	/* When not 0, SMTP: this many bytes of harmless commands go out in one write once the
	 * server has said that it takes commands together; the conversation ends with their
	 * answers. Needs login false. */
	unsigned bulk;
	/* When not 0, SMTP, not where STARTTLS is wanted: the same as the last thing before goodbye, if
	 * nothing failed. What becomes of it leaves no trace in steps and exchanges. */
	unsigned bulk_last;
	/* When not 0, the conversation rests for this long once it has the capabilities, then says
	 * goodbye: whether that is answered shows whether the way still stands. Needs login false. */
	moment rest;
	/* SMTP: these letters go out one after the other, from `sender` to `recipient`, once the login
	 * stands; what became of each goes into the facts' letters. NULL none. */
	const struct letter *const *letters;
	size_t n_letters;
	/* IMAP and POP3: once the login stands, looks for messages with these letters' tokens in their
	 * subjects. NULL not. */
	const struct probe_collect *collect;
	/* IMAP and POP3: once INBOX is open, fetches a message of it to see how fast it comes. Nothing is
	 * marked as read and nothing kept. */
	bool speed;
	/* Asked right before a secret would be sent; false holds it back (the
	 * lock-out guard). NULL allows. */
	bool (*may_log_in)(void *context, const struct endpoint *endpoint);
	void *context;
};

struct probe;

/* NULL when memory ended. `facts` must have endpoint, url, address and family
 * set and lives in the same arena. */
[[nodiscard]] struct probe *probe_new(struct arena *arena, const struct probe_options *options,
				      struct endpoint_facts *facts);

void probe_on_event(struct probe *probe, const struct probe_event *event);
void probe_next(struct probe *probe, struct probe_action *action_out);

/* The state's name, for the trace. */
const char *probe_state(const struct probe *probe);

/* Wipes what the machine built from secrets. The arena keeps the rest. */
void probe_fini(struct probe *probe);

#endif
