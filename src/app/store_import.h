/* This file writes mail out of files into a new store. */
#ifndef POSTMEND_APP_STORE_IMPORT_H
#define POSTMEND_APP_STORE_IMPORT_H

#include "app/run.h"

int store_import(struct run *run);

#endif
