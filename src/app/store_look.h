/* This file runs the looks into a store, one for each sub-command; each returns the exit code. */
#ifndef POSTMEND_APP_STORE_LOOK_H
#define POSTMEND_APP_STORE_LOOK_H

#include "app/run.h"

int store_look_outbox(struct run *run);
int store_look_receipts(struct run *run);
int store_look_rules(struct run *run);
int store_look_duplicates(struct run *run);

#endif
