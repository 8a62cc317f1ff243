/* This file reads whose a certificate is: the names in its subject (RFC 5280, 4.1). */
#ifndef POSTMEND_CLIENT_ROOT_NAME_H
#define POSTMEND_CLIENT_ROOT_NAME_H

#include "base/str.h"
#include "base/view.h"

/* The first common name and organisation of the subject, empty where there is none;
 * they point into the bytes. False when these are no certificate. */
[[nodiscard]] bool root_name_read(struct view der, struct str *common_name, struct str *organisation);

#endif
