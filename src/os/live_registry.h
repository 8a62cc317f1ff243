/* This file reads the registry of the Windows that runs, a key and all below it, and writes single values.
 *
 * Hives of a running Windows are closed to others; this is the way in. What it
 * may not open it leaves out and counts.
 */
#ifndef POSTMEND_OS_LIVE_REGISTRY_H
#define POSTMEND_OS_LIVE_REGISTRY_H

#include "base/buf.h"
#include "base/status.h"
#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

/* As the hives are cut: HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE\SOFTWARE and \SYSTEM, the wide view of both. */
enum live_registry_root { LIVE_USER, LIVE_SOFTWARE, LIVE_SYSTEM };

/* Names are UTF-16LE and live for the call, as data do. ST_OK goes on. */
struct live_registry_sink {
	void *context;
	/* A key below the one that was entered last and not left. */
	enum status (*enter)(void *context, struct view name, uint64_t written);
	enum status (*value)(void *context, struct view name, uint32_t type, struct view data);
	void (*leave)(void *context);
};

/* Whether there is such a key that this user may read. */
bool live_registry_has(enum live_registry_root root, const char *path);

/* The values and keys below the key at a path, without the key itself. ST_USAGE
 * when there is no such key, or no registry; *closed_out grows by the keys that
 * this user may not read. What the sink returns, when that is not ST_OK. */
[[nodiscard]] enum status live_registry_read(enum live_registry_root root, const char *path,
					     const struct live_registry_sink *sink, uint64_t *closed_out);

/* "HKEY_CURRENT_USER" …: what a report calls it. */
const char *live_registry_name(enum live_registry_root root);

/* Whether a path begins with such a name. */
bool live_registry_is(const char *path);

/* One value of a key whose path begins with such a name: its type, four bytes
 * little-endian, and its data; nothing where there is no such value. ST_IO and
 * words when it may not be read. */
[[nodiscard]] enum status live_registry_get(const char *key, const char *name, struct buf *out,
					    const char **why_out);

/* A key whose path begins with such a name: whether it is there; making it with
 * those above it; removing it where neither a value nor a key is in it, else it
 * is left. ST_IO and words. */
bool live_registry_has_key(const char *key);
[[nodiscard]] enum status live_registry_make_key(const char *key, const char **why_out);
[[nodiscard]] enum status live_registry_drop_key(const char *key, const char **why_out);

/* Writes one, in the same form and with its key where that is missing, or with
 * no bytes takes it away; on the disk when this returns. ST_IO and words. */
[[nodiscard]] enum status live_registry_put(const char *key, const char *name, struct view value,
					    const char **why_out);

#endif
