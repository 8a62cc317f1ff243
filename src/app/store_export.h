/* This file writes a store's messages into files. */
#ifndef POSTMEND_APP_STORE_EXPORT_H
#define POSTMEND_APP_STORE_EXPORT_H

#include "app/run.h"

/* The sub-command; returns the exit code. */
int store_export(struct run *run);

#endif
