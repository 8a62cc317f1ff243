#include "planted.h"
const struct planted_part planted_traps = { "traps", NULL, 0 };
