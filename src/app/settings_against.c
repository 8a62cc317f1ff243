/* This file is "settings ADDRESS --against WHAT": accounts that are set up, compared with the right settings.
 */
#include "app/settings_against.h"

#include "app/own_accounts.h"
#include "base/checked.h"
#include "os/file.h"
#include "os/folder.h"
#include "os/store_file.h"

#include <string.h>

enum { HIVE_START = 4 };

/* How far a server agrees: in all three parts that decide whether it can be reached. */
enum { AGREES_HOST = 4, AGREES_PORT = 1, AGREES_SECURITY = 2, AGREES = 7 };

static bool is_hive(const char *path)
{
	uint8_t start[HIVE_START] = { 0 };
	struct store_file *file;
	const struct image *image;
	const char *why;
	bool is;

	if (store_file_open(path, &file, &why) != ST_OK)
		return false;
	image = store_file_image(file);
	is = image->size > sizeof start && image->read(image, 0, start, sizeof start) == ST_OK &&
	     memcmp(start, "regf", sizeof start) == 0;
	store_file_close(&file);
	return is;
}

static bool is_called(const struct client_account *account, const char *word)
{
	const char *names[] = { account->profile, account->name.text, account->address.text,
				client_program_name(account->program) };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (names[i] && str_eq_nocase(str_of(names[i]), str_of(word)))
			return true;
	return false;
}

static void keep_called(struct client_found *found, const char *word)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n_accounts; i++)
		if (is_called(&found->accounts[i], word))
			found->accounts[n++] = found->accounts[i];
	found->n_accounts = n;
}

static enum status collect(struct gather *gather, const char *what, const char **why_out)
{
	struct options *options = &gather->run->options;
	enum status st;

	if (folder_is(what) && !gather_thunderbird_folder(gather, what))
		options->windows = what;
	else if (!folder_is(what) && file_exists(what) && is_hive(what))
		options->hive = what;
	else if (folder_is(what) || (file_exists(what) && gather_settings_file(gather, what)))
		return ST_OK;
	st = gather_collect(gather, why_out);
	if (st == ST_OK && !options->windows && !options->hive)
		keep_called(&gather->found, what);
	return st;
}

enum status settings_against_find(struct gather *gather, struct run *run, const struct address *address,
				  const char **why_out)
{
	const char *what = run->options.against;
	enum status st = gather_open(gather, run);

	if (st == ST_OK)
		st = collect(gather, what, why_out);
	if (st != ST_OK)
		return st;
	own_accounts_keep(&gather->found, address);
	if (gather->found.n_accounts > 0)
		return ST_OK;
	*why_out =
		arena_printf(run->arena,
			     "--against: expected a settings file or hive, or a profile or program of this "
			     "computer, with an account of %.200s in it; there is none in \"%.200s\"",
			     address->whole, what);
	return ST_USAGE;
}

static enum protocol protocol_of(enum client_protocol protocol)
{
	return protocol == CLIENT_PROTOCOL_IMAP   ? PROTOCOL_IMAP
	       : protocol == CLIENT_PROTOCOL_POP3 ? PROTOCOL_POP3
						  : PROTOCOL_SMTP;
}

static bool is_security(const struct client_server *server, enum security right)
{
	switch (server->security) {
	case CLIENT_SECURITY_TLS:
		return right == SECURITY_TLS;
	case CLIENT_SECURITY_STARTTLS:
		return right == SECURITY_STARTTLS;
	case CLIENT_SECURITY_NONE:
		return right == SECURITY_NONE;
	case CLIENT_SECURITY_UNKNOWN:
	case CLIENT_SECURITY_IF_OFFERED:
	case CLIENT_SECURITY_AUTOMATIC:
		break;
	}
	return true;
}

static unsigned agreement(const struct client_server *server, const struct endpoint *right)
{
	unsigned bits = 0;

	if (str_eq_nocase(str_of(server->host.text), str_of(right->host)))
		bits |= AGREES_HOST;
	if (server->port_used == 0 || server->port_used == right->port)
		bits |= AGREES_PORT;
	if (is_security(server, right->security))
		bits |= AGREES_SECURITY;
	return bits;
}

/* The right server that agrees most; of those that agree as much the best. */
static const struct server_settings *nearest(const struct settings_facts *right,
					     const struct client_server *server)
{
	const struct server_settings *best = NULL;
	unsigned best_bits = 0;

	for (size_t i = 0; i < right->n_servers; i++) {
		const struct server_settings *one = &right->servers[i];
		unsigned bits = agreement(server, &one->endpoint);

		if (one->endpoint.protocol != protocol_of(server->protocol) || (best && bits <= best_bits))
			continue;
		best = one;
		best_bits = bits;
	}
	return best;
}

static const char *place_text(struct arena *arena, const struct client_account *account,
			      const struct client_place *place)
{
	const char *file = place->file ? place->file : account->source;

	return place->key    ? arena_printf(arena, "%s: %s\\%s", file, place->key, place->value)
	       : place->line ? arena_printf(arena, "%s, line %u", file, place->line)
			     : file;
}

/* Both servers of an account are told of in one finding. */
static void tell(struct gather *gather, const struct client_account *account,
		 const struct client_server *server, const struct server_settings *right,
		 struct finding **told)
{
	struct arena *arena = gather->run->arena;
	const char *name = account->name.text      ? account->name.text
			   : account->address.text ? account->address.text
						   : server->host.text;
	const struct subject subject = { .kind = SUBJECT_ACCOUNT,
					 .client = client_program_name(account->program),
					 .profile = account->profile,
					 .name = name ? name : "(no name)" };
	unsigned bits = agreement(server, &right->endpoint);
	const char *protocol = protocol_name(right->endpoint.protocol);
	struct finding *f = *told;

	if (!f) {
		f = *told = finding_add(gather->findings, CODE_ACCOUNT_SETTINGS_DIFFER, &subject);
		f->severity = SEVERITY_ADVICE;
	}
	/* A guess is not more than one. */
	if (right->source != SOURCE_GUESS)
		f->severity = catalogue_row(CODE_ACCOUNT_SETTINGS_DIFFER)->severity;
	if (!(bits & AGREES_HOST))
		finding_evidence(f, arena_printf(arena, "%s_server", protocol),
				 server->host.text ? server->host.text : "none", right->endpoint.host,
				 TRUST_PEER);
	if (!(bits & AGREES_PORT))
		finding_evidence(f, arena_printf(arena, "%s_port", protocol),
				 arena_printf(arena, "%u", (unsigned)server->port_used),
				 arena_printf(arena, "%u", (unsigned)right->endpoint.port), TRUST_OURS);
	if (!(bits & AGREES_SECURITY))
		finding_evidence(f, arena_printf(arena, "%s_security", protocol),
				 client_security_name(server->security),
				 security_name(right->endpoint.security), TRUST_OURS);
	finding_evidence(f, "where", place_text(arena, account, &server->host.place), NULL, TRUST_PEER);
	finding_evidence(f, "right_says", source_name(right->source), NULL, TRUST_OURS);
}

static void compare(struct gather *gather, const struct client_account *account,
		    const struct client_server *server, const struct settings_facts *right,
		    struct finding **told)
{
	const struct server_settings *one;

	if (server->protocol != CLIENT_PROTOCOL_IMAP && server->protocol != CLIENT_PROTOCOL_POP3 &&
	    server->protocol != CLIENT_PROTOCOL_SMTP)
		return;
	/* A program of this computer stands between: nobody publishes where. */
	if (server->host.text && (str_is_nocase(str_of(server->host.text), "localhost") ||
				  str_starts(str_of(server->host.text), STR("127."))))
		return;
	one = nearest(right, server);
	if (one && agreement(server, &one->endpoint) != AGREES)
		tell(gather, account, server, one, told);
}

void settings_against_judge(struct gather *gather, const struct settings_facts *right)
{
	for (size_t i = 0; i < gather->found.n_accounts; i++) {
		const struct client_account *account = &gather->found.accounts[i];
		struct finding *told = NULL;

		if (account->has_incoming)
			compare(gather, account, &account->incoming, right, &told);
		if (account->has_outgoing)
			compare(gather, account, &account->outgoing, right, &told);
	}
}
