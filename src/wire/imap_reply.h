/* This file reads responses of IMAP servers (RFC 3501 section 7, RFC 9051
 * section 7), as far as a probe needs them.
 *
 * It works on one line without its end. Literals are announced at the end of a
 * line; whoever reads the stream drops their bytes and joins the rest of the
 * line (see imap_reply_literal() and line_drop()): nothing that postmend asks
 * for needs their content, and an announced literal counts as a string.
 */
#ifndef POSTMEND_WIRE_IMAP_REPLY_H
#define POSTMEND_WIRE_IMAP_REPLY_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMAP_REPLY_LITERAL_MAX = 64 * 1024 };

enum imap_kind {
	IMAP_KIND_CONTINUATION, /* + text */
	IMAP_KIND_TAGGED,       /* tag SP status */
	IMAP_KIND_UNTAGGED,     /* * status or data */
};

enum imap_status {                   /* RFC 9051 section 7.1 */
		   IMAP_STATUS_NONE, /* data */
		   IMAP_STATUS_OK,
		   IMAP_STATUS_NO,
		   IMAP_STATUS_BAD,
		   IMAP_STATUS_BYE,
		   IMAP_STATUS_PREAUTH,
};

/* Every str points into the line that was parsed. */
struct imap_reply {
	enum imap_kind kind;
	enum imap_status status;
	struct str tag;       /* tagged only */
	struct str code;      /* first word in brackets: "AUTHENTICATIONFAILED"; empty when none */
	struct str code_data; /* the words behind it */
	struct str text;      /* of a status or continuation; of data what follows the name */
	struct str name;      /* data: "CAPABILITY", "EXISTS", "QUOTA" */
	uint64_t number;      /* of "* 12 EXISTS", 0 otherwise */
};

/* False when the line is no response. */
[[nodiscard]] bool imap_reply_parse(struct str line, struct imap_reply *out);

/* True when the line ends with "{n}", "{n+}" or "~{n}" and is no status, whose
 * text is free. *len_out may be beyond IMAP_REPLY_LITERAL_MAX. */
[[nodiscard]] bool imap_reply_literal(struct str line, uint64_t *len_out);

/* Cuts the next word, as of CAPABILITY, off *rest. False at the end. */
[[nodiscard]] bool imap_reply_word(struct str *rest, struct str *word_out);

/* The text behind "QUOTA" (RFC 9208 section 4.2.1): the STORAGE triplet in
 * units of 1,024 octets. False when there is none. */
[[nodiscard]] bool imap_reply_storage(struct str text, uint64_t *used_out, uint64_t *limit_out);

#endif
