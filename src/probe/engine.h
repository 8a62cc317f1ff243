/* This file is what the machines of IMAP, POP3 and SMTP share, inside the room.
 *
 * The way is the same for all three:
 *
 *	(tls) greeting capabilities (starttls tls capabilities) (login) (mailbox) logout
 *
 * course.c decides where it goes, login.c logs in, NAME_probe.c knows the words
 * of its protocol, and engine.c keeps time, bounds and records. A command is
 * out only when the answer to the one before is whole, so a machine waits for
 * one answer at a time, and `until` is measured from the command: a server
 * that drips cannot move it.
 */
#ifndef POSTMEND_PROBE_ENGINE_H
#define POSTMEND_PROBE_ENGINE_H

#include "probe/probe.h"
#include "probe/states.h"
#include "wire/line.h"
#include "wire/sasl.h"
#include "wire/smtp_reply.h"

enum {
	ENGINE_LINE_MAX = 8 * 1024,    /* RFC 5321 says 512, RFC 9051 nothing */
	ENGINE_BYTES_MAX = 256 * 1024, /* of a whole conversation */
	ENGINE_ANSWER_LINES_MAX = 128, /* of one answer */
	ENGINE_KEPT_MAX = 1024,        /* of an answer's text, in the record */
	ENGINE_COMMANDS_MAX = 64,      /* of a whole conversation */
	ENGINE_COLLECT_COMMANDS_MAX = 512,
	ENGINE_COLLECT_BYTES_MAX = 64 << 20, /* of a whole conversation that fetches messages */
};

/* What one protocol knows. Each function gets a machine that waits for nothing. */
struct engine_protocol {
	void (*on_line)(struct probe *p, struct str line); /* in any state that waits for an answer */
	void (*ask_capabilities)(struct probe *p);
	void (*ask_starttls)(struct probe *p);
	void (*ask_login)(struct probe *p, enum mechanism mechanism);
	void (*look_around)(struct probe *p); /* mailbox, sender and recipient, then goodbye */
	void (*ask_logout)(struct probe *p);
	void (*ask_bulk)(struct probe *p); /* or NULL */
	void (*on_quiet)(struct probe *p); /* COLLECT_IDLE: its time is over; NULL where there is none */
};

struct engine_out {
	struct engine_out *next;
	struct view bytes;
	bool has_secret;
};

/* How the answer to a command looks once it is whole. */
struct engine_answer {
	bool ok;
	unsigned smtp_code;
	struct str enhanced, response_code;
};

struct probe {
	struct arena *arena;
	const struct probe_options *options;
	struct endpoint_facts *facts;
	const struct engine_protocol *protocol;
	enum engine_state state;  /* engine_enter() alone sets it */
	moment now, until, begun; /* begun: when this wait began */

	struct line line;
	size_t n_bytes, n_commands;
	size_t n_arrivals; /* different moments at which bytes of this answer came */
	moment last_arrival;

	struct engine_out *out, *sent; /* sent: valid until the next call, then wiped */
	bool start_tls;                /* to be told to the driver */
	bool in_tls;

	struct step *step;          /* the one that runs, or NULL */
	struct exchange *exchange;  /* as above */
	char kept[ENGINE_KEPT_MAX]; /* lines of the answer, joined by LF */
	size_t kept_len, n_lines;

	struct sasl *sasl;
	struct sasl_account account;
	enum mechanism mechanism;
	uint32_t refused_mechanisms;
	struct view leaked; /* the last secret line that went out: scrubbed from answers, then wiped */
	bool secret_out;
	unsigned round;
	bool login_disabled, starttls_asked;

	unsigned tag; /* IMAP */
	bool is_preauth, has_quota, has_id, has_abilities, has_uidplus;
	struct smtp_reply reply;       /* SMTP: the one that is coming */
	bool in_list;                  /* POP3: inside a multi-line reply */
	struct collecting *collecting; /* of probe_options.collect */
	uint64_t sample, sample_size;  /* of probe_options.speed: the message that is fetched */
};

extern const struct engine_protocol imap_probe_protocol, pop3_probe_protocol, smtp_probe_protocol;

void engine_enter(struct probe *p, enum engine_state state);

/* Steps: one runs at a time. Closing with an error needs a sentence of ours. */
void engine_open_step(struct probe *p, enum step_name name);
void engine_close_step(struct probe *p, enum step_error error, const char *text);

/* Waits for what the server says by itself. */
void engine_listen(struct probe *p, const char *label);

/* Sends a command and its CRLF and waits for the answer; `label` names it in
 * the record, NULL for the command itself. */
void engine_command(struct probe *p, const char *label, const char *command);

/* Of a command that went out together with others: what is answered next. */
void engine_expect(struct probe *p, const char *command);

/* Sends bytes as they are, which live until the conversation's end, and waits for the answer. */
void engine_send_bytes(struct probe *p, struct view bytes);

/* Sends more of the same command, with a secret: wiped, never shown. */
void engine_send_secret(struct probe *p, struct str line);
/* As engine_send_secret, but without a secret: an empty answer, "*". */
void engine_send_more(struct probe *p, struct str line);

/* A line of the answer, for the record. */
void engine_keep(struct probe *p, struct str text);
/* The answer is whole. */
void engine_answered(struct probe *p, const struct engine_answer *answer);
/* An exchange that was no command of its own, as an OAuth error. */
void engine_note(struct probe *p, const char *command, struct str reply);

/* Begins a handshake; state TLS or TLS_GUESS. */
void engine_start_tls(struct probe *p, enum engine_state state);

/* Ends: closes the step that runs with this error, if any. */
void engine_end(struct probe *p, enum step_error error, const char *text);
void engine_limit(struct probe *p, const char *what);
/* The answer is none of this protocol. */
void engine_broken(struct probe *p, const char *what);

void engine_add_capability(struct probe *p, struct str text);
/* Mechanism names parted by blanks. */
void engine_add_mechanisms(struct probe *p, struct str names);
void engine_add_mechanism(struct probe *p, enum mechanism one);
uint32_t engine_mechanisms(const struct probe *p); /* where we are now: in TLS or not */

/* Time: shorter of `length` from now and the deadline. */
moment engine_wait(const struct probe *p, moment length);

/* True when a text of the options may stand in a command line. */
bool engine_is_clean(const char *text);

#endif
