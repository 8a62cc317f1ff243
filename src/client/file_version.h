/* This file reads the version that a Windows program says of itself: VS_FIXEDFILEINFO in its resources. */
#ifndef POSTMEND_CLIENT_FILE_VERSION_H
#define POSTMEND_CLIENT_FILE_VERSION_H

#include "base/arena.h"
#include "base/view.h"

/* "15.0.4535.1000"; NULL where the bytes hold none, or memory ended. */
const char *file_version_read(struct arena *arena, struct view program);

#endif
