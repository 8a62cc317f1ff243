/* This file judges what lies around mail programs on one computer: what its rules share. */
#include "audit/tree.h"

#include "client/windows_path.h"

void audit_tree(const struct audit_tree *t)
{
	audit_tree_addins(t);
	audit_tree_scanners(t);
	audit_tree_listeners(t);
	audit_tree_firewall(t);
	audit_tree_sending(t);
	audit_tree_hosts(t);
	audit_tree_passwords(t);
	audit_tree_exchange(t);
	audit_tree_builds(t);
}

struct finding *audit_tree_add(const struct audit_tree *t, enum code code, const char *part)
{
	const struct subject subject = { .kind = SUBJECT_COMPUTER, .name = part ? part : "?" };

	return finding_add(t->sink, code, &subject);
}

struct finding *audit_tree_add_account(const struct audit_tree *t, enum code code,
				       const struct client_account *account)
{
	const char *name = account->name.text ? account->name.text : account->address.text;
	const struct subject subject = { .kind = SUBJECT_ACCOUNT,
					 .client = client_program_name(account->program),
					 .profile = account->profile,
					 .name = name ? name : "(no name)" };

	return finding_add(t->sink, code, &subject);
}

void audit_tree_place(const struct audit_tree *t, struct finding *finding, const char *source,
		      const struct client_place *place)
{
	const char *text = source;

	if (place->key)
		text = arena_printf(t->arena, "%s: %s\\%s", source, place->key,
				    place->value ? place->value : "");
	else if (place->line)
		text = arena_printf(t->arena, "%s, line %u", source, place->line);
	finding_evidence(finding, "where", text, NULL, TRUST_PEER);
}

void audit_tree_want(const struct audit_tree *t, const struct finding *finding, struct wanted one)
{
	one.finding = finding;
	wanted_add(t->wanted, &one);
}

const char *audit_tree_user(struct arena *arena, const char *source)
{
	struct str path = str_of(source), name = windows_path_name(path);
	const char *user;

	if (path.len <= name.len + 1)
		return "?";
	user = arena_text(arena, windows_path_name(str_head(path, path.len - name.len - 1)));
	return user && *user ? user : "?";
}
