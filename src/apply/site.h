/* This file opens the place of a change: a store of this computer and the journal beside it. */
#ifndef POSTMEND_APPLY_SITE_H
#define POSTMEND_APPLY_SITE_H

#include "apply/device.h"
#include "base/arena.h"
#include "pst/image.h"

struct site;

/* Locks the store. ST_IO and one sentence in *why_out. The journal, where there
 * is one, is opened too. */
[[nodiscard]] enum status site_open(struct arena *arena, const char *path, struct site **out,
				    const char **why_out);
void site_close(struct site **site);

struct apply_site *site_apply(struct site *site);

/* The store's bytes as an image, of the size at this moment. */
const struct image *site_image(struct site *site);

/* Where the journal is, or would be: beside the file itself, behind all links. */
const char *site_journal_path(const struct site *site);

/* Bytes free where the journal goes; what the system said last. */
uint64_t site_free_bytes(const struct site *site);
const char *site_why(const struct site *site);

#endif
