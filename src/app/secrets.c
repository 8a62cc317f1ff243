/* This file fetches the password or token for --login, and only for --login. */
#include "app/secrets.h"

#include "base/wipe.h"
#include "os/env.h"
#include "os/file.h"
#include "os/keyring.h"
#include "os/process.h"
#include "os/terminal.h"

static const char variable[] = "POSTMEND_PASSWORD";

/* What fetching one secret needs; `bytes` is wiped whatever comes. */
struct fetch {
	struct arena *arena;
	const struct options *options;
	const char *user;
	struct buf bytes;
	const char **why_out;
};

static enum status refuse(struct fetch *fetch, const char *why)
{
	*fetch->why_out = why ? why : "memory ended";
	return ST_USAGE;
}

/* Without the line end that editors and echo put there. */
static enum status keep(struct fetch *fetch, struct secret *out)
{
	struct view bytes = buf_view(&fetch->bytes);

	if (bytes.len && bytes.at[bytes.len - 1] == '\n')
		bytes.len--;
	if (bytes.len && bytes.at[bytes.len - 1] == '\r')
		bytes.len--;
	return secret_init(out, bytes);
}

static enum status from_file(struct fetch *fetch, const char *option, const char *path, struct secret *out)
{
	const char *why = "";
	enum status status = file_read(path, &fetch->bytes, &why);

	if (status != ST_OK)
		return refuse(fetch, arena_printf(fetch->arena,
						  "--%s: expected a file that can be read, not \"%s\": %s",
						  option, path, why));
	if (fetch->bytes.len == 0)
		return refuse(fetch,
			      arena_printf(fetch->arena, "--%s: expected a secret in \"%s\", which is empty",
					   option, path));
	return keep(fetch, out);
}

static enum status from_command(struct fetch *fetch, const char *option, const char *line, struct secret *out)
{
	const char *why = "";
	enum status status = process_capture_line(line, &fetch->bytes, &why);

	if (status != ST_OK || fetch->bytes.len == 0)
		return refuse(fetch, arena_printf(fetch->arena,
						  "--%s: expected a command that prints the secret: %s",
						  option, status == ST_OK ? "it printed nothing" : why));
	return keep(fetch, out);
}

/* True when the variable was there; it is gone afterwards, here and in programs
 * that this one starts. */
static bool from_environment(struct fetch *fetch)
{
	const char *value = env_get(fetch->arena, variable);
	struct str text = str_of(value);

	env_unset(variable);
	if (!value)
		return false;
	buf_add_str(&fetch->bytes, text);
	wipe((void *)(uintptr_t)value, text.len);
	return true;
}

static enum status from_prompt(struct fetch *fetch, struct secret *out)
{
	const char *question = arena_printf(fetch->arena, "Password of %s (not shown): ", fetch->user);
	enum status status = question ? terminal_ask_secret(question, &fetch->bytes) : ST_NOMEM;

	if (status == ST_OK)
		return keep(fetch, out);
	if (status == ST_CANCEL)
		return status;
	return refuse(fetch, "--login: expected a password by --password-file, POSTMEND_PASSWORD, "
			     "--password-command, the keyring or a terminal to ask on");
}

static enum status fetch_password(struct fetch *fetch, struct secret *out)
{
	const struct options *options = fetch->options;

	if (options->password_file)
		return from_file(fetch, "password-file", options->password_file, out);
	if (from_environment(fetch))
		return keep(fetch, out);
	if (options->password_command)
		return from_command(fetch, "password-command", options->password_command, out);
	if (keyring_find(fetch->user, &fetch->bytes))
		return keep(fetch, out);
	buf_clear(&fetch->bytes);
	return from_prompt(fetch, out);
}

static enum status check_unread(struct fetch *fetch)
{
	const char *password = fetch->options->password_file, *token = fetch->options->oauth_token_file;

	env_unset(variable);
	if (password && !file_exists(password))
		return refuse(fetch, arena_printf(fetch->arena,
						  "--password-file: expected a file, and there is no \"%s\"",
						  password));
	if (token && !file_exists(token))
		return refuse(fetch,
			      arena_printf(fetch->arena,
					   "--oauth-token-file: expected a file, and there is no \"%s\"",
					   token));
	return ST_OK;
}

enum status secrets_read(struct arena *arena, const struct options *options, const char *user,
			 struct secrets *out, const char **why_out)
{
	struct fetch fetch = { .arena = arena, .options = options, .user = user, .why_out = why_out };
	enum status status;

	*out = (struct secrets){ 0 };
	buf_init(&fetch.bytes, SECRET_LEN_MAX);
	if (!options->login)
		status = check_unread(&fetch);
	else if (!user)
		status = refuse(&fetch, "--login: expected --user NAME beside it");
	else if (options->oauth_token_file)
		status = from_file(&fetch, "oauth-token-file", options->oauth_token_file, &out->oauth_token);
	else if (options->oauth_token_command)
		status = from_command(&fetch, "oauth-token-command", options->oauth_token_command,
				      &out->oauth_token);
	else
		status = fetch_password(&fetch, &out->password);
	buf_wipe_fini(&fetch.bytes);
	env_unset(variable);
	return status;
}

void secrets_fini(struct secrets *secrets)
{
	secret_fini(&secrets->password);
	secret_fini(&secrets->oauth_token);
}
