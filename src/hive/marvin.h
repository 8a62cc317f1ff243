/* This file computes Marvin32, the hash of the entries of a hive's transaction log. */
#ifndef POSTMEND_HIVE_MARVIN_H
#define POSTMEND_HIVE_MARVIN_H

#include "base/view.h"

uint64_t marvin_hash(uint64_t seed, struct view bytes);

#endif
