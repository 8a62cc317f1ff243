/* This file keeps the list of causes in order. */
#ifndef POSTMEND_DIAGNOSE_CAUSES_H
#define POSTMEND_DIAGNOSE_CAUSES_H

#include "diagnose/diagnose.h"

/* Behind all that are as grave; the list keeps its gravest when it is full. */
void causes_insert(struct diagnosis *d, const struct finding *f);

#endif
