/* This file reads a registry hive ("regf") from its bytes.
 *
 * The bytes are hostile. Every offset is bounded by what is there, lists by the
 * cell that holds them, and nothing here recurses. What cannot be read is
 * absent: a key without its list has no keys below it. Whether something was
 * left out that way the reader cannot tell from the answers alone; hive_walk()
 * counts it.
 *
 * Offsets ("at") are from the start of the hive bins, as in the format; 0 is
 * none that a cell can have. Names are UTF-8 and compare without regard to case of ASCII
 * letters. Views point into the hive's bytes and live as long as those.
 *
 *	if (hive_open(bytes, &hive) == HIVE_FINE && hive_find(&hive, "Software\\Microsoft", &key))
 *		for (struct hive_list list = hive_subkeys(&hive, &key); hive_next_key(&list, &below);)
 */
#ifndef POSTMEND_HIVE_HIVE_H
#define POSTMEND_HIVE_HIVE_H

#include "base/arena.h"
#include "base/str.h"
#include "base/view.h"

#include <stdbool.h>
#include <stdint.h>

enum { HIVE_HEADER_LEN = 4096, HIVE_BIN_UNIT = 4096, HIVE_NAME_MAX = 256, HIVE_TEXT_MAX = 32 * 1024 };

/* Types of values. */
enum { HIVE_SZ = 1, HIVE_EXPAND_SZ = 2, HIVE_BINARY = 3, HIVE_DWORD = 4, HIVE_MULTI_SZ = 7, HIVE_QWORD = 11 };

enum hive_outcome {
	HIVE_FINE,
	HIVE_EMPTY,     /* no bytes */
	HIVE_NOT_HIVE,  /* something else */
	HIVE_LOG_FILE,  /* a transaction log, not the hive itself */
	HIVE_TOO_SHORT, /* it ends in its header */
	HIVE_VERSION,   /* of a version that nobody has seen: not 1.3 to 1.6 */
	HIVE_NO_ROOT,   /* its root key cannot be read */
};

struct hive {
	struct view bins; /* what is there of them */
	uint32_t bins_len, root_at, sequence_1, sequence_2, minor;
	bool has_checksum; /* the header's is right */
	bool is_dirty;     /* its last changes may stand in its logs only: see "hive/replay.h" */
	bool is_cut;       /* shorter than its header says */
};

struct hive_key {
	uint32_t at, subkeys_at, values_at, n_subkeys, n_values, class_at;
	uint16_t flags;
	uint64_t written; /* 100 ns since 1601 */
	struct view name;
	bool is_root, is_latin;
};

struct hive_value {
	uint32_t at, type, len, data_at; /* data_at means nothing when is_inline */
	struct view name;
	bool is_latin, is_inline;
	uint8_t inside[4];
};

/* A list of keys or values that is being read. */
struct hive_list {
	const struct hive *hive;
	struct view entries, leaves; /* of the leaf at hand, and those that follow */
	size_t step;
};

enum hive_outcome hive_open(struct view bytes, struct hive *out);

/* "it is no registry hive" …: ends the sentence "X cannot be read: ". */
const char *hive_outcome_text(enum hive_outcome outcome);

/* The bytes of an allocated cell behind its size; nothing when there is none. */
struct view hive_cell(const struct hive *hive, uint32_t at);

/* False when there is no key at this place. */
bool hive_key_at(const struct hive *hive, uint32_t at, struct hive_key *out);

/* The key at a path from the root, parts separated by backslashes; "" is the root itself. */
bool hive_find(const struct hive *hive, const char *path, struct hive_key *out);
bool hive_subkey(const struct hive *hive, const struct hive_key *key, struct str name, struct hive_key *out);

struct hive_list hive_subkeys(const struct hive *hive, const struct hive_key *key);
bool hive_next_key(struct hive_list *list, struct hive_key *out);

struct hive_list hive_values(const struct hive *hive, const struct hive_key *key);
bool hive_next_value(struct hive_list *list, struct hive_value *out);
bool hive_value(const struct hive *hive, const struct hive_key *key, const char *name,
		struct hive_value *out);

/* A value's bytes, put together in the arena where the hive keeps them in
 * pieces. False when they cannot be read whole, or memory ended. */
bool hive_value_data(struct arena *arena, const struct hive *hive, const struct hive_value *value,
		     struct view *out);

/* Names as UTF-8; NULL when memory ended. */
const char *hive_key_name(struct arena *arena, const struct hive_key *key);
const char *hive_value_name(struct arena *arena, const struct hive_value *value);

/* UTF-16LE up to its first NUL, at most HIVE_TEXT_MAX bytes, as UTF-8; what is no
 * text is U+FFFD. NULL when memory ended. */
const char *hive_text(struct arena *arena, struct view utf16);

#endif
