/* This file holds the one message of the practice mailbox. */
#ifndef POSTMEND_LAB_PRACTICE_MESSAGE_H
#define POSTMEND_LAB_PRACTICE_MESSAGE_H

#include "base/str.h"

#define PRACTICE_HEADER                                      \
	"From: Postmaster <postmaster@practice.example>\r\n" \
	"To: Anna <anna@practice.example>\r\n"               \
	"Subject: A message to practise with\r\n"            \
	"Date: Mon, 02 Mar 2026 09:00:00 +0000\r\n"          \
	"Message-ID: <practice-1@practice.example>\r\n"      \
	"MIME-Version: 1.0\r\n"                              \
	"Content-Type: text/plain; charset=us-ascii\r\n"     \
	"\r\n"

#define PRACTICE_BODY "This mailbox is a practice one. Nothing in it is lost when it is.\r\n"

/* Lines end in CRLF, none starts with a dot. */
static inline struct str practice_message(void)
{
	return STR(PRACTICE_HEADER PRACTICE_BODY);
}

static inline struct str practice_header(void)
{
	return STR(PRACTICE_HEADER);
}

static inline struct str practice_body(void)
{
	return STR(PRACTICE_BODY);
}

#endif
