/* This file is the face of the two files that a change in place needs: the store, and the journal beside it.
 *
 * Room `os` stands behind it in the program; in the tests a disk that loses
 * power does.
 */
#ifndef POSTMEND_APPLY_DEVICE_H
#define POSTMEND_APPLY_DEVICE_H

#include "base/status.h"
#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

/* One open file. What was written is certain to be there only after sync. Each
 * gives ST_IO when the system refuses, reads past the end included. */
struct device {
	void *context;
	enum status (*size)(void *context, uint64_t *out);
	enum status (*read)(void *context, uint64_t at, void *to, size_t len);
	enum status (*write)(void *context, uint64_t at, struct view bytes);
	enum status (*sync)(void *context);
	/* Longer: with space on the disk set aside and zeros in it. Or shorter. */
	enum status (*resize)(void *context, uint64_t size);
};

struct apply_site {
	struct device store;
	struct device journal; /* usable once has_journal */
	bool has_journal;
	void *context;
	/* A new, empty journal; the site's `journal` is it from then on. */
	enum status (*create)(void *context);
	enum status (*remove)(void *context);
	/* That names of files are what they are is certain after this. */
	enum status (*sync_names)(void *context);
};

#endif
