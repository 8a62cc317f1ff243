/* This file names the states of a conversation; all three protocols share them. */
#ifndef POSTMEND_PROBE_STATES_H
#define POSTMEND_PROBE_STATES_H

#define ENGINE_STATES(X)                                                                          \
	X(START, "start") /* not connected yet */                                                 \
	X(GREETING, "greeting")                                                                   \
	X(CAPABILITIES, "capabilities") /* CAPABILITY, CAPA, EHLO; before or in TLS */            \
	X(HELO, "helo")                 /* SMTP: EHLO is not known */                             \
	X(STARTTLS, "starttls")                                                                   \
	X(TLS, "tls")             /* a handshake runs */                                          \
	X(TLS_GUESS, "tls-guess") /* it never greeted: does TLS answer? */                        \
	X(RAW, "raw")             /* the handshake met plain text: whose? */                      \
	X(CUT, "cut")             /* the handshake ended with the connection: closed or reset? */ \
	X(EARLY, "early")         /* is a command from before the handshake answered in it? */    \
	X(LOGIN, "login")                                                                         \
	X(ABILITIES, "abilities") /* IMAP: capabilities of the user logged in */                  \
	X(ID, "id")               /* IMAP, RFC 2971 */                                            \
	X(MAILBOX, "mailbox")     /* EXAMINE, STAT */                                             \
	X(MAILBOX_AFTER_ID, "mailbox-after-id")                                                   \
	X(QUOTA, "quota")                                                                         \
	X(SPEED_LIST, "speed-list") /* how large are the newest messages? */                      \
	X(SPEED_FETCH, "speed-fetch")                                                             \
	X(SENDER, "sender")                                                                       \
	X(RECIPIENT, "recipient")                                                                 \
	X(LETTER_SENDER, "letter-sender")                                                         \
	X(LETTER_RECIPIENT, "letter-recipient")                                                   \
	X(LETTER_DATA, "letter-data")                                                             \
	X(LETTER_END, "letter-end") /* the whole message is out */                                \
	X(LETTER_RESET, "letter-reset")                                                           \
	X(COLLECT_OPEN, "collect-open")                                                           \
	X(COLLECT_SEARCH, "collect-search")                                                       \
	X(COLLECT_FETCH, "collect-fetch")                                                         \
	X(COLLECT_IDLE, "collect-idle")                                                           \
	X(COLLECT_AWAKE, "collect-awake")                                                         \
	X(COLLECT_STORE, "collect-store")                                                         \
	X(COLLECT_EXPUNGE, "collect-expunge")                                                     \
	X(COLLECT_LIST, "collect-list")                                                           \
	X(REST, "rest")                                                                           \
	X(RESTED, "rested")                                                                       \
	X(BULK, "bulk") /* many commands at once */                                               \
	X(RESET, "reset")                                                                         \
	X(LOGOUT, "logout")                                                                       \
	X(DONE, "done")

#define ENGINE_ENUM(name, text) ENGINE_##name,
enum engine_state { ENGINE_STATES(ENGINE_ENUM) };
#undef ENGINE_ENUM

#endif
