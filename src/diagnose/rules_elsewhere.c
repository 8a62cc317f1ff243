/* This file judges by difference: the same servers met from here and from another point of view. */
#include "diagnose/house.h"
#include "diagnose/judge.h"

#include <string.h>

static const struct {
	enum vantage_kind kind;
	enum code blocked; /* fails here, works there */
} meanings[] = {
	{ VANTAGE_VIA, CODE_PATH_BLOCKED_HERE },
	{ VANTAGE_PROXY, CODE_PATH_PROXY_NEEDED },
	{ VANTAGE_RESOLVER, CODE_DNS_ANSWERS_REWRITTEN },
	{ VANTAGE_INTERFACE, CODE_PATH_INTERFACE_BLOCKED },
};

struct pair {
	struct judge *j;
	const struct vantage_facts *vantage;
	const struct way *here, *there;
};

static bool greeted(const struct way *way)
{
	const struct step *step = facts_step(way->best, STEP_GREETING);

	return step && step->ok;
}

static bool connected(const struct way *way)
{
	const struct step *step = facts_step(way->best, STEP_CONNECT);

	return step && step->ok;
}

/* It came to a greeting, or to TLS where that comes first. */
static bool answers(const struct way *way)
{
	return greeted(way) || (way->best->tls && way->best->tls->end == TLS_END_UP);
}

static const char *how_it_ended(struct judge *j, const struct way *way)
{
	const struct endpoint_facts *facts = way->best;

	for (size_t i = 0; i < facts->n_steps; i++)
		if (!facts->steps[i].ok)
			return judge_text(j, "%s: %s", step_name_text(facts->steps[i].name),
					  step_error_text(facts->steps[i].error));
	return "works";
}

static void show_both(const struct pair *pair, struct finding *f)
{
	judge_evidence(f, "from_here", how_it_ended(pair->j, pair->here), "works");
	judge_evidence(f, "from_elsewhere", how_it_ended(pair->j, pair->there), NULL);
	judge_evidence(f, "elsewhere", pair->vantage->name, NULL);
}

static const struct dns_facts *answer_for(const struct dns_facts *const *dns, size_t n, const char *host)
{
	for (size_t i = 0; i < n; i++)
		if (dns[i]->outcome == DNS_ANSWERED && (dns[i]->type == 1 || dns[i]->type == 28) &&
		    str_eq_nocase(str_of(dns[i]->name), str_of(host)))
			return dns[i];
	return NULL;
}

static bool has_record(const struct dns_facts *dns, const char *text)
{
	for (size_t i = 0; i < dns->n_records; i++)
		if (strcmp(dns->records[i].text, text) == 0)
			return true;
	return false;
}

/* Both resolvers know the name, and no address is in both answers. */
static bool addresses_differ(const struct pair *pair)
{
	const char *host = pair->here->endpoint->host;
	const struct case_facts *facts = pair->j->facts;
	const struct dns_facts *a = answer_for(facts->dns, facts->n_dns, host);
	const struct dns_facts *b = answer_for(pair->vantage->dns, pair->vantage->n_dns, host);

	if (!a || !b)
		return false;
	for (size_t i = 0; i < a->n_records; i++)
		if (a->records[i].text && has_record(b, a->records[i].text))
			return false;
	return true;
}

static void say_blocked(const struct pair *pair)
{
	struct finding *f;

	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		if (meanings[i].kind != pair->vantage->kind)
			continue;
		if (meanings[i].kind == VANTAGE_RESOLVER && !addresses_differ(pair))
			return;
		f = judge_say(pair->j, meanings[i].blocked,
			      meanings[i].kind == VANTAGE_PROXY ? NULL : pair->here);
		show_both(pair, f);
		if (meanings[i].kind != VANTAGE_RESOLVER)
			return;
		judge_evidence(f, "address_here", pair->here->best->address, pair->there->best->address);
		return;
	}
}

/* The resolver of this computer failed for a name that the second one knows. */
static void judge_resolver(const struct pair *pair)
{
	static const enum code codes[] = { CODE_DNS_RESOLVER_SILENT, CODE_DNS_HOST_UNRESOLVED,
					   CODE_DNS_HOST_UNKNOWN };

	if (pair->vantage->kind != VANTAGE_RESOLVER || pair->here->best->address ||
	    !pair->there->best->address)
		return;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		struct finding *f = judge_find(pair->j, codes[i], NULL);

		if (!f)
			continue;
		judge_evidence(
			f, "second_resolver",
			judge_text(pair->j, "%s says %s", pair->vantage->name, pair->there->best->address),
			NULL);
		f->certainty = CERTAINTY_SEEN;
		f->remedy_text =
			judge_text(pair->j,
				   "Use another DNS resolver, such as %s, which knows the name; or leave "
				   "the VPN or network whose resolver fails.",
				   pair->vantage->name);
	}
}

/* The one elsewhere met the fault on its way to the server; what is its own says nothing. */
static bool failed_there(const struct way *way)
{
	const struct step *step = facts_step(way->best, STEP_CONNECT);

	return step && !step->ok &&
	       (step->error == STEP_ERROR_REFUSED || step->error == STEP_ERROR_TIMEOUT ||
		step->error == STEP_ERROR_UNREACHABLE);
}

/* It fails from both places, at the connection itself. */
static void judge_down(const struct pair *pair)
{
	struct finding *f;

	if (pair->vantage->kind != VANTAGE_VIA || connected(pair->here) || !failed_there(pair->there) ||
	    !pair->here->best->address)
		return;
	f = judge_say(pair->j, CODE_PATH_SERVER_DOWN, pair->here);
	show_both(pair, f);
}

/* The host that a banner begins with: the second word of SMTP's. */
static struct str banner_host(const struct way *way)
{
	struct str rest = way->best->first_bytes, word;

	if (way->endpoint->protocol != PROTOCOL_SMTP || way->best->greeting != GREETING_SMTP)
		return STR("");
	word = str_cut(&rest, ' ');
	if (word.len != 3 || !rest.at)
		return STR("");
	word = str_cut(&rest, ' ');
	return str_trim(word);
}

/* The last two labels: big providers greet with many names of one domain. */
static struct str end_of(struct str host)
{
	size_t dots = 0;

	for (size_t i = host.len; i-- > 0;)
		if (host.at[i] == '.' && ++dots == 2)
			return str_skip(host, i + 1);
	return host;
}

static bool other_banner(const struct pair *pair)
{
	struct str a = end_of(banner_host(pair->here)), b = end_of(banner_host(pair->there));

	return a.len > 0 && b.len > 0 && !str_eq_nocase(a, b);
}

static bool other_certificate(const struct pair *pair)
{
	const struct tls_facts *a = pair->here->best->tls, *b = pair->there->best->tls;

	return a && a->end == TLS_END_UP && a->n_chain && !tls_is_verified(a) && tls_is_verified(b) &&
	       b->n_chain && a->chain[0].sha256 && b->chain[0].sha256 &&
	       strcmp(a->chain[0].sha256, b->chain[0].sha256) != 0;
}

static void judge_interception(const struct pair *pair)
{
	bool banner = other_banner(pair), certificate = other_certificate(pair);
	struct finding *f;

	if (pair->vantage->kind == VANTAGE_RESOLVER || (!banner && !certificate) ||
	    judge_find(pair->j, CODE_SCANNER_CERTIFICATE_ISSUED, pair->here) ||
	    judge_find(pair->j, CODE_PATH_GATEWAY_CERTIFICATE, pair->here))
		return;
	f = judge_say(pair->j, CODE_PATH_CONNECTION_INTERCEPTED, pair->here);
	if (banner)
		judge_quote(f, "banner_here", judge_str(pair->j, banner_host(pair->here)),
			    judge_str(pair->j, banner_host(pair->there)));
	if (certificate)
		judge_quote(f, "issuer_here", pair->here->best->tls->chain[0].issuer,
			    pair->there->best->tls->chain[0].issuer);
	judge_evidence(f, "elsewhere", pair->vantage->name, NULL);
}

static void judge_starttls(const struct pair *pair)
{
	struct finding *f;

	if (pair->here->endpoint->security != SECURITY_STARTTLS || !greeted(pair->here) ||
	    pair->here->best->starttls_offered || !pair->there->best->starttls_offered ||
	    judge_find(pair->j, CODE_TLS_STARTTLS_STRIPPED, pair->here))
		return;
	f = judge_say(pair->j, CODE_TLS_STARTTLS_STRIPPED, pair->here);
	judge_evidence(f, "starttls_here", "not offered", "offered, as elsewhere");
	judge_evidence(f, "elsewhere", pair->vantage->name, NULL);
}

static void judge_place(const struct pair *pair)
{
	struct finding *f;

	if (pair->here->best->login != LOGIN_REFUSED || pair->there->best->login != LOGIN_ACCEPTED)
		return;
	f = judge_say(pair->j, CODE_AUTH_PLACE_REFUSED, pair->here);
	judge_evidence(f, "login_here", "refused", "accepted, as elsewhere");
	judge_evidence(f, "elsewhere", pair->vantage->name, NULL);
}

static void judge_pair(const struct pair *pair)
{
	judge_resolver(pair);
	judge_interception(pair);
	judge_starttls(pair);
	judge_place(pair);
	if (pair->here->best->address && !answers(pair->here) && answers(pair->there))
		say_blocked(pair);
	else if (pair->vantage->kind == VANTAGE_RESOLVER && !pair->here->works && pair->there->works)
		say_blocked(pair);
	else
		judge_down(pair);
}

/* One banner, with a host's name in it, greets for two houses that have nothing to do with each other and for
 * neither. */
static void judge_same_banner(struct judge *j)
{
	for (size_t i = 0; i < j->n_ways; i++) {
		struct str banner = banner_host(&j->ways[i]);

		for (size_t k = i + 1; k < j->n_ways && str_find_char(banner, '.') != SIZE_MAX; k++) {
			const char *a = j->ways[i].endpoint->host, *b = j->ways[k].endpoint->host;
			struct finding *f;

			if (!str_eq_nocase(banner, banner_host(&j->ways[k])) || house_is_same(a, b) ||
			    str_ends_nocase(str_of(a), end_of(banner)) ||
			    str_ends_nocase(str_of(b), end_of(banner)) || j->ways[i].works ||
			    j->ways[k].works)
				continue;
			f = judge_say(j, CODE_PATH_CONNECTION_INTERCEPTED, &j->ways[i]);
			f->certainty = CERTAINTY_INFERRED;
			judge_quote(f, "banner", judge_str(j, banner), "the server's own");
			judge_evidence(f, "same_banner_at", j->ways[k].url, NULL);
			return;
		}
	}
}

void rules_elsewhere(struct judge *j)
{
	judge_same_banner(j);
	for (size_t v = 0; v < j->facts->n_vantages; v++) {
		const struct vantage_facts *vantage = j->facts->vantages[v];
		struct case_facts facts = *j->facts;
		struct judge there = { .arena = j->arena, .facts = &facts, .sink = j->sink };

		facts.endpoints = vantage->endpoints;
		facts.n_endpoints = vantage->n_endpoints;
		if (!ways_find(&there))
			return;
		for (size_t i = 0; i < j->n_ways; i++) {
			struct pair pair = { .j = j, .vantage = vantage, .here = &j->ways[i] };

			pair.there = way_like(&there, pair.here);
			if (pair.there)
				judge_pair(&pair);
		}
	}
}
