/* This file takes the header of a message apart, as a server wrote it or a program kept it (RFC 5322, 2.2).
 */
#ifndef POSTMEND_MAIL_FIELDS_H
#define POSTMEND_MAIL_FIELDS_H

#include "base/str.h"

#include <stdbool.h>

struct mail_field {
	struct str name, value; /* the value as it stands, folded and with its line's end */
};

/* The next field of *rest, which moves on; lines that are no field are left out.
 * False at the end of the header or of the text. */
bool fields_next(struct str *rest, struct mail_field *out);

/* True when there is a field of this name. */
bool fields_has(struct str header, struct str name);

#endif
