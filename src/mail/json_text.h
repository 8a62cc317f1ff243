/* This file writes the pieces of JSON lines: texts and base64, without line ends (RFC 8259, RFC 4648).
 */
#ifndef POSTMEND_MAIL_JSON_TEXT_H
#define POSTMEND_MAIL_JSON_TEXT_H

#include "mail/encode.h"

/* A text in quotation marks. It is UTF-8; NUL may be in it. */
void json_text_put(struct mail_sink *sink, struct str text);

/* Base64 on one line; encode_base64_add() with `unbroken` is for bytes that come in parts. */
void json_text_put_base64(struct mail_sink *sink, struct view bytes);

/* A number of the store, "0x200024", in quotation marks. */
void json_text_put_hex(struct mail_sink *sink, uint32_t number, unsigned digits);

#endif
