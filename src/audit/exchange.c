/* This file judges why a password is asked for again, and how Exchange mailboxes and stores hang together. */
#include "audit/tree.h"

#include "client/outlook.h"
#include "facts/providers.h"
#include "hive/hive.h"

static bool same(const char *a, const char *b)
{
	return a && b && str_eq_nocase(str_of(a), str_of(b));
}

static bool same_profile(const char *profile_a, const char *source_a, const char *profile_b,
			 const char *source_b)
{
	return same(profile_a, profile_b) && str_eq(str_of(source_a), str_of(source_b));
}

/* Whether the provider of this address takes tokens alone. */
static bool wants_token(const struct client_account *account)
{
	const char *text = account->address.text ? account->address.text : account->incoming.user.text;
	struct str address = str_of(text), host = str_of(account->incoming.host.text);
	size_t at = str_find_char(address, '@');
	const struct provider *provider =
		at < address.len ? providers_of_domain(str_skip(address, at + 1)) : NULL;

	return (provider && (provider->hints & PROVIDER_HINT_OAUTH2_ONLY)) ||
	       str_ends_nocase(host, STR("outlook.office365.com"));
}

static bool takes_password(const struct client_server *server)
{
	return server->login == CLIENT_LOGIN_PASSWORD || server->login == CLIENT_LOGIN_ENCRYPTED ||
	       server->login == CLIENT_LOGIN_NTLM;
}

static void judge_stored(const struct audit_tree *t, const struct client_account *account)
{
	struct finding *f;

	if ((account->program != CLIENT_OUTLOOK && account->program != CLIENT_THUNDERBIRD) ||
	    (account->protocol != CLIENT_PROTOCOL_POP3 && account->protocol != CLIENT_PROTOCOL_IMAP) ||
	    account->incoming.password != CLIENT_PASSWORD_NONE || !takes_password(&account->incoming) ||
	    wants_token(account))
		return;
	f = audit_tree_add_account(t, CODE_ACCOUNT_PASSWORD_NONE, account);
	finding_evidence(f, "password", "none stored", NULL, TRUST_OURS);
	audit_tree_place(t, f, account->source, &account->incoming.user.place);
}

static void judge_asking(const struct audit_tree *t, const struct client_account *account)
{
	const struct client_number *flags = &account->exchange_flags;
	struct finding *f;

	if (!flags->is_set || !(flags->number & OUTLOOK_EXCHANGE_ASKS))
		return;
	f = audit_tree_add_account(t, CODE_ACCOUNT_PASSWORD_ASKED_ALWAYS, account);
	finding_evidence(
		f, "flags", arena_printf(t->arena, "0x%x", (unsigned)flags->number),
		arena_printf(t->arena, "0x%x", (unsigned)(flags->number & ~(uint32_t)OUTLOOK_EXCHANGE_ASKS)),
		TRUST_OURS);
	audit_tree_place(t, f, account->source, &flags->place);
	audit_tree_want(t, f,
			(struct wanted){ .what = WANTED_VALUE,
					 .source = account->source,
					 .place = flags->place,
					 .account = account,
					 .type = HIVE_BINARY,
					 .number = flags->number & ~(uint32_t)OUTLOOK_EXCHANGE_ASKS });
}

static void judge_modern(const struct audit_tree *t, const struct machine_setting *one)
{
	for (size_t i = 0; i < t->found->n_accounts; i++) {
		const struct client_account *account = &t->found->accounts[i];
		struct finding *f;

		if (account->program != CLIENT_OUTLOOK || !wants_token(account) ||
		    !str_eq(str_of(account->source), str_of(one->source)))
			continue;
		f = audit_tree_add_account(t, CODE_ACCOUNT_MODERN_LOGIN_OFF, account);
		finding_evidence(f, "EnableADAL", "0", "1, or not set", TRUST_OURS);
		audit_tree_place(t, f, one->source, &one->number.place);
		audit_tree_want(t, f,
				(struct wanted){ .what = WANTED_GONE,
						 .source = one->source,
						 .place = one->number.place });
	}
}

/* Stored passwords are there, and what opens them is not. */
static void judge_keys(const struct audit_tree *t, const struct audit_keys *keys)
{
	for (size_t i = 0; keys->are_missing && i < t->found->n_accounts; i++) {
		const struct client_account *account = &t->found->accounts[i];
		struct finding *f;

		if (account->program != CLIENT_OUTLOOK ||
		    account->incoming.password != CLIENT_PASSWORD_STORED ||
		    !str_eq(str_of(account->source), str_of(keys->source)))
			continue;
		f = audit_tree_add(
			t, CODE_ACCOUNT_PASSWORD_KEY_MISSING,
			arena_printf(t->arena, "keys of %s", audit_tree_user(t->arena, keys->source)));
		finding_evidence(f, "folder", keys->folder, "a key in it", TRUST_PEER);
		return;
	}
}

void audit_tree_passwords(const struct audit_tree *t)
{
	const struct machine *m = t->found->machine;

	for (size_t i = 0; i < t->found->n_accounts; i++) {
		judge_stored(t, &t->found->accounts[i]);
		judge_asking(t, &t->found->accounts[i]);
	}
	for (size_t i = 0; i < m->n_settings; i++)
		if (m->settings[i].kind == MACHINE_MODERN_LOGIN && m->settings[i].number.is_set &&
		    m->settings[i].number.number == 0)
			judge_modern(t, &m->settings[i]);
	for (size_t i = 0; i < t->n_keys; i++)
		judge_keys(t, &t->keys[i]);
}

static void judge_cached(const struct audit_tree *t, const struct client_account *account)
{
	const struct client_number *flags = &account->exchange_flags;
	struct finding *f;

	if (account->protocol != CLIENT_PROTOCOL_EXCHANGE || !flags->is_set ||
	    (flags->number & OUTLOOK_EXCHANGE_CACHED) == OUTLOOK_EXCHANGE_CACHED)
		return;
	f = audit_tree_add_account(t, CODE_ACCOUNT_CACHED_MODE_OFF, account);
	finding_evidence(f, "flags", arena_printf(t->arena, "0x%x", (unsigned)flags->number),
			 arena_printf(t->arena, "0x%x", (unsigned)(flags->number | OUTLOOK_EXCHANGE_CACHED)),
			 TRUST_OURS);
	audit_tree_place(t, f, account->source, &flags->place);
	audit_tree_want(t, f,
			(struct wanted){ .what = WANTED_VALUE,
					 .source = account->source,
					 .place = flags->place,
					 .account = account,
					 .type = HIVE_BINARY,
					 .number = flags->number | OUTLOOK_EXCHANGE_CACHED });
}

/* A copy belongs to the profile that made it: another one that names it cannot open it. */
static void judge_copy(const struct audit_tree *t, const struct client_account *account)
{
	struct finding *f;

	if (account->protocol != CLIENT_PROTOCOL_EXCHANGE || !account->store.text)
		return;
	for (const struct client_account *other = t->found->accounts; other < account; other++) {
		if (other->protocol != CLIENT_PROTOCOL_EXCHANGE ||
		    !same(other->store.text, account->store.text) ||
		    same_profile(other->profile, other->source, account->profile, account->source))
			continue;
		f = audit_tree_add_account(t, CODE_ACCOUNT_COPY_SHARED, account);
		finding_evidence(f, "copy", account->store.text, "a file of its own", TRUST_PEER);
		finding_evidence(f, "other_profile", other->profile, NULL, TRUST_PEER);
		audit_tree_place(t, f, account->source, &account->store.place);
		return;
	}
}

static void judge_twice(const struct audit_tree *t, size_t index)
{
	const struct client_store *store = &t->found->stores[index];
	const struct subject subject = { .kind = SUBJECT_STORE, .path = store->path.text };
	struct finding *f;

	for (size_t i = 0; store->path.text && i < index; i++) {
		const struct client_store *other = &t->found->stores[i];

		if (!same(other->path.text, store->path.text) ||
		    !same_profile(other->profile, other->source, store->profile, store->source))
			continue;
		f = finding_add(t->sink, CODE_ACCOUNT_STORE_TWICE, &subject);
		finding_evidence(f, "profile", store->profile, NULL, TRUST_PEER);
		audit_tree_place(t, f, store->source, &store->path.place);
		return;
	}
}

/* POP3 delivers into a store; one that the profile does not open is one that nobody looks into. */
static void judge_delivery(const struct audit_tree *t, const struct client_account *account)
{
	size_t n = 0;
	struct finding *f;

	if (account->program != CLIENT_OUTLOOK || account->protocol != CLIENT_PROTOCOL_POP3 ||
	    !account->store.text)
		return;
	for (size_t i = 0; i < t->found->n_stores; i++) {
		const struct client_store *store = &t->found->stores[i];

		if (!same_profile(store->profile, store->source, account->profile, account->source))
			continue;
		if (!store->path.text || same(store->path.text, account->store.text))
			return;
		n++;
	}
	if (n == 0)
		return;
	f = audit_tree_add_account(t, CODE_ACCOUNT_DELIVERY_ELSEWHERE, account);
	finding_evidence(f, "delivers_into", account->store.text, "a store of the profile", TRUST_PEER);
	audit_tree_place(t, f, account->source, &account->store.place);
}

void audit_tree_exchange(const struct audit_tree *t)
{
	for (size_t i = 0; i < t->found->n_accounts; i++) {
		judge_cached(t, &t->found->accounts[i]);
		judge_copy(t, &t->found->accounts[i]);
		judge_delivery(t, &t->found->accounts[i]);
	}
	for (size_t i = 0; i < t->found->n_stores; i++)
		judge_twice(t, i);
}
