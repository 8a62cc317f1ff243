/* This file remembers failed logins, so that postmend never locks an account. */
#include "app/lockout.h"

#include "base/checked.h"
#include "os/digest.h"

#include <stdio.h>
#include <string.h>

static const char head[] = "postmend lock-out memory 1 ";

static bool is_hex(struct str text, size_t len)
{
	if (text.len != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!str_is_digit(text.at[i]) && !(text.at[i] >= 'a' && text.at[i] <= 'f'))
			return false;
	return true;
}

void lockout_init(struct lockout *lockout, const char *salt, wall_time now)
{
	*lockout = (struct lockout){ .now = now };
	snprintf(lockout->salt, sizeof lockout->salt, "%s", salt);
}

/* Full: the oldest goes. */
static void add_entry(struct lockout *lockout, struct str hash, wall_time at, bool is_try)
{
	struct lockout_entry *entry;

	if (lockout->n_entries == LOCKOUT_ENTRIES_MAX) {
		lockout->n_entries--;
		memmove(lockout->entries, lockout->entries + 1,
			lockout->n_entries * sizeof lockout->entries[0]);
	}
	entry = &lockout->entries[lockout->n_entries++];
	*entry = (struct lockout_entry){ .at = at, .is_try = is_try };
	memcpy(entry->hash, hash.at, hash.len);
}

static void read_entry(struct lockout *lockout, struct str line)
{
	struct str rest = str_trim(line), hash = str_cut(&rest, ' ');
	uint64_t at;

	if (!is_hex(hash, LOCKOUT_HASH_LEN) || !str_to_u64(rest, INT64_MAX, &at))
		return;
	/* An entry from the future was written by a clock that was wrong. */
	if ((wall_time)at <= lockout->now && lockout->now - (wall_time)at < LOCKOUT_MEMORY)
		add_entry(lockout, hash, (wall_time)at, false);
}

bool lockout_read(struct lockout *lockout, struct str text)
{
	struct str rest = text, line = str_trim(str_cut(&rest, '\n'));
	struct str salt = str_skip(line, sizeof head - 1);

	if (!str_starts(line, (struct str){ .at = head, .len = sizeof head - 1 }) ||
	    !is_hex(salt, LOCKOUT_SALT_LEN))
		return false;
	memcpy(lockout->salt, salt.at, salt.len);
	lockout->n_entries = 0;
	while (rest.at)
		read_entry(lockout, str_cut(&rest, '\n'));
	return true;
}

void lockout_write(const struct lockout *lockout, struct buf *out)
{
	buf_printf(out, "%s%s\n", head, lockout->salt);
	for (size_t i = 0; i < lockout->n_entries; i++)
		if (!lockout->entries[i].is_try)
			buf_printf(out, "%s %lld\n", lockout->entries[i].hash,
				   (long long)lockout->entries[i].at);
}

/* The first half of the HMAC of "host NUL user" under the salt, as hex digits.
 * A library that refuses gives one hash for all: too careful, never too bold. */
static void hash_of(const struct lockout *lockout, const char *host, const char *user,
		    char out[LOCKOUT_HASH_LEN + 1])
{
	uint8_t digest[DIGEST_SHA256_LEN] = { 0 };
	struct buf bytes;

	buf_init(&bytes, LOCKOUT_TEXT_MAX);
	for (const char *c = host; *c; c++)
		buf_add_byte(&bytes, (uint8_t)str_lower_char(*c));
	buf_add_byte(&bytes, 0);
	buf_add_text(&bytes, user);
	if (digest_hmac_sha256(str_view(str_of(lockout->salt)), buf_view(&bytes), digest) != ST_OK)
		memset(digest, 0, sizeof digest);
	buf_fini(&bytes);
	for (size_t i = 0; i < LOCKOUT_HASH_LEN / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

bool lockout_may_try(struct lockout *lockout, const char *host, const char *user, wall_time *wait_out)
{
	char hash[LOCKOUT_HASH_LEN + 1];
	size_t n_tries = 0, n_failures = 0;
	wall_time last = 0;

	hash_of(lockout, host, user, hash);
	for (size_t i = 0; i < lockout->n_entries; i++) {
		const struct lockout_entry *entry = &lockout->entries[i];

		if (strcmp(entry->hash, hash) != 0)
			continue;
		n_tries += entry->is_try;
		n_failures += !entry->is_try;
		if (!entry->is_try && entry->at > last)
			last = entry->at;
	}
	*wait_out = 0;
	if (n_tries >= LOCKOUT_TRIES_A_RUN)
		return false;
	/* A try of this run that is not judged yet may fail too. */
	if (n_failures && n_failures + n_tries >= LOCKOUT_FAILURES && lockout->now - last < LOCKOUT_REST) {
		*wait_out = LOCKOUT_REST - (lockout->now - last);
		return false;
	}
	add_entry(lockout, str_of(hash), lockout->now, true);
	return true;
}

void lockout_failed(struct lockout *lockout, const char *host, const char *user)
{
	char hash[LOCKOUT_HASH_LEN + 1];

	hash_of(lockout, host, user, hash);
	add_entry(lockout, str_of(hash), lockout->now, false);
}

void lockout_worked(struct lockout *lockout, const char *host, const char *user)
{
	char hash[LOCKOUT_HASH_LEN + 1];
	size_t kept = 0;

	hash_of(lockout, host, user, hash);
	for (size_t i = 0; i < lockout->n_entries; i++)
		if (strcmp(lockout->entries[i].hash, hash) != 0)
			lockout->entries[kept++] = lockout->entries[i];
	lockout->n_entries = kept;
}
