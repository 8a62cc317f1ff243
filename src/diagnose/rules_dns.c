/* This file judges how names were resolved. */
#include "account/ip.h"
#include "base/checked.h"
#include "diagnose/house.h"
#include "diagnose/judge.h"

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28 };
enum { LATE_DNS_MS = 1500, AT_ONCE_MS = 500, LATE_DNS_LEAST = 3 };

static const struct dns_facts *asked(const struct judge *j, const char *name, uint16_t type)
{
	for (size_t i = 0; i < j->facts->n_dns; i++)
		if (j->facts->dns[i]->type == type &&
		    str_eq_nocase(str_of(j->facts->dns[i]->name), str_of(name)))
			return j->facts->dns[i];
	return NULL;
}

static bool has_outcome(const struct dns_facts *dns, enum dns_outcome outcome)
{
	return dns && dns->outcome == outcome;
}

/* Every name that was asked for got no answer at all. */
static bool nobody_answers(const struct judge *j)
{
	size_t n_silent = 0;

	if (j->facts->path.resolver_tested)
		return !j->facts->path.resolver_answers;
	for (size_t i = 0; i < j->facts->n_dns; i++) {
		if (j->facts->dns[i]->outcome == DNS_NOT_ASKED)
			continue;
		if (j->facts->dns[i]->outcome != DNS_TIMEOUT && j->facts->dns[i]->outcome != DNS_REFUSED)
			return false;
		n_silent++;
	}
	return n_silent > 0;
}

static void show(struct judge *j, struct finding *f, const struct dns_facts *dns, const char *type)
{
	if (!dns)
		return;
	judge_evidence(f, judge_text(j, "dns_%s", type), dns_outcome_name(dns->outcome), "answered");
	judge_evidence(f, judge_text(j, "dns_%s_ms", type), judge_text(j, "%.1f", moment_to_ms(dns->took)),
		       NULL);
}

/* The best of the other servers that were found, to name in a remedy. */
static const char *instead_of(struct judge *j, const struct way *way)
{
	for (size_t i = 0; i < j->n_ways; i++)
		if (&j->ways[i] != way && j->ways[i].works &&
		    j->ways[i].endpoint->protocol == way->endpoint->protocol)
			return j->ways[i].url;
	return NULL;
}

/* A sentence about where the mail of this host went, or NULL. */
static const char *moved_where(const struct judge *j, const struct way *way)
{
	const struct move *move = house_move(way->endpoint->host);
	const struct settings_facts *s = j->facts->settings;

	if (move)
		return move->what;
	return s && way->weight != WAY_GUESS ? s->moved_what : NULL;
}

/* Names that the DNS of the Internet never has (RFC 6762, RFC 8375, and what people choose). */
static bool is_internal(const char *host)
{
	static const char *const ends[] = { ".local",     ".lan",  ".internal", ".intranet", ".private",
					    ".home.arpa", ".home", ".localnet", ".corp" };
	struct str name = str_of(host);

	if (str_find_char(name, '.') == SIZE_MAX)
		return true;
	for (size_t i = 0; i < COUNT_OF(ends); i++)
		if (str_ends_nocase(name, str_of(ends[i])))
			return true;
	return false;
}

static void say_internal(struct judge *j, const struct way *way, const char *answer)
{
	struct finding *f = judge_say(j, CODE_DNS_HOST_INTERNAL, way);

	judge_evidence(f, "host", way->endpoint->host, "a name of the Internet");
	judge_evidence(f, "dns_answer", answer, "an address");
}

static void say_unknown(struct judge *j, const struct way *way, const char *answer)
{
	const char *moved = moved_where(j, way), *other = instead_of(j, way);
	struct finding *f = judge_say(j, moved ? CODE_DNS_HOST_RETIRED : CODE_DNS_HOST_UNKNOWN, way);

	judge_evidence(f, "host", way->endpoint->host, NULL);
	judge_evidence(f, "dns_answer", answer, "an address");
	if (moved)
		judge_evidence(f, "moved", moved, NULL);
	if (other) {
		judge_evidence(f, "works_instead", other, NULL);
		f->remedy_text = judge_text(j, "Use %s instead: it answers as it should.", other);
	} else if (moved) {
		f->remedy_text =
			judge_text(j,
				   "%s. Run \"postmend settings\" with your address for the servers of "
				   "today; the kind of password may change too.",
				   moved);
	}
}

static void say_unresolved(struct judge *j, const struct way *way, const struct dns_facts *a,
			   const struct dns_facts *aaaa)
{
	bool silent = nobody_answers(j);
	struct finding *f = judge_say(j, silent ? CODE_DNS_RESOLVER_SILENT : CODE_DNS_HOST_UNRESOLVED,
				      silent ? NULL : way);

	judge_evidence(f, "host", way->endpoint->host, NULL);
	show(j, f, a, "a");
	show(j, f, aaaa, "aaaa");
}

/* Every question for IPv6 hung while those for IPv4 were answered: programs wait for both. One that got lost
 * twice is no such thing, so all must have. */
static bool all_ipv6_hang(const struct judge *j)
{
	for (size_t i = 0; i < j->facts->n_dns; i++) {
		const struct dns_facts *one = j->facts->dns[i];

		if (one->type == TYPE_AAAA && one->outcome != DNS_TIMEOUT && one->outcome != DNS_NOT_ASKED)
			return false;
		if (one->type == TYPE_A && one->outcome == DNS_TIMEOUT)
			return false;
	}
	return true;
}

/* The first answers came late, all of them: only after another resolver had been given up. One packet that
 * got lost makes one of them late. */
static bool all_first_are_late(const struct judge *j)
{
	moment begin = MOMENT_NEVER;
	size_t n = 0;

	for (size_t i = 0; i < j->facts->n_dns; i++)
		if (j->facts->dns[i]->outcome != DNS_NOT_ASKED && j->facts->dns[i]->at < begin)
			begin = j->facts->dns[i]->at;
	for (size_t i = 0; i < j->facts->n_dns; i++) {
		const struct dns_facts *one = j->facts->dns[i];

		if (one->outcome == DNS_NOT_ASKED || one->at > begin + MOMENT_MS(AT_ONCE_MS))
			continue;
		if (one->outcome != DNS_TIMEOUT && one->took < MOMENT_MS(LATE_DNS_MS))
			return false;
		n++;
	}
	return n >= LATE_DNS_LEAST;
}

static void judge_slow(struct judge *j, const struct way *way, const struct dns_facts *a,
		       const struct dns_facts *aaaa)
{
	struct finding *f;

	if (!a || a->outcome != DNS_ANSWERED || way->endpoint->address ||
	    judge_find(j, CODE_DNS_RESOLVER_SLOW, NULL))
		return;
	if (!(has_outcome(aaaa, DNS_TIMEOUT) && all_ipv6_hang(j)) && !all_first_are_late(j))
		return;
	f = judge_say(j, CODE_DNS_RESOLVER_SLOW, NULL);
	judge_evidence(f, "host", way->endpoint->host, NULL);
	show(j, f, a, "a");
	show(j, f, aaaa, "aaaa");
}

/* RFC 1918, 3927, 4193 and loopback: an address that no public server has. */
static bool is_private(const char *address)
{
	struct ip ip;

	if (!address || !ip_parse(str_of(address), &ip))
		return false;
	if (ip.family == 6)
		return (ip.bytes[0] & 0xfe) == 0xfc ||
		       (ip.bytes[0] == 0xfe && (ip.bytes[1] & 0xc0) == 0x80) ||
		       str_is(str_of(address), "::1");
	return ip.bytes[0] == 10 || ip.bytes[0] == 127 ||
	       (ip.bytes[0] == 172 && (ip.bytes[1] & 0xf0) == 16) ||
	       (ip.bytes[0] == 192 && ip.bytes[1] == 168) || (ip.bytes[0] == 169 && ip.bytes[1] == 254);
}

static bool is_loopback(const char *address)
{
	struct str text = str_of(address);

	return str_starts(text, STR("127.")) || str_is(text, "::1");
}

/* A private address is right for a server at home. It is wrong for a big
 * house, and doubtful where no proper server answers there. */
static void judge_private(struct judge *j, const struct way *way)
{
	const char *host = way->endpoint->host, *address = way->best->address;
	const struct provider *house = house_of(host);
	struct finding *f;
	int family;

	if (endpoint_is_address(str_of(host), &family))
		return;
	if (way->works || way->endpoint->address || !is_private(address) || tls_is_verified(way->best->tls))
		return;
	if (!house && (is_loopback(address) || facts_step(way->best, STEP_CAPABILITIES)))
		return;
	if (!house &&
	    (str_find_char(str_of(host), '.') == SIZE_MAX || str_ends_nocase(str_of(host), STR(".local"))))
		return;
	f = judge_say(j, CODE_DNS_ANSWERS_PRIVATE, way);
	judge_evidence(f, "host", host, NULL);
	judge_evidence(f, "address", address,
		       house ? "a public address" : "a public address, or a mail server");
	if (house)
		judge_evidence(f, "provider", house->id, NULL);
}

/* A random name that cannot exist leads to the same address as the server. */
static void judge_wildcard(struct judge *j, const struct way *way)
{
	const struct path_facts *path = &j->facts->path;
	struct finding *f;

	if (!path->wildcard_answers || !path->wildcard_address || way->works || !way->best->address)
		return;
	if (!str_is(str_of(way->best->address), path->wildcard_address) || tls_is_verified(way->best->tls))
		return;
	f = judge_say(j, CODE_PATH_PORTAL_ANSWERS, NULL);
	judge_evidence(f, "random_name_resolves_to", path->wildcard_address, "no such name");
	judge_evidence(f, "server_resolves_to", way->best->address, "an address of its own");
}

void rules_dns(struct judge *j, const struct way *way)
{
	const struct step *resolve = facts_step(way->best, STEP_RESOLVE);
	const struct dns_facts *a = asked(j, way->endpoint->host, TYPE_A);
	const struct dns_facts *aaaa = asked(j, way->endpoint->host, TYPE_AAAA);

	if (way->weight == WAY_GUESS && !way->works)
		return;
	if (way->best->address) {
		judge_slow(j, way, a, aaaa);
		judge_private(j, way);
		judge_wildcard(j, way);
		return;
	}
	if (!resolve || resolve->ok)
		return;
	if ((has_outcome(a, DNS_NO_NAME) || has_outcome(aaaa, DNS_NO_NAME)) &&
	    is_internal(way->endpoint->host))
		say_internal(j, way, "no such name");
	else if (has_outcome(a, DNS_NO_NAME) || has_outcome(aaaa, DNS_NO_NAME))
		say_unknown(j, way, "no such name");
	else if (has_outcome(a, DNS_NO_DATA) && (!aaaa || aaaa->outcome == DNS_NO_DATA))
		say_unknown(j, way, "a name without an address");
	else if (!has_outcome(a, DNS_NOT_ASKED))
		say_unresolved(j, way, a, aaaa);
}
