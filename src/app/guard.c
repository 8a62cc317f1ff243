/* This file keeps the lock-out memory on disk and asks it before each login. */
#include "app/guard.h"

#include "app/run.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/file.h"
#include "os/random.h"

#include <stdio.h>

static enum status new_salt(char salt[LOCKOUT_SALT_LEN + 1])
{
	unsigned char bytes[LOCKOUT_SALT_LEN / 2];

	if (random_bytes(bytes, sizeof bytes) != ST_OK)
		return ST_IO;
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(salt + 2 * i, 3, "%02x", bytes[i]);
	return ST_OK;
}

static const char *memory_path(struct arena *arena)
{
	const char *directory = env_state_directory(arena), *why;

	if (!directory || file_make_directories(directory, &why) != ST_OK)
		return NULL;
	return arena_printf(arena, "%s/lockout", directory);
}

enum status guard_open(struct arena *arena, const char *user, struct guard *out, const char **why_out)
{
	char salt[LOCKOUT_SALT_LEN + 1];
	const char *why;
	struct buf text;

	*out = (struct guard){ .arena = arena, .user = user, .path = memory_path(arena) };
	if (new_salt(salt) != ST_OK) {
		*why_out = "the system gave no random numbers";
		return ST_IO;
	}
	lockout_init(&out->lockout, salt, clock_wall());
	if (!out->path || !file_exists(out->path))
		return ST_OK;
	buf_init(&text, LOCKOUT_TEXT_MAX);
	if (file_read(out->path, &text, &why) != ST_OK || !lockout_read(&out->lockout, buf_str(&text)))
		lockout_init(&out->lockout, salt, clock_wall());
	buf_fini(&text);
	return ST_OK;
}

bool guard_may_log_in(void *context, const struct endpoint *endpoint)
{
	struct guard *guard = context;
	wall_time wait;

	if (lockout_may_try(&guard->lockout, endpoint->host, guard->user, &wait))
		return true;
	if (wait)
		run_complain(arena_printf(guard->arena,
					  "no login to %s: %d failed not long ago, and more could lock the "
					  "account; possible again in %lld minutes",
					  endpoint->host, LOCKOUT_FAILURES, (long long)(wait + 59) / 60));
	else
		run_complain(arena_printf(guard->arena, "no further login to %s: one run tries it %d times",
					  endpoint->host, LOCKOUT_TRIES_A_RUN));
	return false;
}

/* The name in its other form was taken: that makes good the refusal before it,
 * but the run's tries stay tries. */
static size_t count_failures(const struct endpoint_facts *facts)
{
	if (facts->login != LOGIN_REFUSED || facts->other_login == LOGIN_ACCEPTED)
		return 0;
	return facts->other_login == LOGIN_REFUSED ? 2 : 1;
}

void guard_learn(struct guard *guard, const struct case_facts *facts)
{
	/* What worked first: of two doors of one host one may let in and the other not. */
	for (size_t i = 0; i < facts->n_endpoints; i++)
		if (facts->endpoints[i]->login == LOGIN_ACCEPTED)
			lockout_worked(&guard->lockout, facts->endpoints[i]->endpoint.host, guard->user);
	for (size_t i = 0; i < facts->n_endpoints; i++)
		for (size_t n = count_failures(facts->endpoints[i]); n > 0; n--)
			lockout_failed(&guard->lockout, facts->endpoints[i]->endpoint.host, guard->user);
}

enum status guard_close(struct guard *guard, const char **why_out)
{
	enum status status;
	struct buf text;

	if (!guard->path)
		return ST_OK;
	buf_init(&text, LOCKOUT_TEXT_MAX);
	lockout_write(&guard->lockout, &text);
	status = buf_failed(&text) ? ST_LIMIT : file_write(guard->path, buf_view(&text), true, why_out);
	buf_fini(&text);
	return status;
}
