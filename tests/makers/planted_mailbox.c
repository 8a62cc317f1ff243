#include "planted.h"
const struct planted_part planted_mailbox = { "mailbox", NULL, 0 };
