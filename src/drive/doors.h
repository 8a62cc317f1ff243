/* This file asks other doors of a host how long they take to answer, where ours opens so much sooner than
 * anything is answered behind it that somebody close by may have opened it.
 *
 * Any answer counts, a refusal too where the system tells of it at once. One connection to each of three
 * ports, closed at once.
 */
#ifndef POSTMEND_DRIVE_DOORS_H
#define POSTMEND_DRIVE_DOORS_H

#include "drive/run.h"
#include "record/facts.h"

struct doors;

bool doors_are_wanted(const struct drive *drive, const struct endpoint_facts *facts);

/* Fills facts->doors and calls on_over once, from the loop. NULL when memory ended. */
[[nodiscard]] struct doors *doors_new(struct drive *drive, struct endpoint_facts *facts,
				      void (*on_over)(void *context), void *context);
void doors_drop(struct doors **at);

#endif
