/* This file judges how encryption came about, and the certificates. */
#include "diagnose/house.h"
#include "diagnose/judge.h"
#include "facts/scanners.h"

#include "base/checked.h"

enum {
	TLS_1_2 = 0x0303,
	ALERT_INSUFFICIENT = 71,
	NAMES_SHOWN_MAX = 6,
};

/* By which a server that got no client certificate ends the conversation (RFC 8446 section 6). */
static bool is_client_certificate_alert(int alert)
{
	static const int alerts[] = { 40, 41, 42, 43, 46, 48, 49, 116 };

	for (size_t i = 0; i < COUNT_OF(alerts); i++)
		if (alerts[i] == alert)
			return true;
	return false;
}

static bool knows_only_old(const struct tls_versions *v)
{
	bool old = v->ssl3 == TLS_TAKEN_YES || v->tls10 == TLS_TAKEN_YES || v->tls11 == TLS_TAKEN_YES;

	return old && v->tls12 != TLS_TAKEN_YES && v->tls13 != TLS_TAKEN_YES;
}

static const char *list_versions(struct judge *j, const struct tls_versions *v)
{
	const struct {
		enum tls_taken taken;
		const char *name;
	} all[] = { { v->ssl3, "SSL 3" },
		    { v->tls10, "TLS 1.0" },
		    { v->tls11, "TLS 1.1" },
		    { v->tls12, "TLS 1.2" },
		    { v->tls13, "TLS 1.3" } };
	const char *list = "";

	for (size_t i = 0; i < COUNT_OF(all); i++)
		if (all[i].taken == TLS_TAKEN_YES)
			list = judge_text(j, "%s%s%s", list, *list ? ", " : "", all[i].name);
	return *list ? list : "unknown";
}

static void show_handshake(struct judge *j, struct finding *f, const struct way *way)
{
	const struct tls_facts *tls = way->best->tls;

	if (tls->alert >= 0)
		judge_evidence(f, "alert", judge_text(j, "%d", tls->alert), "no alert");
	if (tls->error_text)
		judge_quote(f, "tls_error", tls->error_text, NULL);
	judge_evidence(f, "versions_taken", list_versions(j, &way->best->versions), "TLS 1.2 or 1.3");
}

/* What a handshake that did not come about stands for, when nothing else says more. */
static const struct {
	enum tls_end end;
	enum code code;
} ends[] = {
	{ TLS_END_ALERT, CODE_TLS_HANDSHAKE_FAILED },   { TLS_END_VERSION, CODE_TLS_VERSION_OLD },
	{ TLS_END_CIPHER, CODE_TLS_CIPHER_WEAK },       { TLS_END_CLOSED, CODE_TLS_HANDSHAKE_CUT },
	{ TLS_END_TIMEOUT, CODE_TLS_HANDSHAKE_SILENT }, { TLS_END_LIMIT, CODE_PATH_SERVER_HOSTILE },
	{ TLS_END_OTHER, CODE_TLS_HANDSHAKE_FAILED },
};

static enum code code_of_end(const struct way *way)
{
	const struct tls_facts *tls = way->best->tls;

	if (tls->end != TLS_END_LIMIT && tls->end != TLS_END_TIMEOUT && knows_only_old(&way->best->versions))
		return CODE_TLS_VERSION_OLD;
	if (tls->wants_client_certificate && tls->end != TLS_END_TIMEOUT &&
	    (tls->alert < 0 || is_client_certificate_alert(tls->alert)))
		return CODE_TLS_CLIENT_CERTIFICATE_WANTED;
	if (tls->end == TLS_END_ALERT && tls->alert == ALERT_INSUFFICIENT)
		return CODE_TLS_CIPHER_WEAK;
	for (size_t i = 0; i < COUNT_OF(ends); i++)
		if (ends[i].end == tls->end)
			return ends[i].code;
	return CODE_TLS_HANDSHAKE_FAILED;
}

static void judge_no_handshake(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;

	/* Plain words instead of a handshake: the rules of protocols look at them. */
	if (facts->tls->end == TLS_END_NOT_TLS && facts->greeting != GREETING_NONE)
		return;
	if (judge_find(j, CODE_TCP_CONNECTION_RESET, way) || facts->silent_port_speaks_tls)
		return;
	show_handshake(j, judge_say(j, code_of_end(way), way), way);
}

/* TLS 1.3 servers miss the client's certificate only after the handshake:
 * the conversation ends before the greeting. */
static bool ended_for_certificate(const struct way *way)
{
	const struct step *step = facts_step(way->best, STEP_GREETING);

	if (!way->best->tls->wants_client_certificate)
		return false;
	if (way->endpoint->security == SECURITY_STARTTLS)
		step = facts_step(way->best, STEP_CAPABILITIES_TLS);
	return step && !step->ok && step->error != STEP_ERROR_TIMEOUT && step->error != STEP_ERROR_PROTOCOL;
}

static const char *list_names(struct judge *j, const struct tls_certificate *leaf)
{
	const char *list = "";

	for (size_t i = 0; i < leaf->n_names && i < NAMES_SHOWN_MAX; i++)
		list = judge_text(j, "%s%s%s", list, i ? ", " : "", leaf->names[i]);
	if (leaf->n_names > NAMES_SHOWN_MAX)
		list = judge_text(j, "%s and %zu more", list, leaf->n_names - NAMES_SHOWN_MAX);
	return *list ? list : leaf->subject_cn ? leaf->subject_cn : "none";
}

static void show_certificate(struct finding *f, const struct way *way)
{
	const struct tls_facts *tls = way->best->tls;

	if (tls->n_chain == 0)
		return;
	judge_quote(f, "subject", tls->chain[0].subject, NULL);
	judge_quote(f, "issuer", tls->chain[0].issuer, NULL);
	judge_quote(f, "sha256", tls->chain[0].sha256, NULL);
}

static const char *asked_name(const struct way *way)
{
	return way->best->tls->sni  ? way->best->tls->sni
	       : way->endpoint->sni ? way->endpoint->sni
				    : way->endpoint->host;
}

/* Some record that was asked for names it: the host is an alias of it (CNAME). */
static bool is_in_dns(const struct judge *j, struct str name)
{
	for (size_t d = 0; d < j->facts->n_dns; d++)
		for (size_t r = 0; r < j->facts->dns[d]->n_records; r++)
			if (str_eq_nocase(name, str_of(j->facts->dns[d]->records[r].text)))
				return true;
	return false;
}

/* What the server would be called without the alias: a name of the certificate
 * that the host leads to, or its first full name. */
static const char *name_to_use(const struct judge *j, const struct way *way)
{
	const struct tls_certificate *leaf = &way->best->tls->chain[0];
	const char *first = NULL;

	for (size_t i = 0; i < leaf->n_names; i++) {
		struct str name = str_of(leaf->names[i]);

		if (str_starts(name, STR("*")) || str_find_char(name, '.') == SIZE_MAX)
			continue;
		if (is_in_dns(j, name))
			return leaf->names[i];
		first = first ? first : leaf->names[i];
	}
	return first;
}

static void say_wrong_host(struct judge *j, const struct way *way)
{
	struct finding *f = judge_say(j, CODE_TLS_CERTIFICATE_WRONG_HOST, way);
	const char *use = way->best->tls->n_chain ? name_to_use(j, way) : NULL;

	if (way->best->tls->n_chain)
		judge_quote(f, "certificate_names", list_names(j, &way->best->tls->chain[0]),
			    asked_name(way));
	show_certificate(f, way);
	if (use)
		f->remedy_text =
			judge_text(j,
				   "If %s belongs to your provider, enter it as server name: the "
				   "certificate is for it. Otherwise do not log in and add no exception.",
				   use);
}

static void say_date(struct judge *j, const struct way *way, enum code code)
{
	const struct tls_facts *tls = way->best->tls;
	struct finding *f = judge_say(j, code, way);
	const char *today = judge_date(j, j->facts->now);
	const struct tls_certificate *at = &tls->chain[0];

	for (size_t i = 1; code == CODE_TLS_CHAIN_EXPIRED && i < tls->n_chain; i++)
		if (tls->chain[i].not_after < j->facts->now)
			at = &tls->chain[i];
	if (tls->n_chain == 0)
		return;
	if (code == CODE_TLS_CERTIFICATE_NOT_YET_VALID)
		judge_evidence(f, "not_before", judge_date(j, at->not_before),
			       judge_text(j, "not later than %s", today));
	else
		judge_evidence(f, "not_after", judge_date(j, at->not_after),
			       judge_text(j, "later than %s", today));
	judge_quote(f, "subject", at->subject, NULL);
	judge_quote(f, "issuer", at->issuer, NULL);
	if (j->facts->path.clock_tested)
		judge_evidence(f, "clock_off_seconds",
			       judge_text(j, "%lld", (long long)j->facts->path.clock_off_seconds), "about 0");
}

/* A certificate of a scanner or gateway hides the server's own: only that is said. */
static bool judge_scanner(struct judge *j, const struct way *way)
{
	const struct tls_facts *tls = way->best->tls;
	const struct scanner *scanner = NULL;
	struct finding *f;

	for (size_t i = 0; i < tls->n_chain && !scanner; i++)
		scanner = scanners_find(tls->chain[i].issuer_cn, tls->chain[i].issuer_o);
	if (!scanner)
		return false;
	f = judge_say(j,
		      scanner->kind == SCANNER_GATEWAY ? CODE_PATH_GATEWAY_CERTIFICATE
						       : CODE_SCANNER_CERTIFICATE_ISSUED,
		      way);
	if (tls_is_verified(tls)) /* its root is installed here: mail programs may be content */
		f->severity = SEVERITY_NOTE;
	if (!scanner->is_confirmed)
		f->certainty = CERTAINTY_INFERRED;
	judge_evidence(f, "product", scanner->product, "the server's own certificate");
	if (scanner->upstream_is_bad)
		judge_evidence(f, "behind_it", "the scanner could not verify the server's certificate", NULL);
	show_certificate(f, way);
	if (scanner->where)
		f->remedy_text =
			judge_text(j, "Switch the mail scanning of %s off (%s). Its scan of files stays on.",
				   scanner->product, scanner->where);
	return true;
}

static const struct {
	enum tls_verify verify;
	enum code code;
} verdicts[] = {
	{ TLS_VERIFY_EXPIRED, CODE_TLS_CERTIFICATE_EXPIRED },
	{ TLS_VERIFY_NOT_YET, CODE_TLS_CERTIFICATE_NOT_YET_VALID },
	{ TLS_VERIFY_CHAIN_EXPIRED, CODE_TLS_CHAIN_EXPIRED },
	{ TLS_VERIFY_SELF_SIGNED, CODE_TLS_CERTIFICATE_SELF_SIGNED },
	{ TLS_VERIFY_UNKNOWN_ROOT, CODE_TLS_CERTIFICATE_UNKNOWN_ROOT },
	{ TLS_VERIFY_NO_ISSUER, CODE_TLS_CHAIN_INCOMPLETE },
	{ TLS_VERIFY_REVOKED, CODE_TLS_CERTIFICATE_REVOKED },
	{ TLS_VERIFY_WEAK, CODE_TLS_CERTIFICATE_WEAK },
	{ TLS_VERIFY_WRONG_PURPOSE, CODE_TLS_CERTIFICATE_WRONG_PURPOSE },
	{ TLS_VERIFY_OTHER, CODE_TLS_CERTIFICATE_NOT_TRUSTED },
};

static void say_untrusted(struct judge *j, const struct way *way, enum code code)
{
	const struct tls_facts *tls = way->best->tls;
	struct finding *f = judge_say(j, code, way);

	judge_evidence(f, "chain_length", judge_text(j, "%zu", tls->n_chain), NULL);
	if (tls->verify_text)
		judge_quote(f, "verification", tls->verify_text, "ok");
	show_certificate(f, way);
	if (code == CODE_TLS_CERTIFICATE_WEAK && tls->n_chain)
		judge_evidence(f, "key",
			       judge_text(j, "%s %u bits",
					  tls->chain[0].key_type ? tls->chain[0].key_type : "?",
					  tls->chain[0].key_bits),
			       "RSA of 2048 bits or more, or EC");
	if (code == CODE_TLS_CERTIFICATE_UNKNOWN_ROOT && tls->verify == TLS_VERIFY_NO_ISSUER)
		f->certainty = CERTAINTY_INFERRED;
	if (code != CODE_TLS_CHAIN_INCOMPLETE)
		return;
	/* Without the address of the issuer's certificate, a private authority
	 * whose root is not installed here would look the same. */
	if (tls->n_chain == 0 || !tls->chain[tls->n_chain - 1].aia_issuers_url) {
		f->certainty = CERTAINTY_INFERRED;
		return;
	}
	judge_quote(f, "issuer_is_published_at", tls->chain[tls->n_chain - 1].aia_issuers_url, NULL);
}

/* Whose issuer is not known: an intermediate that was left out, or the root of a
 * private authority. A public authority publishes its issuers' certificates, and
 * who sends intermediates has not forgotten them. */
static enum code missing_issuer(const struct tls_facts *tls)
{
	if (tls->n_chain > 1 && !tls->chain[tls->n_chain - 1].aia_issuers_url)
		return CODE_TLS_CERTIFICATE_UNKNOWN_ROOT;
	return CODE_TLS_CHAIN_INCOMPLETE;
}

static void judge_certificate(struct judge *j, const struct way *way)
{
	const struct tls_facts *tls = way->best->tls;

	if (judge_scanner(j, way))
		return;
	for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
		if (verdicts[i].verify != tls->verify)
			continue;
		if (tls->verify == TLS_VERIFY_EXPIRED || tls->verify == TLS_VERIFY_NOT_YET ||
		    tls->verify == TLS_VERIFY_CHAIN_EXPIRED)
			say_date(j, way, verdicts[i].code);
		else if (tls->verify == TLS_VERIFY_NO_ISSUER)
			say_untrusted(j, way, missing_issuer(tls));
		else
			say_untrusted(j, way, verdicts[i].code);
	}
	if (!tls->name_matches && tls->verify != TLS_VERIFY_NOT_REACHED)
		say_wrong_host(j, way);
}

static void judge_versions(struct judge *j, const struct way *way)
{
	const struct tls_versions *v = &way->best->versions;
	bool new = v->tls12 == TLS_TAKEN_YES || v->tls13 == TLS_TAKEN_YES;
	struct finding *f = NULL;

	if (way->best->tls->version != 0 && way->best->tls->version < TLS_1_2)
		f = judge_say(j, CODE_TLS_VERSION_OLD, way);
	else if (new && (v->ssl3 == TLS_TAKEN_YES || v->tls10 == TLS_TAKEN_YES || v->tls11 == TLS_TAKEN_YES))
		f = judge_say(j, CODE_TLS_VERSIONS_OLD_TOO, way);
	else if (new && v->tls10 == TLS_TAKEN_NO && v->tls11 == TLS_TAKEN_NO)
		f = judge_say(j, CODE_TLS_VERSIONS_NEW_ONLY, way);
	if (f)
		judge_evidence(f, "versions_taken", list_versions(j, v), NULL);
}

void rules_tls(struct judge *j, const struct way *way)
{
	const struct tls_facts *tls = way->best->tls;

	if (!tls || (way->weight == WAY_GUESS && !way->works))
		return;
	if (tls->end != TLS_END_UP) {
		judge_no_handshake(j, way);
		return;
	}
	/* A plain port that turned out to speak TLS is told by its silence. */
	if (way->best->silent_port_speaks_tls)
		return;
	judge_certificate(j, way);
	judge_versions(j, way);
	if (ended_for_certificate(way))
		show_handshake(j, judge_say(j, CODE_TLS_CLIENT_CERTIFICATE_WANTED, way), way);
}
