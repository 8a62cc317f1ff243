/* This file opens a store for reading: the file behind an image.
 *
 * The file is opened so that others may go on using it, and never written.
 * Reads are safe from several threads.
 */
#ifndef POSTMEND_OS_STORE_FILE_H
#define POSTMEND_OS_STORE_FILE_H

#include "base/status.h"
#include "pst/image.h"

struct store_file;

/* ST_IO and the system's words in *why_out when it cannot be opened or is no
 * file, store_file_locked when another program lets nobody read it; the size is
 * that of this moment. */
extern const char store_file_locked[];
[[nodiscard]] enum status store_file_open(const char *path, struct store_file **out, const char **why_out);
void store_file_close(struct store_file **file);

/* The image lives as long as the file. */
const struct image *store_file_image(const struct store_file *file);

#endif
