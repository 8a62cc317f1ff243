/* This file names what the settings of mail programs can say, in one way for all of them. */
#ifndef POSTMEND_CLIENT_WORDS_H
#define POSTMEND_CLIENT_WORDS_H

enum client_program {
	CLIENT_OUTLOOK,
	CLIENT_OUTLOOK_EXPRESS,
	CLIENT_WINDOWS_MAIL, /* and Windows Live Mail */
	CLIENT_THUNDERBIRD,
	CLIENT_EVOLUTION,
	CLIENT_APPLE_MAIL,
	CLIENT_MSMTP,
	CLIENT_MBSYNC,
	CLIENT_FETCHMAIL,
	CLIENT_GETMAIL,
	CLIENT_NEOMUTT,
	CLIENT_AERC,
	CLIENT_OFFLINEIMAP,
	CLIENT_HIMALAYA,
};

enum client_protocol {
	CLIENT_PROTOCOL_UNKNOWN,
	CLIENT_PROTOCOL_IMAP,
	CLIENT_PROTOCOL_POP3,
	CLIENT_PROTOCOL_SMTP,
	CLIENT_PROTOCOL_EXCHANGE,
	CLIENT_PROTOCOL_ACTIVESYNC,
	CLIENT_PROTOCOL_HTTP,
	CLIENT_PROTOCOL_LOCAL, /* mail of this computer: maildir, mbox, sendmail */
};

enum client_security {
	CLIENT_SECURITY_UNKNOWN,
	CLIENT_SECURITY_NONE,
	CLIENT_SECURITY_TLS,
	CLIENT_SECURITY_STARTTLS,
	CLIENT_SECURITY_IF_OFFERED, /* STARTTLS, or nothing where the server has none */
	CLIENT_SECURITY_AUTOMATIC,  /* the program tries what works */
};

enum client_login {
	CLIENT_LOGIN_UNKNOWN,
	CLIENT_LOGIN_NONE,
	CLIENT_LOGIN_PASSWORD,
	CLIENT_LOGIN_ENCRYPTED,
	CLIENT_LOGIN_NTLM, /* Secure Password Authentication */
	CLIENT_LOGIN_KERBEROS,
	CLIENT_LOGIN_OAUTH2,
	CLIENT_LOGIN_CERTIFICATE,
	CLIENT_LOGIN_ANY,
	CLIENT_LOGIN_AS_INCOMING, /* outgoing: the incoming server's user and password */
	CLIENT_LOGIN_POP_FIRST,   /* outgoing: no login, mail is fetched before */
};

enum client_password {
	CLIENT_PASSWORD_UNKNOWN,
	CLIENT_PASSWORD_NONE,
	CLIENT_PASSWORD_STORED,
	CLIENT_PASSWORD_COMMAND, /* a command or a keyring gives it */
};

/* Words of JSON, and what programs are called. */
const char *client_program_name(enum client_program program);  /* "outlook" … */
const char *client_program_title(enum client_program program); /* "Outlook" … */
const char *client_protocol_name(enum client_protocol protocol);
const char *client_security_name(enum client_security security);
const char *client_login_name(enum client_login login);
const char *client_password_name(enum client_password password);

#endif
