/* This file is one conversation of a practice server: a machine over bytes.
 *
 * It sees no socket and no TLS. Whoever carries the bytes opens it, feeds it,
 * takes what stands in `out`, and then looks at the wishes start_tls and
 * closing, in this order:
 *
 *	session_init(&s, &setup);
 *	session_open(&s);                  the greeting
 *	session_on_bytes(&s, bytes);       as often as bytes come
 *	session_on_tls(&s);                after the handshake that start_tls asked for
 *	session_more(&s);                  when `out` is empty: endless answers go on
 *	session_fini(&s);
 *
 * A dialect (SMTP, IMAP, POP3, HTTP) is a table of functions over a session.
 */
#ifndef POSTMEND_LAB_SESSION_H
#define POSTMEND_LAB_SESSION_H

#include "base/buf.h"
#include "base/format.h"
#include "base/moment.h"
#include "base/str.h"
#include "lab/behaviour.h"

enum {
	SESSION_LINE_MAX = 16 * 1024,
	SESSION_OUT_MAX = 1024 * 1024,
	SESSION_TAG_MAX = 64,
	SESSION_ENDLESS_MAX = 64 * 1024 * 1024, /* even an endless answer ends */
};

/* Who may log in, and what the practice mailbox is called. */
struct practice {
	const char *user;     /* "anna" */
	const char *password; /* and bearer token */
	const char *domain;   /* "practice.example" */
	const char *document; /* the autoconfig XML for HTTP, or NULL */
	wall_time now;        /* for HTTP's Date; 0 leaves it out */
};

struct session;

struct dialect {
	enum speaks protocol;
	const char *name; /* as in mechanism tables: smtp imap pop3 http */
	void (*greet)(struct session *session);
	/* One line without CRLF. IMAP gets its literals inside the line. */
	void (*line)(struct session *session, struct str line);
	/* The outcome of a login: ok, or refused by wrong words. */
	void (*login_done)(struct session *session, bool ok);
};

enum sasl_state {
	SASL_NONE,
	SASL_PLAIN,
	SASL_LOGIN_USER,
	SASL_LOGIN_PASSWORD,
	SASL_XOAUTH2,
	SASL_XOAUTH2_END
};

struct session {
	const struct behaviour *behaviour;
	const struct practice *practice;
	const struct dialect *dialect;
	struct buf in, out;
	bool tls;            /* the bytes come encrypted */
	bool plain_door;     /* the healthy server of this door takes passwords in plain text */
	bool start_tls;      /* wish: after `out`, run a handshake */
	bool closing;        /* wish: after `out`, close */
	bool endless;        /* `out` is to be filled again and again */
	size_t endless_sent; /* bytes */
	bool authenticated, greeted, id_seen, selected, idling, in_data, has_sender, has_recipient, skipping;
	char tag[SESSION_TAG_MAX]; /* IMAP: of the command that is being answered */
	char user[256];            /* POP3's USER and SASL LOGIN's first answer */
	enum sasl_state sasl;
};

void session_init(struct session *session, const struct behaviour *behaviour, const struct practice *practice,
		  const struct dialect *dialect);
void session_fini(struct session *session);
void session_open(struct session *session);
void session_on_bytes(struct session *session, struct view bytes);
void session_on_tls(struct session *session);
bool session_more(struct session *session); /* true when it added something */

/* NULL for SPEAKS_OWN. */
const struct dialect *session_dialect(enum speaks protocol);

/* For dialects. */
void session_say(struct session *session, const char *line); /* adds CRLF */
POSTMEND_PRINTF(2, 3) void session_sayf(struct session *session, const char *format, ...);

/* The deviating answer to a verb, or NULL. */
const char *session_answer(const struct session *session, const char *verb);

/* True when a password may be given now. */
bool session_may_log_in(const struct session *session);
bool session_offers_starttls(const struct session *session);
const char *session_mechanisms(const struct session *session); /* "PLAIN LOGIN XOAUTH2" */

/* True for the practice user with this password. */
bool session_credentials_fit(const struct session *session, struct str user, struct str password);

extern const struct dialect smtp_dialect, imap_dialect, pop3_dialect, http_dialect;

#endif
