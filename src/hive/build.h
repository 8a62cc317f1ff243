/* This file builds a registry hive in memory from keys and values that came some other way: a live registry,
 *for one.
 *
 * So whoever reads hives reads those too. What is built is of version 1.3, has
 * no rights in it and is for reading, never for a Windows to load.
 *
 *	struct hive_build *build = hive_build_new(arena);
 *	st = hive_build_path(build, "Software\\Microsoft\\Office", &key);
 *	st = hive_build_value(build, key, name, HIVE_DWORD, data);
 *	st = hive_build_finish(build, &bytes);
 */
#ifndef POSTMEND_HIVE_BUILD_H
#define POSTMEND_HIVE_BUILD_H

#include "base/status.h"
#include "hive/hive.h"

struct hive_build;
struct hive_build_key;

/* Everything lives in the arena, whose cap bounds what is taken. NULL when memory ended. */
[[nodiscard]] struct hive_build *hive_build_new(struct arena *arena);
struct hive_build_key *hive_build_root(struct hive_build *build);

/* All: ST_NOMEM; ST_LIMIT when a name or data are longer than a hive takes, or there are too many. */

/* A key below another; the name is UTF-16LE. Nobody looks whether there is one of that name. */
[[nodiscard]] enum status hive_build_key(struct hive_build *build, struct hive_build_key *parent,
					 struct view name, uint64_t written, struct hive_build_key **out);

/* The key at a path of ASCII names from the root, made where it is missing. */
[[nodiscard]] enum status hive_build_path(struct hive_build *build, const char *path,
					  struct hive_build_key **out);

/* The name is UTF-16LE, empty for a key's default value; `type` is the registry's. */
[[nodiscard]] enum status hive_build_value(struct hive_build *build, struct hive_build_key *key,
					   struct view name, uint32_t type, struct view data);

[[nodiscard]] enum status hive_build_finish(struct hive_build *build, struct view *out);

#endif
