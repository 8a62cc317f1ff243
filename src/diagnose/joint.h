/* This file joins what is wrong with an account's settings and what its servers said: one list of causes, not
 * two.
 *
 * A setting that is wrong explains what follows from it at the server that it
 * leads to: those findings get because_of and are no causes of their own.
 */
#ifndef POSTMEND_DIAGNOSE_JOINT_H
#define POSTMEND_DIAGNOSE_JOINT_H

#include "diagnose/diagnose.h"

/* A server that an account uses. */
struct joint_server {
	const char *client, *profile, *name; /* the account, as its findings call it */
	const char *host, *url;              /* endpoint_url() of what was probed */
};

struct joint_case {
	struct finding_sink *settings, *network; /* findings about settings; about servers */
	const struct diagnosis *diagnosis;       /* of the servers alone, or NULL where none was asked */
	const struct joint_server *servers;
	size_t n_servers;
	const char *headline; /* where nothing is wrong */
};

/* The network's findings are copied behind those about settings. ST_NOMEM. */
[[nodiscard]] enum status joint_diagnose(struct arena *arena, const struct joint_case *facts,
					 struct diagnosis *out);

#endif
