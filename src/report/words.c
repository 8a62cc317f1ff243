/* This file puts the recorded facts into words, for machines and for people. */
#include "report/words.h"

#include "base/checked.h"
#include "base/names.h"

#include <stdio.h>

static const struct name_row tls_ends[] = {
	{ TLS_END_UP, "up" },           { TLS_END_NOT_TLS, "not-tls" }, { TLS_END_ALERT, "alert" },
	{ TLS_END_VERSION, "version" }, { TLS_END_CIPHER, "cipher" },   { TLS_END_CLOSED, "closed" },
	{ TLS_END_TIMEOUT, "timeout" }, { TLS_END_LIMIT, "limit" },     { TLS_END_OTHER, "other" },
};

static const struct name_row tls_verifies[] = {
	{ TLS_VERIFY_OK, "ok" },
	{ TLS_VERIFY_EXPIRED, "expired" },
	{ TLS_VERIFY_NOT_YET, "not-yet-valid" },
	{ TLS_VERIFY_CHAIN_EXPIRED, "chain-expired" },
	{ TLS_VERIFY_SELF_SIGNED, "self-signed" },
	{ TLS_VERIFY_UNKNOWN_ROOT, "unknown-root" },
	{ TLS_VERIFY_NO_ISSUER, "issuer-missing" },
	{ TLS_VERIFY_REVOKED, "revoked" },
	{ TLS_VERIFY_WEAK, "weak" },
	{ TLS_VERIFY_WRONG_PURPOSE, "wrong-purpose" },
	{ TLS_VERIFY_OTHER, "other" },
	{ TLS_VERIFY_NOT_REACHED, "not-reached" },
};

static const struct name_row logins[] = {
	{ LOGIN_NOT_ASKED, "not-asked" },       { LOGIN_ACCEPTED, "accepted" },
	{ LOGIN_REFUSED, "refused" },           { LOGIN_NOT_POSSIBLE, "not-possible" },
	{ LOGIN_NOT_FINISHED, "not-finished" }, { LOGIN_HELD_BACK, "held-back" },
};

static const struct name_row dns_types[] = {
	{ 1, "A" },   { 2, "NS" },   { 5, "CNAME" }, { 6, "SOA" },  { 12, "PTR" },
	{ 15, "MX" }, { 16, "TXT" }, { 28, "AAAA" }, { 33, "SRV" }, { 52, "TLSA" },
};

static const struct name_row subjects[] = {
	{ SUBJECT_COMPUTER, "computer" }, { SUBJECT_ENDPOINT, "endpoint" }, { SUBJECT_DOMAIN, "domain" },
	{ SUBJECT_STORE, "store" },       { SUBJECT_ACCOUNT, "account" },
};

static const struct name_row steps[] = {
	{ STEP_RESOLVE, "Name" },
	{ STEP_CONNECT, "Connection" },
	{ STEP_GREETING, "Greeting" },
	{ STEP_CAPABILITIES, "Abilities" },
	{ STEP_STARTTLS, "STARTTLS" },
	{ STEP_TLS, "Encryption" },
	{ STEP_CAPABILITIES_TLS, "Abilities" },
	{ STEP_LOGIN, "Login" },
	{ STEP_MAILBOX, "Mailbox" },
	{ STEP_SENDER, "Sender" },
	{ STEP_RECIPIENT, "Recipient" },
	{ STEP_SPEED, "Speed" },
	{ STEP_LOGOUT, "Goodbye" },
};

/* Civil date of a day number since 1970-01-01 (proleptic Gregorian); the era
 * is 400 years of 146097 days, and years are counted from March. */
static void civil_from_days(int64_t days, int64_t *year_out, unsigned *month_out, unsigned *day_out)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * of_year + 2) / 153;

	*day_out = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
	*month_out = (unsigned)(month < 10 ? month + 3 : month - 9);
	*year_out = year_of_era + era * 400 + (*month_out <= 2);
}

const char *words_time(wall_time time, char text[WORDS_TIME_SIZE])
{
	static const int64_t first = -62167219200, last = 253402300799; /* years 0 and 9999 */
	int64_t clamped = time < first ? first : time > last ? last : time;
	int64_t seconds = ((clamped % 86400) + 86400) % 86400;
	unsigned month, day;
	int64_t year;

	civil_from_days((clamped - seconds) / 86400, &year, &month, &day);
	snprintf(text, WORDS_TIME_SIZE, "%04d-%02u-%02uT%02d:%02d:%02dZ", (int)(year % 10000), month % 100,
		 day % 100, (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
	return text;
}

const char *words_duration(moment took, char text[WORDS_DURATION_SIZE])
{
	double ms = moment_to_ms(took);

	if (took == MOMENT_NEVER)
		snprintf(text, WORDS_DURATION_SIZE, "never");
	else if (ms < 10.0)
		snprintf(text, WORDS_DURATION_SIZE, "%.1f ms", ms);
	else if (ms < 1000.0)
		snprintf(text, WORDS_DURATION_SIZE, "%.0f ms", ms);
	else
		snprintf(text, WORDS_DURATION_SIZE, "%.1f s", ms / 1000.0);
	return text;
}

const char *words_bytes(uint64_t bytes, char text[WORDS_DURATION_SIZE])
{
	static const char *const units[] = { "bytes", "KB", "MB", "GB", "TB", "PB", "EB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000.0 && unit + 1 < COUNT_OF(units)) {
		value /= 1000.0;
		unit++;
	}
	snprintf(text, WORDS_DURATION_SIZE, unit && value < 100.0 ? "%.1f %s" : "%.0f %s", value,
		 units[unit]);
	return text;
}

const char *words_tls_end(enum tls_end end)
{
	return name_of(tls_ends, COUNT_OF(tls_ends), (int)end);
}

const char *words_tls_verify(enum tls_verify verify)
{
	return name_of(tls_verifies, COUNT_OF(tls_verifies), (int)verify);
}

const char *words_login(enum login_outcome outcome)
{
	return name_of(logins, COUNT_OF(logins), (int)outcome);
}

const char *words_family(int family)
{
	return family == 4 ? "ipv4" : family == 6 ? "ipv6" : NULL;
}

const char *words_dns_type(uint16_t type)
{
	for (size_t i = 0; i < COUNT_OF(dns_types); i++)
		if (dns_types[i].value == type)
			return dns_types[i].name;
	return NULL;
}

const char *words_subject(enum subject_kind kind)
{
	return name_of(subjects, COUNT_OF(subjects), (int)kind);
}

const char *words_step(enum step_name name)
{
	return name_of(steps, COUNT_OF(steps), (int)name);
}
