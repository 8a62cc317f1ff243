/* This file fetches the password or token for --login, and only for --login.
 *
 * Sources in order: --oauth-token-file, --oauth-token-command; otherwise
 * --password-file, POSTMEND_PASSWORD (taken out of the environment),
 * --password-command, the user's keyring, a prompt without echo. One line end
 * at the end of a file or of a command's output does not count.
 */
#ifndef POSTMEND_APP_SECRETS_H
#define POSTMEND_APP_SECRETS_H

#include "app/options.h"
#include "base/secret.h"

struct secrets {
	struct secret password, oauth_token;
};

/* ST_USAGE with a line in *why_out that names the file or option and what is
 * expected; ST_CANCEL when the prompt was left with Ctrl-C. Without --login
 * nothing is read, but a file that is not there is still refused. */
[[nodiscard]] enum status secrets_read(struct arena *arena, const struct options *options, const char *user,
				       struct secrets *out, const char **why_out);

void secrets_fini(struct secrets *secrets);

#endif
