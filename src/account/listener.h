/* This file holds a program of this computer that waits for connections on one of its ports. */
#ifndef POSTMEND_ACCOUNT_LISTENER_H
#define POSTMEND_ACCOUNT_LISTENER_H

#include "account/ip.h"

struct listener {
	uint16_t port;
	struct ip address;   /* all zero: every address of the computer */
	uint32_t process;    /* 0: not told to this user */
	const char *program; /* its file, or its name where the file is not told; NULL: neither */
};

#endif
