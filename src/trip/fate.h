/* This file judges what became of a letter: which messages are it, what was altered, and how it travelled. */
#ifndef POSTMEND_TRIP_FATE_H
#define POSTMEND_TRIP_FATE_H

#include "base/arena.h"
#include "record/trip_facts.h"

/* SHA-256 of the bytes; false when the system has none. */
typedef bool fate_hash_fn(struct view bytes, uint8_t out[32]);

/* Fills everything of the fate but `sent`, which says which letter it is. Texts point into the arrivals or
 * the arena. */
void fate_find(struct arena *arena, const struct arrival *arrivals, size_t n, fate_hash_fn *hash,
	       struct letter_fate *fate);

#endif
